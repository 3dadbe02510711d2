--- What must go and come back where MySQL renames a column. It renames none that a check, a generated column, a default or
--- an index's expression names; MariaDB renames the column in all of these by itself.

local algorithm = require("dialects.mysql.algorithm")
local dialect = require("forge.dialect")
local operations = require("forge.ops")

local M = {}

--- Is the operation a rename that MySQL needs help with?
---@param o table Change
function M.concerns(d, o)
  return d.flavour == "mysql" and o.kind == "column" and o.before and o.after and o.before.name ~= o.after.name or false
end

local function find(list, name)
  for _, item in ipairs(list or {}) do if item.name == name then return item end end
  return nil
end

local function names_part(parts, name)
  for _, part in ipairs(parts or {}) do
    if part.column == name or algorithm.mentions(part.expr, name) then return true end
  end
  return false
end

local function on_expression(index, name)
  for _, part in ipairs(index.parts or {}) do
    if (part.expr or "") ~= "" and algorithm.mentions(part.expr, name) then return true end
  end
  return false
end

--- The generated columns that are computed from the column, each as it stands and as it is after the step.
---@param t table Table
---@param final table the table once the step has run
---@return table[] { before, after }
function M.readers(t, final, name)
  local out = {}
  for _, col in ipairs(t.columns or {}) do
    local after = col.generated and col.name ~= name and algorithm.mentions(col.generated.expr, name)
      and find(final.columns, col.name)
    if after and after.generated then out[#out + 1] = { before = col, after = after } end
  end
  return out
end

--- The columns whose default is computed from the column, as they are after the step.
---@return table[] Column
function M.defaulted(t, final, name)
  local out = {}
  for _, col in ipairs(t.columns or {}) do
    local named = col.name ~= name and col.default and col.default.kind == "sql"
      and algorithm.mentions(col.default.text, name)
    local after = named and find(final.columns, col.name)
    if after and after.default then out[#out + 1] = after end
  end
  return out
end

--- The indexes with an expression that names the column, as they are after the step.
---@return table[] Index
function M.expression_indexes(t, final, name)
  local out = {}
  for _, index in ipairs(t.indexes or {}) do
    local after = on_expression(index, name) and find(final.indexes, index.name)
    if after then out[#out + 1] = after end
  end
  return out
end

--- The checks that name one of the columns, as they are after the step.
---@param names string[]
---@return table[] Check
function M.checks(t, final, names)
  local out = {}
  for _, check in ipairs(t.checks or {}) do
    local named = false
    for _, name in ipairs(names) do named = named or algorithm.mentions(check.expr, name) end
    local after = named and find(final.checks, check.name)
    if after then out[#out + 1] = after end
  end
  return out
end

-- A list of operations that take things away, and one that brings them back.
local function plan(q)
  local self = { gone = {}, back = {} }
  function self.take(kind, before, after)
    table.insert(self.gone, operations["drop_" .. kind](q, before))
    table.insert(self.back, operations[(kind == "index" and "create_" or "add_") .. kind](q, after))
  end
  return self
end

local function take_indexes(p, t, final, wanted)
  for _, key in ipairs(t.uniques or {}) do
    local after = find(final.uniques, key.name)
    if after and wanted(key) then p.take("key", key, after) end
  end
  for _, index in ipairs(t.indexes or {}) do
    local after = find(final.indexes, index.name)
    if after and wanted(index) then p.take("index", index, after) end
  end
end

local function take_checks(p, t, final, names)
  for _, after in ipairs(M.checks(t, final, names)) do p.take("check", find(t.checks, after.name), after) end
end

-- A column comes back where it stood, so that INSERTs without a column list and queries with a star see no other order.
local function take_readers(p, q, t, readers, renamed)
  local previous = {}
  for i, col in ipairs(t.columns) do
    local left = i > 1 and t.columns[i - 1].name or nil
    previous[col.name] = left == renamed.before.name and renamed.after.name or left
  end
  for _, reader in ipairs(readers) do
    table.insert(p.gone, operations.drop_column(q, reader.before))
    local back = operations.add_column(q, reader.after)
    back.place = previous[reader.before.name]
    table.insert(p.back, back)
  end
end

--- A rename in place, which the columns of foreign keys allow alone: what names the column goes in statements before it and
--- comes back after it.
---@param o table Change the rename
---@param t table|nil the table before it
---@param final table|nil the table once the step has run
---@return table[]|nil ops nil where nothing stands in the way of one statement
function M.apart(o, t, final)
  if not t or not final or not algorithm.indexed(t, o.before.name) then return nil end
  local name, p = o.before.name, plan(o.table)
  local readers = M.readers(t, final, name)
  local names = { name }
  for _, reader in ipairs(readers) do names[#names + 1] = reader.before.name end
  take_indexes(p, t, final, function(index)
    for i = 2, #names do if names_part(index.parts, names[i]) then return true end end
    return on_expression(index, name)
  end)
  take_checks(p, t, final, names)
  -- Of what goes, columns go last; of what comes back, they come first.
  local members, back = p.gone, p.back
  p.gone, p.back = {}, {}
  take_readers(p, o.table, t, readers, o)
  local out = {}
  for _, list in ipairs({ members, p.gone, { o }, p.back, back }) do
    for _, item in ipairs(list) do out[#out + 1] = item end
  end
  return #out > 1 and out or nil
end

--- The table of an operation once its step has run.
function M.final(step, o) return ((step.tables or {}).after or {})[dialect.key(o.table)] end

return M
