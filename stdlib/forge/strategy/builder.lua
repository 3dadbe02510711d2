--- The builder: makes operations from what stands at that point of the plan, and adds steps of them.

local dialect = require("forge.dialect")
local fold = require("forge.fold")
local ops = require("forge.ops")
local sqltext = require("forge.sqltext")
local steps = require("forge.steps")
local known = require("forge.strategy.facts")
local naming = require("forge.strategy.names")
local lookup = require("forge.strategy.tables")
local views_of = require("forge.strategy.views")

local M = {}

local key_of = dialect.key

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

-- The builder ---------------------------------------------------------------------------------------------------------

local Builder = {}
Builder.__index = Builder
for name, method in pairs(views_of.VIEW_METHODS) do Builder[name] = method end

--- A builder over the group's state before the plan.
function M.builder(group, ctx)
  local units, by_key = units_of(group)
  local b = setmetatable({
    group = group, ctx = ctx, state = fold.state(group.before, group.views), units = units, by_key = by_key,
    steps = {}, phase = "expand", strategy = "", ids = {}, settled = {}, final_views = {}, borrowed = {},
    postponed = {},
  }, Builder)
  for _, change in ipairs(group.changes) do
    local q = naming.change_table(change)
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
  local q = naming.change_table(change)
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

function Builder:column(q, name) return lookup.column(self:table(q), name) end
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
  for _, spec in ipairs(lookup.MEMBERS) do
    for _, name in ipairs(names_of(self:table(to)[spec.field])) do
      local made = naming.member_name(self.ctx, spec.kind, name, q, to)
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
    local name = naming.derived_qname(self.ctx, q, number == 1 and "__sync" or "__sync_" .. number)
    if not self.state.syncs[key_of(name)] then return name end
    number = number + 1
  end
end

-- Steps ---------------------------------------------------------------------------------------------------------------

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

-- MySQL updates no table from a query on itself (error 1093), but from one on what a query of its own has read.
local function apart_from_own_rows(b, unit, set)
  if not b.ctx.d.reads_no_own_rows then return set end
  local out = {}
  for i, entry in ipairs(set) do
    out[i] = entry
    if sqltext.reads_rows(entry.expr) and sqltext.reads_table(entry.expr, unit.q.name) then
      out[i] = fold.copy(entry)
      out[i].expr = sqltext.read_apart(entry.expr, unit.q.name)
    end
  end
  return out
end

--- A backfill of some columns.
---@param unit table
---@param set table[] { {to, expr} … }
---@param where string
---@param verify string
function Builder:backfill(unit, set, where, verify)
  local facts = known.facts(self.group, self.ctx, unit.before and unit.before.name or unit.q)
  local rows, pause = known.batch(self.ctx, facts)
  return {
    kind = "backfill", table = unit.q, set = apart_from_own_rows(self, unit, set), where = where,
    key = self.ctx.features.documents and { "_id" } or lookup.key(self:table(unit.q)),
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
      if op.kind ~= "table" and op.kind ~= "view" and op.kind ~= "sync" and known.impact(ctx, op, t).rewrite then
        return "rebuild"
      end
    end
    return nil
  end
  if #list > 1 and ctx.d.emit and ctx.d.emit.step_alter then return "alter" end
end

return M
