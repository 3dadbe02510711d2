--- What strategies share: the builder that makes operations from what stands at that point of the plan, names, keys,
--- batches, conversions and the queries that check data.
---
--- A strategy is made by `define`. Its phases are functions (sub, ctx, b) that add steps to the builder `b`; the planner
--- runs every strategy of a group phase by phase over one builder, so that each sees what the others have done.

local dialect = require("forge.dialect")
local fold = require("forge.fold")
local ops = require("forge.ops")
local sqltext = require("forge.sqltext")
local steps = require("forge.steps")

local M = {}

local key_of = dialect.key
M.PHASES = steps.PHASES

--- The members of a table that have names, as {kind, field}, in the order in which they are built.
M.MEMBERS = {
  { kind = "key", field = "uniques" }, { kind = "index", field = "indexes" }, { kind = "check", field = "checks" },
  { kind = "foreign_key", field = "foreign_keys" }, { kind = "exclusion", field = "exclusions" },
}

-- Units -----------------------------------------------------------------------------------------------------------

-- A unit is one table through the plan: `before` and `after` are its ends, `q` is its name at this point.
local function units_of(group)
  local list, by_key, renamed_to = {}, {}, {}
  for _, change in ipairs(group.changes) do
    if change.kind == "shell" and change.before and not fold.same_q(change.before.name, change.after.name) then
      renamed_to[key_of(change.before.name)] = change.after.name
    end
  end
  local function add(key, before, after, q)
    local unit = { key = key, before = before, after = after, q = q, final = after and after.name or q, changes = {} }
    list[#list + 1] = unit
    by_key[key] = unit
    if after then by_key[key_of(after.name)] = by_key[key_of(after.name)] or unit end
  end
  for key, t in pairs(group.before) do
    local final = renamed_to[key]
    add(key, t, group.after[final and key_of(final) or key], t.name)
  end
  for key, t in pairs(group.after) do
    if not by_key[key] then add(key, nil, t, t.name) end
  end
  table.sort(list, function(a, b) return a.key < b.key end)
  return list, by_key
end

local function change_table(change)
  if change.table and change.table.name then return change.table end
  if change.kind == "table" or change.kind == "shell" then return (change.before or change.after).name end
end
M.change_table = change_table

-- Names -----------------------------------------------------------------------------------------------------------

--- `<base><suffix>`, cut so that it fits the engine's limit on names; where it is cut, a short hash keeps it apart
--- from others that are cut alike.
---@param ctx table
---@param base string
---@param suffix string such as "__new"
---@param spare integer? bytes to leave free of the limit
function M.derived_name(ctx, base, suffix, spare)
  local limit = (ctx.d.types and ctx.d.types.identifier_limit) or 63
  if limit == 0 or #base + #suffix + (spare or 0) <= limit then return base .. suffix end
  limit = limit - (spare or 0)
  local hash = 5381
  for i = 1, #base do hash = (hash * 33 + base:byte(i)) % 0x1000000 end
  local room = limit - #suffix - 7
  local cut = base:sub(1, room)
  while cut:find("[\128-\191]$") or cut:find("[\192-\255]$") do cut = cut:sub(1, -2) end
  return cut .. string.format("_%06x", hash) .. suffix
end

--- The same in the schema of `q`.
function M.derived_qname(ctx, q, suffix, spare)
  return { schema = q.schema, name = M.derived_name(ctx, q.name, suffix, spare) }
end

--- What a member of a table called `from` is called while the table is called `to`: engines that name constraints after
--- their table rename them with it.
---@param kind string an operation's kind
---@param name string
function M.member_name(ctx, kind, name, from, to)
  local follow = ctx.d.renamed_with_table
  if not follow or not name or from.name == to.name then return name end
  return follow(ctx.d, kind, name, from.name, to.name) or name
end

--- A name as people read it.
function M.display(q) return key_of(q) end

-- Looking things up -----------------------------------------------------------------------------------------------

---@return table? column
function M.column(t, name)
  if not t then return nil end
  return (fold.find(t.columns, name))
end

local function plain_columns(parts)
  local names = {}
  for _, part in ipairs(parts or {}) do
    if not part.column or part.column == "" or (part.length or 0) > 0 then return nil end
    names[#names + 1] = part.column
  end
  return #names > 0 and names or nil
end
M.plain_columns = plain_columns

local function all_not_null(t, names)
  for _, name in ipairs(names) do
    local column = M.column(t, name)
    if not column or column.nullable then return false end
  end
  return true
end

--- The columns that batches walk along: the primary key, else a unique key or index whose columns are NOT NULL.
---@return string[] names empty where the table has no such key
function M.key(t)
  if t.primary_key then
    local names = plain_columns(t.primary_key.parts)
    if names then return names end
  end
  for _, unique in ipairs(t.uniques or {}) do
    local names = plain_columns(unique.parts)
    if names and all_not_null(t, names) then return names end
  end
  for _, index in ipairs(t.indexes or {}) do
    local names = index.unique and (index.where or "") == "" and plain_columns(index.parts)
    if names and all_not_null(t, names) then return names end
  end
  return {}
end

local function parts_name(parts, name)
  for _, part in ipairs(parts or {}) do
    if part.column == name or sqltext.names(part.expr, name) then return true end
  end
  return false
end

local function list_names(list, name)
  for _, value in ipairs(list or {}) do
    if value == name then return true end
  end
  return false
end
M.contains = list_names

--- Does a member of the table name this column?
---@param kind string an operation's kind
function M.member_names(kind, object, name)
  if kind == "key" or kind == "index" then
    return parts_name(object.parts, name) or list_names(object.include, name) or sqltext.names(object.where, name)
  end
  if kind == "foreign_key" then return list_names(object.columns, name) end
  if kind == "check" then return sqltext.names(object.expr, name) end
  if kind == "exclusion" then return parts_name(object.parts, name) or sqltext.names(object.where, name) end
  return kind == "column" and object.generated ~= nil and sqltext.names(object.generated.expr, name)
end

--- Is the column part of the table's primary key?
function M.in_primary_key(t, name) return t.primary_key ~= nil and parts_name(t.primary_key.parts, name) end

--- Can the engine rename the member as it stands?
---@param kind string an operation's kind
function M.can_rename(ctx, kind, object)
  if kind == "index" then
    return ctx.features.rename_index and not (ctx.d.expression_index_keeps_name and M.on_expression(object))
  end
  return ctx.features.rename_constraint or (kind == "key" and not object.primary and ctx.features.rename_index)
end

--- Has an index an expression among its parts?
function M.on_expression(index)
  for _, part in ipairs(index.parts or {}) do
    if (part.expr or "") ~= "" then return true end
  end
  return false
end

-- Facts -----------------------------------------------------------------------------------------------------------

--- What is known of a table: rows (nil: unknown), whether it counts as critical and hot, whether the plan creates it.
---@return table facts { rows?, bytes?, hot, critical, environment, created, stated }
function M.facts(group, ctx, q)
  local key = q and key_of(q) or ""
  local stated = (group.facts or {})[key] or {}
  local critical = stated.critical
  if critical == nil then critical = ctx.critical or false end
  return {
    rows = stated.rows, bytes = stated.bytes, hot = stated.hot or false, critical = critical,
    environment = ctx.environment or "production", created = q ~= nil and (group.before or {})[key] == nil,
    stated = stated.rows ~= nil,
  }
end

--- What the engine takes for an operation.
---@return table impact { lock, blocks, rewrite, scan, brief, online }
function M.impact(ctx, op, t, form)
  local judge = ctx.d.locks and ctx.d.locks[op.op]
  if not judge then return { lock = "", blocks = "nothing", online = true, brief = true } end
  return judge(op, { d = ctx.d, version = ctx.version, features = ctx.features, table = t, form = form or "" })
end

--- The engine's safe recipe for an operation, or nil.
---@return string? "not_null_by_check", "not_valid_validate", "concurrently", "using_index", "inplace"
function M.safe_form(ctx, op, t)
  if ctx.plain then return nil end  -- nobody is writing: the plain form is shortest
  local judge = ctx.d.locks and ctx.d.locks.safe_form
  if not judge then return nil end
  return judge(op, { d = ctx.d, version = ctx.version, features = ctx.features, table = t, form = "" })
end

-- Rows a second that are rewritten in place with all their indexes: a tenth of what was measured on an idle machine.
local kRowsPerSecond = 10000

--- The seconds that a stated window ("30m", "2h", "90") lasts; 0 where none is stated.
function M.window_seconds(text)
  local number, unit = tostring(text or ""):match("^(%d+%.?%d*)%s*([smhd]?)")
  if not number then return 0 end
  return tonumber(number) * ({ s = 1, m = 60, h = 3600, d = 86400 })[unit ~= "" and unit or "s"]
end

--- Does a stated window cover what rewriting so many rows is estimated to take?
---@param rows number? nil is unknown: no window covers it
---@param downtime string?
function M.window_covers(rows, downtime)
  return (downtime or "") ~= "" and rows ~= nil and rows / kRowsPerSecond <= M.window_seconds(downtime)
end

--- The batch that suits a table.
---@return integer rows, integer pause_ms
function M.batch(ctx, facts)
  local list = ctx.batching or require("strategies.batching")
  local rows = facts.rows or math.huge
  for _, row in ipairs(list) do
    local hot = row.hot == nil or row.hot == facts.hot
    if hot and rows <= (row.up_to_rows or math.huge) then return row.size, row.pause_ms or 0 end
  end
  return 10000, 100
end

--- A number of rows for people.
function M.rows_text(rows)
  if not rows then return "an unknown number of rows" end
  local text = string.format("%.0f", rows)
  while text:find("^%d%d%d%d") do
    local made, count = text:gsub("^(%d+)(%d%d%d)", "%1,%2")
    text = made
    if count == 0 then break end
  end
  return text .. (rows == 1 and " row" or " rows")
end

-- SQL ---------------------------------------------------------------------------------------------------------------

--- Quoted names, joined by commas.
function M.idents(ctx, names)
  local out = {}
  for i, name in ipairs(names) do out[i] = ctx.d:ident(name) end
  return table.concat(out, ", ")
end

--- A literal or expression as SQL.
function M.expr_sql(ctx, expr)
  if expr.kind == "sql" or expr.kind == "number" then return expr.text end
  if expr.kind == "null" then return "NULL" end
  return ctx.d:default_sql(expr)
end

--- The literal that stands where a NOT NULL value must be invented; nil where the type has none.
function M.zero(ctx, column)
  if column.type.values and #column.type.values > 0 then return ctx.d:literal(column.type.values[1]) end
  local row = ctx.d.types.map[column.type.name]
  if (column.type.array or 0) > 0 then return nil end
  return row and row.zero
end

--- `expr` of one column's type turned into another's; nil where that needs an expression of the user's.
function M.convert(ctx, expr, from, to)
  if fold.same(from, to) then return expr end
  return ctx.d.types.convert(expr, from, to, ctx.d)
end

--- Can the conversion neither fail nor lose anything?
function M.total(ctx, from, to)
  if fold.same(from, to) then return true end
  local how = ctx.d.types.castable(from, to, ctx.d)
  return how == "free" or how == "widening"
end

-- Types whose values have no equality on some engine: rows of them are counted, not compared.
local NO_EQUALITY = { json = true, xml = true, point = true, geometry = true, native = true }

--- A condition that is true where two expressions give different values, NULL being a value.
function M.differs(a, b)
  return ("CASE WHEN (%s) = (%s) OR ((%s) IS NULL AND (%s) IS NULL) THEN 0 ELSE 1 END = 1"):format(a, b, a, b)
end

function M.comparable(column) return not NO_EQUALITY[column.type.name] end

local function count_where(ctx, q, where)
  return "SELECT COUNT(*) FROM " .. ctx.d:qname(q) .. " WHERE " .. where
end
M.count_where = count_where

local function must_be_none(title, sql) return { title = title, sql = sql, expect = "0" } end
M.must_be_none = must_be_none

--- Rows that stand in the way of NOT NULL.
function M.check_nulls(ctx, q, name)
  return must_be_none(("no row of %s has NULL in %s"):format(key_of(q), name),
    count_where(ctx, q, ctx.d:ident(name) .. " IS NULL"))
end

local function part_sql(ctx, part)
  if part.column and part.column ~= "" then return ctx.d:ident(part.column) end
  return "(" .. part.expr .. ")"
end

--- Groups of rows that are equal under a new unique key or index.
---@param from string? what stands for the table in the query
function M.check_duplicates(ctx, q, parts, where, from)
  local exprs, present = {}, {}
  for i, part in ipairs(parts) do
    exprs[i] = part_sql(ctx, part)
    present[i] = exprs[i] .. " IS NOT NULL"
  end
  if where and where ~= "" then present[#present + 1] = "(" .. where .. ")" end
  local list = table.concat(exprs, ", ")
  return must_be_none(("no two rows of %s agree in (%s)"):format(key_of(q), list),
    ("SELECT COUNT(*) FROM (SELECT 1 AS one FROM %s WHERE %s GROUP BY %s HAVING COUNT(*) > 1) AS doubled"):format(
      from or ctx.d:qname(q), table.concat(present, " AND "), list))
end

--- Rows whose reference leads nowhere.
---@param from string? what stands for the table in the query
---@param parents string? what stands for the table that it refers to
function M.check_orphans(ctx, q, fk, from, parents)
  local joined, present = {}, {}
  for i, name in ipairs(fk.columns) do
    joined[i] = "parent_row." .. ctx.d:ident(fk.ref_columns[i] or name) .. " = child_row." .. ctx.d:ident(name)
    present[i] = "child_row." .. ctx.d:ident(name) .. " IS NOT NULL"
  end
  return must_be_none(("no row of %s points at a missing row of %s"):format(key_of(q), key_of(fk.ref)),
    ("SELECT COUNT(*) FROM %s AS child_row WHERE %s AND NOT EXISTS (SELECT 1 FROM %s AS parent_row WHERE %s)"):format(
      from or ctx.d:qname(q), table.concat(present, " AND "), parents or ctx.d:qname(fk.ref), table.concat(joined, " AND ")))
end

--- Rows that violate a check.
---@param from string? what stands for the table in the query
function M.check_holds(ctx, q, check, from)
  return must_be_none(("every row of %s satisfies %s"):format(key_of(q), check.name),
    ("SELECT COUNT(*) FROM %s WHERE NOT (%s)"):format(from or ctx.d:qname(q), check.expr))
end

--- Values that are too long for the new type; nil where its length does not shrink.
function M.check_length(ctx, q, before, after)
  local limit = after.type.args and after.type.args[1]
  local from, to = ctx.d.types.map[before.type.name], ctx.d.types.map[after.type.name]
  if not limit or not from or not to or from.family ~= "text" or to.family ~= "text" then return nil end
  local old = before.type.args and before.type.args[1]
  if old and old <= limit then return nil end
  return must_be_none(("no %s of %s is longer than %d"):format(before.name, key_of(q), limit),
    count_where(ctx, q, ("SUBSTR(%s, %d) <> ''"):format(ctx.d:ident(before.name), limit + 1)))
end

-- The builder -------------------------------------------------------------------------------------------------------

local Builder = {}
Builder.__index = Builder

--- A builder over the group's state before the plan.
function M.builder(group, ctx)
  local units, by_key = units_of(group)
  local b = setmetatable({
    group = group, ctx = ctx, state = fold.state(group.before, group.views), units = units, by_key = by_key,
    steps = {}, phase = "expand", strategy = "", ids = {}, settled = {}, final_views = {}, borrowed = {},
    postponed = {},
  }, Builder)
  for _, change in ipairs(group.changes) do
    local q = change_table(change)
    local unit = q and by_key[key_of(q)]
    if unit then unit.changes[#unit.changes + 1] = change end
    if change.kind == "view" and change.before then
      local key = key_of(change.before.name)
      b.final_views[key] = change
      b.state.views[key] = b.state.views[key] or change.before
    end
  end
  return b
end

--- The unit that a change is about, or nil.
function Builder:unit(change)
  local q = change_table(change)
  return q and self.by_key[key_of(q)]
end

--- The table as it stands.
function Builder:table(q) return self.state.tables[key_of(q)] end

--- The unit that is called so now; a table outside of the group, whose foreign keys alone move, is one that does not change.
function Builder:unit_at(q)
  for _, unit in ipairs(self.units) do
    if fold.same_q(unit.q, q) then return unit end
  end
  local t = self:table(q)
  return { key = key_of(q), q = q, final = q, before = t, after = t, changes = {} }
end

--- Applies an operation to the state and gives it back.
function Builder:op(op)
  local problem = fold.apply(self.state, op)
  if problem then
    error(("strategy '%s', phase %s: %s on %s: %s"):format(self.strategy, self.phase, op.op,
      key_of(op.table and op.table.name and op.table or (op.after or op.before).name), problem), 0)
  end
  return op
end

local function need(object, what, name)
  if not object then error("there is no " .. what .. " '" .. tostring(name) .. "'", 0) end
  return object
end

function Builder:column(q, name) return M.column(self:table(q), name) end
function Builder:add_column(q, column) return self:op(ops.add_column(q, column)) end
function Builder:drop_column(q, name)
  return self:op(ops.drop_column(q, need(self:column(q, name), "column", name)))
end

--- Alters a column to `after`; nil where it is so already.
function Builder:alter_column(q, name, after)
  local before = need(self:column(q, name), "column", name)
  if fold.same(before, after) then return nil end
  return self:op(ops.alter_column(q, before, after))
end

--- Alters some fields of a column; `fold.NONE`-like removal is by the list `without`.
function Builder:patch_column(q, name, fields, without)
  local after = fold.copy(need(self:column(q, name), "column", name))
  for field, value in pairs(fields) do after[field] = value end
  for _, field in ipairs(without or {}) do after[field] = nil end
  return self:alter_column(q, name, after)
end

function Builder:rename_column(q, from, to) return self:patch_column(q, from, { name = to }) end

local FIELD = { index = "indexes", foreign_key = "foreign_keys", check = "checks", exclusion = "exclusions" }
local ADD = { key = "add_key", index = "create_index", foreign_key = "add_foreign_key", check = "add_check",
              exclusion = "add_exclusion" }
local DROP = { key = "drop_key", index = "drop_index", foreign_key = "drop_foreign_key", check = "drop_check",
               exclusion = "drop_exclusion" }
local ALTER = { key = "alter_key", index = "alter_index", foreign_key = "alter_foreign_key", check = "alter_check",
                exclusion = "alter_exclusion" }

--- The member of that name as it stands; a primary key is asked for by its name, too.
function Builder:member(q, kind, name)
  local t = self:table(q)
  if not t then return nil end
  if kind ~= "key" then return (fold.find(t[FIELD[kind]], name)) end
  if t.primary_key and (t.primary_key.name or "") == (name or "") then return t.primary_key end
  return (fold.find(t.uniques, name))
end

function Builder:add_member(q, kind, object) return self:op(ops[ADD[kind]](q, object)) end
function Builder:drop_member(q, kind, name)
  return self:op(ops[DROP[kind]](q, need(self:member(q, kind, name), kind, name)))
end

--- Alters a member; nil where it is so already.
function Builder:alter_member(q, kind, name, after)
  local before = need(self:member(q, kind, name), kind, name)
  if fold.same(before, after) then return nil end
  return self:op(ops[ALTER[kind]](q, before, after))
end

function Builder:rename_member(q, kind, from, to)
  local after = fold.copy(need(self:member(q, kind, from), kind, from))
  after.name = to
  return self:op(ops[ALTER[kind]](q, self:member(q, kind, from), after))
end

local function names_of(list)
  local names = {}
  for i, object in ipairs(list or {}) do names[i] = object.name end
  return names
end

function Builder:create_table(t) return self:op(ops.create_table(t)) end

-- By contract every rename has run, those of other groups too: a table's foreign keys say the new names.
local function with_final_targets(self, t)
  local made = fold.copy(t)
  made.foreign_keys = {}
  for i, fk in ipairs(t.foreign_keys or {}) do
    local key = key_of(fk.ref)
    made.foreign_keys[i] = fk
    if not self.by_key[key] and not fold.same_q(fk.ref, t.name) then
      local columns = (self.ctx.renamed_columns or {})[key] or {}
      made.foreign_keys[i] = fold.copy(fk)
      made.foreign_keys[i].ref = (self.ctx.renamed or {})[key] or fk.ref
      made.foreign_keys[i].ref_columns = {}
      for j, name in ipairs(fk.ref_columns) do made.foreign_keys[i].ref_columns[j] = columns[name] or name end
    end
  end
  return made
end

function Builder:drop_table(q)
  local t = need(self:table(q), "table", q.name)
  if self.phase == "contract" then
    t = with_final_targets(self, t)
    self.state.tables[key_of(q)] = t
  end
  return self:op(ops.drop_table(t))
end

--- Renames a table; everything that refers to it follows, and so do the constraints that the engine names after it.
---@return table[] ops
function Builder:rename_table(q, to)
  local before = ops.shell(need(self:table(q), "table", q.name))
  local after = fold.copy(before)
  after.name = to
  local list = { self:op(ops.rename_table(before, after)) }
  for _, spec in ipairs(M.MEMBERS) do
    for _, name in ipairs(names_of(self:table(to)[spec.field])) do
      local made = M.member_name(self.ctx, spec.kind, name, q, to)
      if made ~= name then list[#list + 1] = self:rename_member(to, spec.kind, name, made) end
    end
  end
  return list
end

--- Alters a table's options or comment; nil where they are so already.
function Builder:alter_table(q, options, comment)
  local before = ops.shell(need(self:table(q), "table", q.name))
  local after = { name = before.name, options = options, comment = comment }
  if fold.same(before, after) then return nil end
  return self:op(ops.alter_table(before, after))
end

function Builder:create_view(view) return self:op(ops.create_view(view)) end
function Builder:drop_view(q) return self:op(ops.drop_view(need(self.state.views[key_of(q)], "view", q.name))) end
function Builder:create_sync(sync) return self:op(ops.create_sync(sync)) end
function Builder:drop_sync(q) return self:op(ops.drop_sync(need(self.state.syncs[key_of(q)], "sync", q.name))) end

--- A name for a new sync of the table that no other has: `<table>__sync`, `<table>__sync_2` …
function Builder:sync_name(q)
  local number = 1
  while true do
    local name = M.derived_qname(self.ctx, q, number == 1 and "__sync" or "__sync_" .. number)
    if not self.state.syncs[key_of(name)] then return name end
    number = number + 1
  end
end

-- Views -------------------------------------------------------------------------------------------------------------

local function view_uses(view, q)
  for _, used in ipairs(view.uses or {}) do
    if fold.same_q(used, q) then return true end
  end
  return false
end

local function sorted_views(state)
  local keys, list = {}, {}
  for key in pairs(state.views) do keys[#keys + 1] = key end
  table.sort(keys)
  for _, key in ipairs(keys) do list[#list + 1] = state.views[key] end
  return list
end

--- The views that stand now and read the table, or read a view that does: each after what it reads.
---@param q table
---@param wanted? fun(view: table): boolean which of the views that read the table itself count
function Builder:views_on(q, wanted)
  local found, order = {}, {}
  local function visit(name, direct)
    for _, view in ipairs(sorted_views(self.state)) do
      local key = key_of(view.name)
      if not found[key] and view_uses(view, name) and (not direct or not wanted or wanted(view)) then
        found[key] = true
        visit(view.name, false)
        table.insert(order, 1, view)
      end
    end
  end
  visit(q, true)
  return order
end

--- Views, each after what it reads.
function M.sorted_views(list)
  local out, done = {}, {}
  local function visit(view)
    if done[key_of(view.name)] then return end
    done[key_of(view.name)] = true
    for _, other in ipairs(list) do
      if view_uses(view, other.name) then visit(other) end
    end
    out[#out + 1] = view
  end
  for _, view in ipairs(list) do visit(view) end
  return out
end

--- Brings a table outside of the group into the state, so that its foreign keys can be moved; it must end as it was.
function Builder:borrow(q)
  local key = key_of(q)
  if self.state.tables[key] then return end
  local t = self.ctx.table and self.ctx.table(q, "before")
  if not t then error("the table " .. key .. " is not known, but its foreign keys must move", 0) end
  t = fold.copy(t)
  local kept = {}
  for _, fk in ipairs(t.foreign_keys or {}) do
    -- Foreign keys that other changes drop are gone by the time that others move.
    if not self:key_dropped(q, fk) then kept[#kept + 1] = fk end
  end
  t.foreign_keys = kept
  self.state.tables[key] = t
  self.borrowed[key] = t
end

--- Does another group's change drop this foreign key of a table that stays?
function Builder:key_dropped(q, fk)
  local find = self.ctx.table
  local other = find and find((self.ctx.renamed or {})[key_of(q)] or q, "after")
  return other ~= nil and other ~= false and fold.find(other.foreign_keys, fk.name) == nil
end

--- The views that read these columns of the table; a query with a star reads them all.
function Builder:views_naming(q, columns)
  return self:views_on(q, function(view)
    if sqltext.has_star(view.query) then return true end
    for _, name in ipairs(columns) do
      if sqltext.names(view.query, name) then return true end
    end
    return false
  end)
end

--- Operations that take views away: those that read others first.
function Builder:take_views(views)
  local list = {}
  for i = #views, 1, -1 do list[#list + 1] = self:drop_view(views[i].name) end
  return list
end

-- A view that goes in this plan, and can no longer be made: it is not brought back.
local function let_go(self, view, lost)
  local change = self.final_views[key_of(view.name)]
  if not change or change.after then return false end
  for _, name in ipairs(lost) do
    if sqltext.names(view.query, name) then
      self.settled[change] = true
      return true
    end
  end
  return false
end

--- Operations that bring views back: as they were, with columns and tables renamed, or as the plan wants them at its
--- end where it alters them (that change is then settled).
---@param views table[] as `views_on` gave them
---@param map table<string, string> renamed columns and tables
---@param after boolean may they take their final form now
---@param lost? string[] columns that are not there any more: a view that reads one, and goes, stays away
function Builder:bring_views(views, map, after, lost)
  local list = {}
  for _, view in ipairs(views) do
    local change = self.final_views[key_of(view.name)]
    local stays_away = let_go(self, view, lost or {})
    if not stays_away and after and change and change.after and self:renames_done(change.after) then
      list[#list + 1] = self:create_view(change.after)
      self.settled[change] = true
    elseif not stays_away and after and not fold.bare(map) and self:view_after(view.name) and self:renames_done(view) then
      list[#list + 1] = self:create_view(self:view_after(view.name))
    elseif not stays_away then
      list[#list + 1] = self:create_view(M.mapped_view(view, map))
    end
  end
  return list
end

--- Do all columns and tables that the view reads have their final names?
function Builder:renames_done(view)
  for _, used in ipairs(view.uses or {}) do
    local unit = self.by_key[key_of(used)]
    if unit and unit.after and not fold.same_q(unit.q, unit.final) then return false end
    for _, change in ipairs(unit and unit.changes or {}) do
      local renamed = change.kind == "column" and change.before and change.after and change.before.name ~= change.after.name
      if renamed and not self:column(unit.q, change.after.name) then return false end
    end
  end
  return true
end

--- The view as it is after the plan; nil where it goes, or where the engine did not say.
function Builder:view_after(q) return (self.group.views_after or {})[key_of(q)] end

--- Does the view go in this plan, by this group's changes or another's?
function Builder:view_goes(q)
  local change = self.final_views[key_of(q)]
  if change then return change.after == nil end
  return self.group.views_after ~= nil and not self:view_after(q)
end

-- A column of the table as it is called now, by the name that it has after the plan.
local function column_now(self, unit, name)
  local now = self:table(unit.q)
  local found = M.column(now, name)
  for _, change in ipairs(found and {} or unit.changes) do
    if change.kind == "column" and change.before and change.after and change.after.name == name then
      found = M.column(now, change.before.name)
    end
  end
  return found
end

--- A foreign key with the names that its target and the target's columns have at this point of the plan. What another group
--- renames is said by its new name, so that the engine lets the rename come first.
function Builder:current_key(fk)
  local key = key_of(fk.ref)
  local target = self.by_key[key]
  local now = target and target.q or not target and (self.ctx.renamed or {})[key]
  local made = fold.copy(fk)
  if now then made.ref = now end
  made.ref_columns = {}
  for i, name in ipairs(fk.ref_columns or {}) do
    local found = target and self:table(target.q) and column_now(self, target, name)
    made.ref_columns[i] = found and found.name or name
  end
  return fold.same(made, fk) and fk or made
end

--- Must a foreign key wait? The two ends, which have one type after the plan, may have two now, where the engine compares
--- them.
---@param fk table with its target's final columns
---@param child table the referring table as it stands when the key is to be added
---@param after table? the referring table after the plan; nil where it does not change
function Builder:key_waits(fk, child, after)
  local parent = self.by_key[key_of(fk.ref)]
  if not parent or not parent.after or not self:table(parent.q) then return false end
  for i, name in ipairs(fk.columns) do
    local own, target = M.column(child, name), fk.ref_columns[i] or name
    local own_final, final = M.column(after or child, name), M.column(parent.after, target)
    local now = column_now(self, parent, target)
    if self.ctx.d.key_holds_type and own and now and final and not fold.same(own.type, now.type)
      and not (own_final and not fold.same(own_final.type, final.type)) then return true end
  end
  return false
end

--- Keeps a foreign key for the moment at which its target is ready: the planner adds it at the end of that phase.
function Builder:postpone_key(unit, fk)
  self.postponed[#self.postponed + 1] = { unit = unit, key = fk, strategy = self.strategy }
end

--- Does a foreign key of another table still stand after the plan?
---@param row table { table, foreign_key }
function Builder:key_stays(row)
  local unit = self.by_key[key_of(row.table)]
  local t = unit and unit.after or not unit and self.ctx.table and self.ctx.table(row.table, "after")
  if not unit and not self.ctx.table then return true end
  return t ~= nil and t ~= false and fold.find(t.foreign_keys, row.foreign_key.name) ~= nil
end

--- A view whose text follows renamed columns and tables.
function M.mapped_view(view, map)
  if fold.bare(map) then return view end
  local made = fold.copy(view)
  local tables, columns = {}, fold.copy(map)
  for _, used in ipairs(view.uses or {}) do
    if map[used.name] then
      tables[used.name] = map[used.name]
      columns[used.name] = nil
    end
  end
  made.query = sqltext.rename(view.query, tables)
  if #(view.columns or {}) > 0 then made.query = sqltext.rename(made.query, columns)
  else made.query = sqltext.rename_in_query(made.query, columns) end
  made.uses = {}
  for i, used in ipairs(view.uses or {}) do
    made.uses[i] = map[used.name] and { schema = used.schema, name = map[used.name] } or used
  end
  return made
end

-- Steps -------------------------------------------------------------------------------------------------------------

local function flat(list)
  local out = {}
  for _, value in ipairs(list or {}) do
    if value.kind then
      out[#out + 1] = value
    else
      for _, inner in ipairs(flat(value)) do out[#out + 1] = inner end
    end
  end
  return out
end
M.flat = flat

--- Adds a step in the current phase. `ops` may hold lists of operations. The id is `<object>/<phase>/<what>`.
---@param object string
---@param what string
---@param spec table
---@return table? step nil where there is nothing to do (no operation, no work, nothing said to the application)
function Builder:step(object, what, spec)
  spec.ops = flat(spec.ops)
  if #spec.ops == 0 and not spec.work and not spec.reverse_work and not spec.app and not spec.checks_after then
    return nil
  end
  spec.phase = spec.phase or self.phase
  spec.strategy = self.strategy
  local id = object .. "/" .. spec.phase .. "/" .. what
  self.ids[id] = (self.ids[id] or 0) + 1
  spec.id = self.ids[id] == 1 and id or id .. "-" .. self.ids[id]
  local step = steps.new(spec)
  self.steps[#self.steps + 1] = step
  return step
end

--- A backfill of some columns.
---@param unit table
---@param set table[] { {to, expr} … }
---@param where string
---@param verify string
function Builder:backfill(unit, set, where, verify)
  local facts = M.facts(self.group, self.ctx, unit.before and unit.before.name or unit.q)
  local rows, pause = M.batch(self.ctx, facts)
  return {
    kind = "backfill", table = unit.q, set = set, where = where, key = M.key(self:table(unit.q)),
    batch_rows = rows, pause_ms = pause, rows = facts.rows or -1, verify = verify,
  }
end

--- A step as form "alter" or "rebuild" where the engine has one and the operations need it.
---@param unit table
---@param list table[] operations
---@return string? form
function M.form_of(ctx, t, list)
  if ctx.features.rebuild then
    for _, op in ipairs(list) do
      if op.kind ~= "table" and op.kind ~= "view" and op.kind ~= "sync" and M.impact(ctx, op, t).rewrite then
        return "rebuild"
      end
    end
    return nil
  end
  if #list > 1 and ctx.d.emit and ctx.d.emit.step_alter then return "alter" end
end

-- Columns -----------------------------------------------------------------------------------------------------------

local function field_differs(before, after, name) return not fold.same(before[name], after[name]) end

local function default_phase(before, after)
  if not before.default then return "expand" end
  return after.default and "switch" or "contract"
end

-- Fields that change together with the type, in one operation.
local TYPE_FIELDS = { "type", "collation", "charset" }

local function type_part(ctx, before, after)
  local part
  for _, name in ipairs(TYPE_FIELDS) do
    if field_differs(before, after, name) then
      part = part or { what = "type", fields = {} }
      part.fields[#part.fields + 1] = name
    end
  end
  if not part then return nil end
  part.phase = (M.total(ctx, before.type, after.type) and #part.fields == 1) and "expand" or "switch"
  return part
end

--- Cuts an alteration of a column into parts that each belong to one phase, in the order in which they run.
---@param before table
---@param after table
---@return table[] parts { what = "type"|"default"|"relax"|"not_null"|"rename"|"generated"|"identity"|…, phase, fields }
function M.column_parts(ctx, before, after)
  if field_differs(before, after, "generated") then
    return { { what = "generated", phase = "switch", fields = { "*" } } }
  end
  local list = {}
  local function add(what, phase, field) list[#list + 1] = { what = what, phase = phase, fields = { field } } end
  if field_differs(before, after, "comment") then add("comment", "expand", "comment") end
  local kind = type_part(ctx, before, after)
  if kind then list[#list + 1] = kind end
  if field_differs(before, after, "default") then
    if kind then kind.fields[#kind.fields + 1] = "default" else add("default", default_phase(before, after), "default") end
  end
  if field_differs(before, after, "on_update") then add("on_update", "switch", "on_update") end
  if field_differs(before, after, "invisible") then
    add("visibility", after.invisible and "contract" or "expand", "invisible")
  end
  if after.nullable and not before.nullable then add("relax", "expand", "nullable") end
  if before.nullable and not after.nullable then add("not_null", "switch", "nullable") end
  if field_differs(before, after, "identity") then
    add("identity", before.identity and not after.identity and "contract" or "switch", "identity")
  end
  if before.name ~= after.name then add("rename", "switch", "name") end
  return list
end

--- The column with the fields of a part taken from its final form.
function M.with_part(now, after, part)
  if part.fields[1] == "*" then return after end
  local made = fold.copy(now)
  for _, field in ipairs(part.fields) do made[field] = after[field] end
  return made
end

--- The values that stand, without the holes that operations which change nothing leave.
function M.seq(...)
  local out = {}
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    if value ~= nil then out[#out + 1] = value end
  end
  return out
end

--- Ends the planning of a group: the change cannot be carried out, for this reason.
function M.refuse(change, reason)
  error({ forge_refused = true, change = change, message = reason }, 0)
end

-- Definition ----------------------------------------------------------------------------------------------------------

--- The group with `changes` cut to some.
function M.cut(group, changes)
  local sub = fold.copy(group)
  sub.changes = changes
  return sub
end

--- Makes a strategy of its phases; `plan` runs them alone, for tests and for policies that call a strategy by hand.
---@param spec table { name, serves, explain, expand?, migrate?, switch?, contract? }
function M.define(spec)
  if type(spec.name) ~= "string" or spec.name == "" then error("a strategy must have a name", 2) end
  for _, field in ipairs({ "serves", "explain" }) do
    if type(spec[field]) ~= "function" then
      error("strategy '" .. spec.name .. "': field '" .. field .. "' must be a function", 2)
    end
  end
  function spec.plan(sub, ctx)
    local b = M.builder(sub, ctx)
    b.strategy = spec.name
    for _, phase in ipairs(M.PHASES) do
      b.phase = phase
      if spec[phase] then spec[phase](sub, ctx, b) end
    end
    return b.steps
  end
  return spec
end

return M
