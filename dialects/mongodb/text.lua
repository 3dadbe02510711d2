--- Commands of MongoDB as extended JSON: collections, validators and indexes of the model.

local json = require("forge.json")
local types = require("dialects.mongodb.types")

local M = {}

local obj, raw, encode = json.object, json.raw, json.encode
M.null = json.null

--- The value of one of a table's or an index's settings; nil where it is not stated.
function M.setting(list, name)
  for _, pair in ipairs(list or {}) do
    if pair[1] == name then return pair[2] end
  end
end

-- The members of an object in JSON text, put behind others: `"a":1,"b":2`.
local function inner(text) return (text:match("^%s*{(.*)}%s*$")) end

--- An object of two texts' members.
local function joined(members, text)
  local own, more = inner(encode(obj(members))), text and inner(text) or ""
  return raw("{" .. own .. ((own ~= "" and more ~= "") and "," or "") .. more .. "}")
end

local function ruled(column, text) return (column.rules or ""):find(text, 1, true) ~= nil end

-- A field may be null where the model says so, unless its rules say otherwise: required and null, or neither.
local function null_allowed(column)
  if ruled(column, '"nullable":false') then return false end
  return column.nullable or ruled(column, '"nullable":true')
end

local function own_rules(column)
  local text = (column.rules or ""):gsub('"nullable":%l+,?', ""):gsub(",}$", "}")
  return text ~= "" and text or nil
end

--- Has the field only been seen in documents, so that no validator says anything of it?
function M.is_inferred(column) return ruled(column, '"inferred":true') end

