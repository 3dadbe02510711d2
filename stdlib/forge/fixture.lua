--- Tables, changes and contexts for tests of a policy, a strategy or a dialect, made without a specification.
---
---     local f = require("forge.fixture")
---     local orders = f.table("orders", { f.column("id", "bigint", { nullable = false }) }, { primary_key = { "id" } })
---     local choice, refused = f.choose(policy, { change = ops.drop_table(orders), tables = { orders } })

local dialect = require("forge.dialect")
local fold = require("forge.fold")
local planner = require("forge.planner")
local naming = require("forge.policy.names")
local policy_of = require("forge.policy")
local strategy = require("forge.strategy")

local M = {}

local CONTEXT = { "engine", "version", "environment", "downtime", "strategy", "policy", "header", "table" }
local GROUP = { "tables", "changes", "change", "intent", "facts", "views", "incoming", "heirs" }
local FACTS = { "rows", "bytes", "writes_per_second", "hot", "critical" }
local COLUMN = { "default", "generated", "identity", "collation", "charset", "comment", "on_update", "invisible", "rules", "nullable" }
local INDEX = { "unique", "where", "include", "method", "nulls_not_distinct", "invisible", "comment", "storage", "parts" }
local TABLE = { "comment", "primary_key", "uniques", "indexes", "foreign_keys", "checks", "exclusions", "options", "partitions" }

