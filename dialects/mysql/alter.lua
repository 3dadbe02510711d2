--- Which operations share an ALTER TABLE: as many of a table as the server takes together, in their order.

local algorithm = require("dialects.mysql.algorithm")
local alter_table = require("dialects.mysql.alter_table")
local clauses = require("dialects.mysql.clauses")
local dialect = require("forge.dialect")
local fold = require("forge.fold")
local operations = require("forge.ops")
local rename_column = require("dialects.mysql.rename_column")
local state = require("dialects.mysql.state")
local unsafe_default = require("dialects.mysql.unsafe_default")

local M = {}

local function label(o, side)
  local name = o[side] and o[side].name
  if not name then return nil end
  return o.kind .. "/" .. (type(name) == "table" and dialect.key(name) or name)
end

local TWICE = { key = true, index = true }  -- dropping and making one index in one statement is allowed

-- Two operations on one thing need two statements. Names may go round in one, though: a → b beside c → a.
local function clashes(made, gone, o)
  local before, after = label(o, "before"), label(o, "after")
  if TWICE[o.kind] then return false end
  if before and made[before] then return true end
  if o.kind == "column" then return (after and made[after]) or (not before and gone[after]) or false end
  return (before and gone[before]) or (after and (made[after] or gone[after])) or false
end

-- A foreign key cannot go and come back under one name in one statement; MySQL renames a column that foreign keys may concern
-- in place only, with nothing else in the statement that copies. Gives the operations, which must stand alone, and what must
-- run before one.
local function split(ops, step, d)
  local out, alone, fills = {}, {}, {}
  for _, o in ipairs(ops) do
    local parts, fill = unsafe_default.apart(o, d)
    if o.kind == "foreign_key" and o.before and o.after and o.before.name == o.after.name then
      out[#out + 1] = operations.drop_foreign_key(o.table, o.before)
      out[#out + 1] = operations.add_foreign_key(o.table, o.after)
    elseif parts then
      out[#out + 1], out[#out + 2] = parts[1], parts[2]
      alone[parts[2]], fills[parts[2]] = true, fill
    else
      local apart = rename_column.concerns(d, o)
        and rename_column.apart(o, state.table(step, o.table), rename_column.final(step, o)) or nil
      for _, item in ipairs(apart or { o }) do out[#out + 1] = item end
      -- A column cannot be placed behind one that goes and comes again in the same statement.
      alone[o] = apart ~= nil or (o.kind == "column" and clauses.turns(o)) or nil
    end
  end
  return out, alone, fills
end

local COLUMNS = { add_column = true, drop_column = true, alter_column = true, rename_column = true }
local EITHER = {
  add_foreign_key = true, drop_foreign_key = true, alter_foreign_key = true, rename_foreign_key = true,
  drop_check = true, rename_primary_key = true,
}

local function rebuilds(ops, step, d)
  local t = state.copy(state.table(step, ops[1].table or ops[1].before.name))
  local verdict = alter_table.judged(d, t, ops)
  return algorithm.RANK[verdict.algorithm] >= algorithm.RANK.REBUILD
end

-- MySQL adds and drops virtual columns in statements of their own, and an index on an expression is one with such a column.
local function is_virtual(o, d)
  if d.flavour == "mysql" and o.kind == "index" and (not o.before or not o.after) then
    return fold.on_expression(o.after or o.before)
  end
  local col = (o.op == "add_column" and o.after) or (o.op == "drop_column" and o.before)
  return d.flavour == "mysql" and col and col.generated and not col.generated.stored or false
end

-- INSTANT changes of columns and index builds are each online, but in one statement they are a rebuild: unless one is
-- due anyway, they are kept apart.
local function side_of(o, d)
  if EITHER[o.op] and d.flavour == "mariadb" then return nil end
  return COLUMNS[o.op] and "columns" or "rest"
end

-- Foreign keys that go and come back under one name over the same columns: their index stays.
local function kept_keys(list)
  local gone, keep = {}, {}
  for _, o in ipairs(list) do
    if o.op == "drop_foreign_key" then gone[o.before.name] = o.before end
    local old = o.op == "add_foreign_key" and gone[o.after.name]
    if old and alter_table.same_columns(old, o.after) then keep[o.after.name] = true end
  end
  return keep
end

--- As few ALTER TABLE statements as carry all of `ops`, which are of one table.
---@param options table|nil { locked = true: inside LOCK TABLES, nothing is validated; together = true: never apart }
function M.many(out, ops, step, d, options)
  local run, made, gone, side = {}, {}, {}, nil
  local function flush()
    if #run > 0 then alter_table.one(out, run, step, d, options) end
    run, made, gone, side = {}, {}, {}, nil
  end
  local list, alone, fills = split(ops, step, d)
  local own_options = { keep = kept_keys(list) }
  for field, value in pairs(options or {}) do own_options[field] = value end
  options = own_options
  local apart = not options.together and not rebuilds(list, step, d)
  local virtual_too = false
  for _, o in ipairs(list) do virtual_too = virtual_too or is_virtual(o, d) end
  for _, o in ipairs(list) do
    local own = is_virtual(o, d) and "virtual" or (apart and side_of(o, d)) or (virtual_too and "rest") or nil
    if clashes(made, gone, o) or (own and side and own ~= side) or alone[o] then flush() end
    if fills[o] then out:add(fills[o]) end
    run[#run + 1] = o
    side = own or side
    if label(o, "before") then gone[label(o, "before")] = true end
    if label(o, "after") then made[label(o, "after")] = true end
    if alone[o] then flush() end
  end
  flush()
end

-- An AUTO_INCREMENT column must head a key in every state of the table.
local function identity_without_key(t)
  for _, col in ipairs((t or {}).columns or {}) do
    if col.identity then
      local heads = t.primary_key and t.primary_key.parts[1].column == col.name
      for _, list in ipairs({ t.uniques or {}, t.indexes or {} }) do
        for _, key in ipairs(list) do heads = heads or key.parts[1].column == col.name end
      end
      if not heads then return true end
    end
  end
  return false
end

local carried = setmetatable({}, { __mode = "k" })  -- operations that went along with an earlier one

local function index_of(list, o)
  for i, item in ipairs(list) do if item == o then return i end end
  return nil
end

-- The operations that must share a statement with `o`, itself first.
local function company(o, step)
  local t = state.table(step, o.table)
  local run, at = { o }, index_of(step.ops or {}, o)
  if not t or not at then return run end
  t = state.after(t, o)
  while identity_without_key(t) do
    at = at + 1
    local following = step.ops[at]
    if not following or not clauses.carries(following) or not following.table
      or dialect.key(following.table) ~= dialect.key(o.table) then return { o } end
    run[#run + 1] = following
    t = state.after(t, following)
  end
  return run
end

--- The emitter of an operation that an ALTER TABLE carries.
function M.emit(out, o, step, d)
  if carried[o] == step then return end
  if step.ops and step.ops[1] == o then state.reset(step) end
  local run = o.table and company(o, step) or { o }
  for i = 2, #run do carried[run[i]] = step end
  M.many(out, run, step, d, { together = #run > 1 })
end

return M
