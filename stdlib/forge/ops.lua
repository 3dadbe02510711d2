--- Constructors for operations on the model.
--- An operation is a value before, a value after, or both; emitters render it, the engine folds it over the schema, and
--- turning it round is swapping the two. `op` is the word that names its emitter and its row in `locks`.

local M = {}

--- Kinds whose objects live inside a table, and the word of each verb.
local MEMBER = {
  column = { create = "add_column", drop = "drop_column" },
  key = {},
  index = { create = "create_index", drop = "drop_index" },
  foreign_key = { create = "add_foreign_key", drop = "drop_foreign_key" },
  check = { create = "add_check", drop = "drop_check" },
  exclusion = { create = "add_exclusion", drop = "drop_exclusion" },
}

local function same_name(a, b)
  if type(a) == "table" then return a.name == b.name and (a.schema or "") == (b.schema or "") end
  return a == b
end

--- Structural equality of two plain values.
---@param a any
---@param b any
---@return boolean
function M.equal(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for key, value in pairs(a) do
    if not M.equal(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

local function only_renamed(before, after)
  for key, value in pairs(before) do
    if key ~= "name" and not M.equal(value, after[key]) then return false end
  end
  for key in pairs(after) do
    if before[key] == nil then return false end
  end
  return true
end

local function key_word(object) return object.primary and "primary_key" or "unique" end

local function word(kind, before, after)
  local noun = kind == "key" and key_word(after or before) or kind
  if not before then return MEMBER[kind] and MEMBER[kind].create or ((kind == "key" and "add_" or "create_") .. noun) end
  if not after then return "drop_" .. noun end
  if not same_name(before.name, after.name) and only_renamed(before, after) then return "rename_" .. noun end
  return "alter_" .. noun
end

local function op(kind, table_name, before, after)
  return { op = word(kind, before, after), kind = kind, table = table_name, before = before, after = after }
end

for _, kind in ipairs({ "column", "key", "foreign_key", "check", "exclusion" }) do
  M["add_" .. kind] = function(table_name, object) return op(kind, table_name, nil, object) end
  M["drop_" .. kind] = function(table_name, object) return op(kind, table_name, object, nil) end
  M["alter_" .. kind] = function(table_name, before, after) return op(kind, table_name, before, after) end
end

function M.create_index(table_name, index) return op("index", table_name, nil, index) end
function M.drop_index(table_name, index) return op("index", table_name, index, nil) end
function M.alter_index(table_name, before, after) return op("index", table_name, before, after) end

for _, kind in ipairs({ "table", "enum", "sequence", "view", "definition", "schema", "sync" }) do
  M["create_" .. kind] = function(object) return op(kind, nil, nil, object) end
  M["drop_" .. kind] = function(object) return op(kind, nil, object, nil) end
  if kind ~= "table" then
    M["alter_" .. kind] = function(before, after) return op(kind, nil, before, after) end
  end
end

--- What a table is besides its members: what a rename, a comment or an option change is about.
---@param t table a Table
---@return table shell { name, options, comment }
function M.shell(t) return { name = t.name, options = t.options, comment = t.comment } end

--- Renames a table or alters its options or comment; both are shells.
function M.alter_table(before, after)
  local made = op("shell", nil, before, after)
  made.op = (not same_name(before.name, after.name) and only_renamed(before, after)) and "rename_table" or "alter_table"
  return made
end
M.rename_table = M.alter_table

--- The user's own SQL.
function M.run_raw(raw) return { op = "run_raw", kind = "raw", after = raw } end

--- The operation that undoes `o`.
function M.reverse(o)
  if o.kind == "raw" then
    return { op = o.after and "undo_raw" or "run_raw", kind = "raw", before = o.after, after = o.before }
  end
  local made = op(o.kind, o.table, o.after, o.before)
  if o.kind == "shell" then made.op = M.alter_table(o.after, o.before).op end
  return made
end

return M