local TYPES = { "native", "enum" }
for _, row in ipairs(require("forge.words_types")) do TYPES[#TYPES + 1] = row.word end

-- A test whose fixture says what nobody reads tests something else than it seems to.
local function known(what, word, names)
  if naming.known(names, word) then return end
  error(("fixture: %s '%s'%s; known are %s"):format(what, tostring(word), naming.suggest(tostring(word), names),
    table.concat(names, ", ")), 0)
end

local function fields(what, given, ...)
  local names = {}
  for _, list in ipairs({ ... }) do
    for _, name in ipairs(list) do names[#names + 1] = name end
  end
  local said = {}
  for field in pairs(given or {}) do said[#said + 1] = tostring(field) end
  table.sort(said)
  for _, field in ipairs(said) do known(what .. " has no field", field, names) end
end

--- A name: "orders", or "app.orders".
function M.name(text)
  local schema, name = text:match("^(.-)%.(.*)$")
  return { schema = schema or "", name = name or text }
end

--- A type: "bigint", or "varchar" with its arguments.
function M.type(word, ...)
  known("there is no type", word, TYPES)
  return { name = word, args = { ... }, values = {}, unsigned = false, array = 0 }
end

--- A column. `type` is a word or what `M.type` gives; `more` holds further fields of a Column.
function M.column(name, kind, more)
  fields("a column", more, COLUMN)
  local column = { name = name, type = type(kind) == "string" and M.type(kind) or kind, nullable = true, invisible = false }
  for field, value in pairs(more or {}) do column[field] = value end
  return column
end

local function parts(names)
  local list = {}
  for i, name in ipairs(names) do list[i] = { column = name, desc = false, length = 0 } end
  return list
end

--- An index on columns.
function M.index(name, names, more)
  fields("an index", more, INDEX)
  local index = { name = name, parts = parts(names), unique = false, include = {}, nulls_not_distinct = false,
                  invisible = false, storage = {} }
  for field, value in pairs(more or {}) do index[field] = value end
  return index
end

-- A key or an index is over columns that there are.
local function over_columns(what, list, columns)
  local names = {}
  for i, column in ipairs(columns) do names[i] = column.name end
  for _, part in ipairs(list) do
    if part.column then known(what .. " has no column", part.column, names) end
  end
end

--- A table. `more.primary_key` is a list of column names; other fields are those of a Table.
function M.table(name, columns, more)
  fields("a table", more, TABLE)
  local t = { name = M.name(name), columns = columns, uniques = {}, indexes = {}, foreign_keys = {}, checks = {},
              exclusions = {}, options = { strict = false, without_rowid = false, unlogged = false, storage = {} } }
  for field, value in pairs(more or {}) do t[field] = value end
  if t.primary_key and not t.primary_key.parts then
    t.primary_key = { name = t.name.name .. "_pkey", primary = true, parts = parts(t.primary_key), include = {},
                      nulls_not_distinct = false, deferrable = false, deferred = false }
  end
  local what = "table '" .. name .. "'"
  if t.primary_key then over_columns(what, t.primary_key.parts, columns) end
  for _, list in ipairs({ t.uniques, t.indexes }) do
    for _, member in ipairs(list) do over_columns(what, member.parts, columns) end
  end
  return t
end

--- A context: { engine, version?, environment?, downtime?, strategy?, policy?, header? }.
function M.context(spec)
  spec = spec or {}
  local d = require("dialects." .. (spec.engine or "postgres"))
  if spec.version then d = d:at(spec.version) end
  if spec.downtime and strategy.window_seconds(spec.downtime) == 0 then
    error(("fixture: downtime takes a time such as \"30m\", got '%s'"):format(tostring(spec.downtime)), 0)
  end
  local ctx = { d = d, features = d.features, version = d.version, environment = spec.environment or "production" }
  for _, field in ipairs({ "downtime", "strategy", "policy", "header", "table" }) do ctx[field] = spec[field] end
  return ctx
end

local NUMBERS = { rows = true, bytes = true, writes_per_second = true }

local function check_fact(of, field, value)
  if NUMBERS[field] then
    if type(value) == "number" and value >= 0 then return end
    error(("fixture: facts of '%s': %s takes a number from 0 on, got %s"):format(of, field, tostring(value)), 0)
  end
  if type(value) ~= "boolean" then
    error(("fixture: facts of '%s': %s takes true or false, got %s"):format(of, field, tostring(value)), 0)
  end
end

-- The facts are of tables that there are, or that the changes make.
local function check_facts(facts, before, after)
  local names = {}
  for key in pairs(before) do names[#names + 1] = key end
  for key in pairs(after) do
    if not before[key] then names[#names + 1] = key end
  end
  table.sort(names)
  local tables = {}
  for name in pairs(facts) do tables[#tables + 1] = tostring(name) end
  table.sort(tables)
  for _, name in ipairs(tables) do
    known("there are facts of a table that is not there,", name, names)
    fields("facts of '" .. name .. "'", facts[name], FACTS)
    for _, field in ipairs(FACTS) do
      if facts[name][field] ~= nil then check_fact(name, field, facts[name][field]) end
    end
  end
end

-- What the tables are once the changes have run: what the diff would have started from.
local function after_all(before, changes)
  local state = fold.state(before)
  for _, change in ipairs(changes) do
    local problem = fold.apply(state, change)
    if problem then error("fixture: " .. problem, 0) end
  end
  return state.tables
end

--- A group of changes.
---@param spec table { tables = before, changes or change, intent?, facts?, views?, incoming?, heirs? }
function M.group(spec)
  fields("the test", spec, CONTEXT, GROUP)
  fields("intent", spec.intent, naming.STATED)
  local before = {}
  for _, t in ipairs(spec.tables or {}) do before[dialect.key(t.name)] = t end
  local changes = {}
  for i, change in ipairs(spec.changes or { spec.change }) do
    changes[i] = fold.copy(change)
    changes[i].intent = spec.intent or {}
  end
  local after = after_all(before, changes)
  check_facts(spec.facts or {}, before, after)
  return { id = "fixture", tables = {}, before = before, after = after, changes = changes,
           facts = spec.facts or {}, views = spec.views or {}, incoming = spec.incoming or {},
           heirs = spec.heirs or {} }
end

-- A test that asks for a strategy which there is not is wrong itself.
local function served(group, ctx)
  local wish = planner.unserved_wish({ group }, ctx)
  if wish then error(wish.message .. (wish.hint and ": " .. wish.hint or ""), 0) end
  return group
end

--- What a policy chooses for one change: { strategy, rule, reason, file, facts }, or nil and why it is refused.
---@param policy table
---@param spec table as for `group`, and as for `context`
function M.choose(policy, spec)
  local group, ctx = M.group(spec), M.context(spec)
  if #group.changes ~= 1 then
    error(("fixture: 'choose' takes one change, got %d: state `change`"):format(#group.changes), 0)
  end
  served(group, ctx)
  return policy_of.choose(policy, group.changes[1], group, ctx)
end

--- The planner's answer for the changes: { choices, steps, refused?, action_items }.
---@param policy table
---@param spec table as for `choose`
function M.plan(policy, spec)
  local ctx = M.context(spec)
  ctx.policy = policy
  return planner.plan({ served(M.group(spec), ctx) }, ctx).groups[1]
end

--- Renders one step with the context's dialect: a list of SQL texts.
function M.render(spec, step)
  local ctx = M.context(spec)
  local given = fold.copy(step)
  given.direction = given.direction or "forward"
  given.tables = given.tables or { before = {}, after = {} }
  local out = {}
  for i, statement in ipairs(ctx.d:render(given)) do out[i] = statement.sql end
  return out
end

return M
