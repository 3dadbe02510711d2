-- Builds schemas and the changes between them, for tests of strategies without the engine.
local dialect = require("forge.dialect")
local fold = require("forge.fold")
local ops = require("forge.ops")

local M = {}
local key_of = dialect.key

function M.q(name) return { schema = "", name = name } end

function M.type(name, ...) return { name = name, args = { ... }, values = {}, unsigned = false, array = 0 } end

-- M.column("total", M.type("integer"), { nullable = false, default = … })
function M.column(name, kind, more)
  local column = { name = name, type = kind, nullable = true, invisible = false }
  for k, v in pairs(more or {}) do column[k] = v end
  return column
end

function M.number(text) return { kind = "number", text = tostring(text) } end

local function parts(names)
  local list = {}
  for i, name in ipairs(names) do list[i] = { column = name, desc = false, length = 0 } end
  return list
end
M.parts = parts

function M.key(name, names, more)
  local key = { name = name, primary = false, parts = parts(names), include = {}, nulls_not_distinct = false,
                deferrable = false, deferred = false }
  for k, v in pairs(more or {}) do key[k] = v end
  return key
end

function M.index(name, names, more)
  local index = { name = name, parts = parts(names), unique = false, include = {}, nulls_not_distinct = false,
                  invisible = false, storage = {} }
  for k, v in pairs(more or {}) do index[k] = v end
  return index
end

function M.fk(name, columns, ref, ref_columns, more)
  local fk = { name = name, columns = columns, ref = M.q(ref), ref_columns = ref_columns, deferrable = false,
               deferred = false, not_valid = false, not_enforced = false }
  for k, v in pairs(more or {}) do fk[k] = v end
  return fk
end

function M.check(name, expr)
  return { name = name, expr = expr, not_valid = false, not_enforced = false, no_inherit = false }
end

function M.table(name, columns, more)
  local t = { name = M.q(name), columns = columns, uniques = {}, indexes = {}, foreign_keys = {}, checks = {},
              exclusions = {}, options = { strict = false, without_rowid = false, unlogged = false, storage = {} } }
  for k, v in pairs(more or {}) do t[k] = v end
  return t
end

function M.view(name, query, uses)
  local list = {}
  for i, used in ipairs(uses) do list[i] = M.q(used) end
  return { name = M.q(name), query = query, columns = {}, uses = list, materialized = false }
end

local MEMBERS = { { "key", "uniques" }, { "index", "indexes" }, { "check", "checks" },
                  { "foreign_key", "foreign_keys" }, { "exclusion", "exclusions" } }
local ADD = { key = "add_key", index = "create_index", check = "add_check", foreign_key = "add_foreign_key",
              exclusion = "add_exclusion" }
local DROP = { key = "drop_key", index = "drop_index", check = "drop_check", foreign_key = "drop_foreign_key",
               exclusion = "drop_exclusion" }
local ALTER = { key = "alter_key", index = "alter_index", check = "alter_check", foreign_key = "alter_foreign_key",
                exclusion = "alter_exclusion" }