--- What the validator says of one field.
function M.field_schema(column)
  if M.is_inferred(column) then return raw("{}") end
  local rules = own_rules(column)
  local members = {}
  for _, member in ipairs(types.schema(column.type, null_allowed(column))) do
    -- What a field's own rules say takes the place of what follows from its type.
    if not (rules and rules:find(json.quote(member[1]) .. ":", 1, true) and member[1] ~= "bsonType") then
      members[#members + 1] = member
    end
  end
  return joined(members, rules)
end

local function json_schema(t)
  local required, properties = {}, {}
  -- By name, since the order of columns is no difference.
  local sorted = {}
  for i, column in ipairs(t.columns) do sorted[i] = column end
  table.sort(sorted, function(a, b) return a.name < b.name end)
  local own = M.setting(t.options and t.options.storage, "json_schema")
  local closed = M.setting(t.options and t.options.storage, "additional_fields") == "false"
  for _, column in ipairs(sorted) do
    if not column.nullable then required[#required + 1] = column.name end
    local one = M.field_schema(column)
    -- A closed collection holds the fields that are named, also those of which nothing else is said.
    if one.text ~= "{}" or (closed and not M.is_inferred(column)) then properties[#properties + 1] = { column.name, one } end
  end
  if #required == 0 and #properties == 0 and not own and not closed then return nil end
  if closed then
    local known = false
    for _, column in ipairs(t.columns) do known = known or column.name == "_id" end
    if not known then table.insert(properties, 1, { "_id", raw("{}") }) end
  end
  return joined({
    { "bsonType", "object" }, { "required", #required > 0 and required or nil },
    { "properties", #properties > 0 and obj(properties) or nil }, { "additionalProperties", (closed or nil) and false },
  }, own)
end

--- Is it a time series? It has no validator, and its documents cannot be changed.
function M.is_series(t) return M.setting((t.options or {}).storage, "timeseries") ~= nil end

--- What every document of the collection must match, as JSON text; "{}" where nothing is asked.
---@param t table Table
---@return string
function M.validator(t)
  if M.is_series(t) then return "{}" end
  local parts = {}
  local schema = json_schema(t)
  if schema then parts[1] = obj { { "$jsonSchema", schema } } end
  local own = M.setting(t.options and t.options.storage, "validator")
  if own then parts[#parts + 1] = raw(own) end
  local checks = {}
  for i, check in ipairs(t.checks or {}) do checks[i] = check end
  table.sort(checks, function(a, b) return a.name < b.name end)
  for _, check in ipairs(checks) do
    if not check.not_enforced then parts[#parts + 1] = raw(check.expr) end
  end
  if #parts == 0 then return "{}" end
  return encode(#parts == 1 and parts[1] or obj { { "$and", parts } })
end

local function options_of(t) return (t.options or {}).storage or {} end

function M.level(t) return M.setting(options_of(t), "validation_level") or "strict" end
function M.action(t) return M.setting(options_of(t), "validation_action") or "error" end

--- The command that gives a collection the validator of the table.
function M.coll_mod(t)
  return encode(obj {
    { "collMod", t.name.name }, { "validator", raw(M.validator(t)) }, { "validationLevel", M.level(t) },
    { "validationAction", M.action(t) },
  })
end

--- Does the table ask for a validator at all?
function M.validates(t) return M.validator(t) ~= "{}" end

local function number_setting(list, name)
  local text = M.setting(list, name)
  return text and raw(text) or nil
end

--- The command that makes a collection, without its validator and indexes.
function M.create(t)
  local list = options_of(t)
  local size, series = M.setting(list, "capped_size"), M.setting(list, "timeseries")
  local collation = M.setting(list, "collation")
  return encode(obj {
    { "create", t.name.name },
    { "capped", size and true or nil }, { "size", number_setting(list, "capped_size") },
    { "max", number_setting(list, "capped_max") },
    { "timeseries", series and raw(series) or nil },
    { "expireAfterSeconds", number_setting(list, "expire_after_seconds") },
    { "clusteredIndex", M.setting(list, "clustered") == "true" and obj { { "key", obj { { "_id", 1 } } }, { "unique", true } } or nil },
    { "collation", collation and raw(collation) or nil },
  })
end

-- What stands behind a part of an index: 1, -1, or the kind of index.
local function direction(part, index, place)
  if (part.opclass or "") ~= "" then return part.opclass end
  local method = index.method or ""
  if method ~= "" and (method == "text" or place == 1) then return method end
  return part.desc and -1 or 1
end

--- The key pattern of an index or a key.
function M.key_pattern(index)
  local members = {}
  for i, part in ipairs(index.parts) do members[i] = { part.column, direction(part, index, i) } end
  return obj(members)
end

local function find_column(t, name)
  for _, column in ipairs(t and t.columns or {}) do
    if column.name == name then return column end
  end
end

--- Which documents a unique constraint binds: as in SQL, none of whose values is null. nil: all.
---@return table? filter
function M.present_filter(t, parts)
  local list = {}
  for _, part in ipairs(parts) do
    local column = find_column(t, part.column)
    if column and column.nullable then
      local bson = types.bson_types(column.type)
      local one = #bson == 0 and obj { { "$exists", true } } or obj { { "$type", #bson == 1 and bson[1] or bson } }
      list[#list + 1] = { part.column, one }
    end
  end
  return #list > 0 and obj(list) or nil
end

--- The specification of an index, as createIndexes takes it and listIndexes gives it.
---@param index table Index, or Key
---@param t table? the table, for keys
function M.index_members(index, t)
  local is_key = index.storage == nil and index.method == nil
  local list = index.storage or {}
  local where = (index.where or "") ~= "" and raw(index.where) or (is_key and not index.primary and M.present_filter(t, index.parts)) or nil
  local function text(name)
    local value = M.setting(list, name)
    return value and raw(value) or nil
  end
  local members = {
    { "key", M.key_pattern(index) }, { "name", index.name },
    { "unique", (index.unique or is_key) and true or nil },
    { "sparse", M.setting(list, "sparse") == "true" or nil },
    { "partialFilterExpression", where },
    { "expireAfterSeconds", text("expire_after_seconds") },
    { "collation", text("collation") }, { "wildcardProjection", text("wildcard_projection") }, { "weights", text("weights") },
    { "hidden", index.invisible or nil },
  }
  if M.setting(list, "default_language") then members[#members + 1] = { "default_language", M.setting(list, "default_language") } end
  return members
end

--- Is this the key that every collection has by itself?
function M.is_id_key(key) return #key.parts == 1 and key.parts[1].column == "_id" end

--- Every index of a table: its keys', then its own.
function M.all_indexes(t)
  local list = {}
  if t.primary_key and not M.is_id_key(t.primary_key) then list[1] = obj(M.index_members(t.primary_key, t)) end
  for _, key in ipairs(t.uniques or {}) do list[#list + 1] = obj(M.index_members(key, t)) end
  for _, index in ipairs(t.indexes or {}) do list[#list + 1] = obj(M.index_members(index, t)) end
  return list
end

function M.create_indexes(name, list) return encode(obj { { "createIndexes", name }, { "indexes", list } }) end
function M.drop_index(name, index) return encode(obj { { "dropIndexes", name }, { "index", index } }) end

return M