local function add(list, change, intent)
  change.intent = intent or {}
  list[#list + 1] = change
end

local function diff_columns(list, q, before, after, intents, renames)
  local new_of = {}
  for new, old in pairs(renames) do new_of[old] = new end
  for _, column in ipairs(before.columns) do
    local other = fold.find(after.columns, new_of[column.name] or column.name)
    if not other then
      add(list, ops.drop_column(q, column), intents[column.name])
    elseif not fold.same(column, other) then
      add(list, ops.alter_column(q, column, other), intents[other.name])
    end
  end
  for _, column in ipairs(after.columns) do
    if not fold.find(before.columns, renames[column.name] or column.name) then
      add(list, ops.add_column(q, column), intents[column.name])
    end
  end
end

local function diff_members(list, q, before, after, renames)
  local map = {}
  for new, old in pairs(renames) do map[old] = new end
  for _, row in ipairs(MEMBERS) do
    local kind, field = row[1], row[2]
    for _, object in ipairs(before[field]) do
      local moved = fold.renamed_member(kind, object, map)
      local other = fold.find(after[field], object.name)
      if not other then
        add(list, ops[DROP[kind]](q, object))
      elseif not fold.same(moved, other) then
        add(list, ops[ALTER[kind]](q, object, other))
      end
    end
    for _, object in ipairs(after[field]) do
      if not fold.find(before[field], object.name) then add(list, ops[ADD[kind]](q, object)) end
    end
  end
  local a, b = before.primary_key, after.primary_key
  if a and not b then add(list, ops.drop_key(q, a)) end
  if b and not a then add(list, ops.add_key(q, b)) end
  if a and b and not fold.same(fold.renamed_member("key", a, map), b) then add(list, ops.alter_key(q, a, b)) end
end

local function by_key(tables)
  local map = {}
  for _, t in ipairs(tables) do map[key_of(t.name)] = t end
  return map
end

-- spec = { before = {tables}, after = {tables}, renames = { ["orders.total"] = "amount" }, tables = { new = old },
-- intents = { orders = { total = {backfill_up = …} } }, facts, views, views_after, incoming }
function M.group(spec)
  local before, after, list, names = by_key(spec.before or {}), by_key(spec.after or {}), {}, {}
  local old_of = spec.tables or {}
  local new_of = {}
  for new, old in pairs(old_of) do new_of[old] = new end
  for key, t in pairs(before) do
    names[#names + 1] = t.name
    local other = after[new_of[key] or key]
    local intents = (spec.intents or {})[key] or {}
    if not other then
      add(list, ops.drop_table(t), intents.table)
    else
      local renames = {}
      for path, old in pairs(spec.renames or {}) do
        local owner, column = path:match("^(.*)%.([^.]*)$")
        if owner == key then renames[column] = old end
      end
      if new_of[key] or not fold.same(t.options, other.options) or not fold.same(t.comment, other.comment) then
        add(list, ops.alter_table(ops.shell(t), ops.shell(other)), intents.table)
      end
      diff_columns(list, t.name, t, other, intents, renames)
      diff_members(list, t.name, t, other, renames)
    end
  end
  for key, t in pairs(after) do
    if not before[old_of[key] or key] then
      names[#names + 1] = t.name
      add(list, ops.create_table(t))
    end
  end
  local views, want = by_key(spec.views or {}), by_key(spec.views_after or spec.views or {})
  for key, view in pairs(views) do
    if not want[key] then add(list, ops.drop_view(view))
    elseif not fold.same(view, want[key]) then add(list, ops.alter_view(view, want[key])) end
  end
  for key, view in pairs(want) do
    if not views[key] then add(list, ops.create_view(view)) end
  end
  for _, more in ipairs(spec.changes or {}) do add(list, more, more.intent) end
  return { id = spec.id or "group", tables = names, before = before, after = after, changes = list,
           facts = spec.facts or {}, views = spec.views or {}, incoming = spec.incoming or {} }
end

-- Folds the steps from the group's before, forwards and back. Nil, or what does not hold.
function M.verify(group, steps)
  local state = fold.state(group.before, group.views)
  local all, phase = {}, 0
  local order = { expand = 1, migrate = 2, switch = 3, contract = 4 }
  local ids = {}
  for _, step in ipairs(steps) do
    if order[step.phase] < phase then return step.id .. ": out of phase" end
    if ids[step.id] then return step.id .. ": twice" end
    ids[step.id], phase = true, order[step.phase]
    for _, op in ipairs(step.ops) do
      local problem = fold.apply(state, op)
      if problem then return step.id .. ": " .. problem end
      all[#all + 1] = op
    end
  end
  local different = fold.difference(state.tables, group.after)
  if different then return "the end: " .. different end
  if not fold.bare(state.syncs) then return "a sync is left over" end
  for i = #all, 1, -1 do
    local problem = fold.apply(state, ops.reverse(all[i]))
    if problem then return "back: " .. problem end
  end
  different = fold.difference(state.tables, group.before)
  return different and ("the way back: " .. different) or nil
end

-- The context that the engine gives, for one of the real dialects.
function M.context(name, more)
  local d = require("dialects." .. name)
  local ctx = { d = d, features = d.features, version = d.version, environment = "production" }
  for k, v in pairs(more or {}) do ctx[k] = v end
  return ctx
end

M.ENGINES = { "sqlite", "postgres", "mysql", "mariadb" }
for i = #M.ENGINES, 1, -1 do
  local ok, problem = pcall(require, "dialects." .. M.ENGINES[i])
  if not ok and tostring(problem):find("no module 'dialects." .. M.ENGINES[i], 1, true) then table.remove(M.ENGINES, i) end
end

return M
