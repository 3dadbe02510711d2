--- Collections and their fields in the spec language: a collection is a table, a field a column with rules for its values.

local json = require("forge.json")
local objects = require("forge.spec_objects")
local support = require("forge.spec_support")
local column_words = require("forge.spec_column")

local complain = support.complain
local M = {}

local function only_mongodb(word)
  local engine = support.engine
  if engine == "" or engine == "mongodb" then return end
  complain(("'%s' is MongoDB's, and this is planned for %s"):format(word, engine),
    word == "collection" and "write a table, which MongoDB takes for a collection" or "the words of a column serve every engine", word)
end

-- Rules of a field: a JSON schema that grows word by word. It stands beside the node, which holds its text.
local rules_of = setmetatable({}, { __mode = "k" })

local function rule(self, key, value)
  local rules = rules_of[self] or {}
  rules_of[self] = rules
  if rules[key] ~= nil then complain("field '" .. self._name .. "' says '" .. key .. "' twice", nil, nil, self) end
  rules[key] = value
  self._rules = json.encode(rules)
  return self
end

local own = setmetatable({}, { __index = column_words })

local function set_type(self, made)
  local known = rawget(self, "_type")
  if known then complain("field '" .. self._name .. "' has two types", nil, made.ref or made.name, self) end
  self._type = made
  return self
end

local BY_WORD = { string = "text", int = "integer", long = "bigint", bool = "boolean", date = "timestamptz", binData = "blob" }

local function type_of(word)
  if BY_WORD[word] then return { name = BY_WORD[word], args = {} } end
  return { name = "native", args = {}, ref = word }
end

for _, word in ipairs({ "string", "int", "long", "bool", "date", "timestamp", "objectId", "binData", "any" }) do
  own[word] = function(self, given)
    if given ~= nil then complain("'" .. word .. "' takes nothing, got " .. support.describe(given), nil, word, self) end
    return set_type(self, type_of(word))
  end
end

function own.bson(self, given) return set_type(self, { name = "native", args = {}, ref = support.text(self, "bson", given) }) end

-- The fields of an object as members of a JSON schema.
local function put_fields(self, word, list, put)
  local text = require("dialects.mongodb.text")
  local properties, required = {}, {}
  if type(list) ~= "table" or support.kind(list) then
    complain("'" .. word .. "' takes { fields }, got " .. support.describe(list), nil, word, self)
  end
  for _, node in ipairs(list) do
    if support.kind(node) ~= "field" then
      complain("'" .. word .. "' takes fields, got " .. support.describe(node), 'write field "name" :string()', word, self)
    end
    if not rawget(node, "_type") then complain("field '" .. node._name .. "' has no type", nil, nil, node) end
    local one = text.field_schema({ name = node._name, type = node._type, nullable = rawget(node, "_nullable") ~= false,
                                    rules = rawget(node, "_rules") })
    properties[#properties + 1] = { node._name, one }
    if rawget(node, "_nullable") == false then required[#required + 1] = node._name end
  end
  put("properties", json.object(properties))
  if #required > 0 then put("required", required) end
end

function own.object(self, given)
  set_type(self, { name = "native", args = {}, ref = "object" })
  if given ~= nil then put_fields(self, "object", given, function(key, value) rule(self, key, value) end) end
  return self
end

function own.array(self, given)
  if given == nil and rawget(self, "_type") then return column_words.array(self) end
  if type(given) == "string" and (own[given] ~= nil) and given ~= "array" and given ~= "object" then
    set_type(self, { name = "native", args = {}, ref = "array" })
    local made = { _name = self._name }
    own[given](made)
    return rule(self, "items", json.object(require("dialects.mongodb.types").schema(made._type, false)))
  end
  set_type(self, { name = "native", args = {}, ref = "array" })
  if given == nil then return self end
  local members = { { "bsonType", "object" } }
  put_fields(self, "array", given, function(key, value) members[#members + 1] = { key, value } end)
  return rule(self, "items", json.object(members))
end

function own.required(self, given)
  if given ~= nil then complain("'required' takes nothing, got " .. support.describe(given), nil, "required", self) end
  self._nullable = false
  return self
end

function own.nullable(self, given)
  if given ~= nil and type(given) ~= "boolean" then
    complain("'nullable' takes nothing, true or false, got " .. support.describe(given), nil, "nullable", self)
  end
  return rule(self, "nullable", given == nil or given)
end

function own.inferred(self, given)
  if given ~= nil then complain("'inferred' takes nothing, got " .. support.describe(given), nil, "inferred", self) end
  return rule(self, "inferred", true)
end

-- Values of the spec as JSON: `null` is a word of its own.
local function plain(self, word, value)
  if support.kind(value) == "null" then return json.null end
  if type(value) == "table" then
    if support.kind(value) then complain("'" .. word .. "' takes plain values, got " .. support.describe(value), nil, word, self) end
    local made = {}
    for key, one in pairs(value) do made[key] = plain(self, word, one) end
    return made
  end
  if type(value) == "string" or type(value) == "number" or type(value) == "boolean" then return value end
  complain("'" .. word .. "' takes plain values, got " .. support.describe(value), nil, word, self)
end

function own.one_of(self, given)
  if type(given) ~= "table" or support.kind(given) or #given == 0 then
    complain("'one_of' takes an array of values, got " .. support.describe(given), nil, "one_of", self)
  end
  return rule(self, "enum", plain(self, "one_of", given))
end

function own.pattern(self, given) return rule(self, "pattern", support.text(self, "pattern", given)) end

local function number_rule(word, key, least)
  own[word] = function(self, given)
    if least then
      support.whole(self, word, given, least)
    elseif type(given) ~= "number" or given ~= given or math.abs(given) == math.huge then
      complain("'" .. word .. "' takes a number, got " .. support.describe(given), nil, word, self)
    end
    return rule(self, key, given)
  end
end
number_rule("min", "minimum")
number_rule("max", "maximum")
number_rule("min_length", "minLength", 0)
number_rule("max_length", "maxLength", 0)
number_rule("min_items", "minItems", 0)
number_rule("max_items", "maxItems", 0)

function own.unique_items(self, given)
  if given ~= nil then complain("'unique_items' takes nothing, got " .. support.describe(given), nil, "unique_items", self) end
  return rule(self, "uniqueItems", true)
end

function own.json_schema(self, given)
  if type(given) == "string" then
    local members = json.members(given)
    if not members then complain("'json_schema' takes a table, or an object as JSON text", nil, "json_schema", self) end
    for _, member in ipairs(members) do rule(self, member[1], member[2]) end
    return self
  end
  if type(given) ~= "table" or support.kind(given) then
    complain("'json_schema' of a field takes a table, or JSON text, got " .. support.describe(given), nil, "json_schema", self)
  end
  for key, value in pairs(given) do
    if type(key) ~= "string" then complain("'json_schema' takes { word = value }", nil, "json_schema", self) end
    rule(self, key, plain(self, "json_schema", value))
  end
  return self
end

local Field = support.class("field", support.methods("field", own, "column"))

function M.field(name)
  only_mongodb("field")
  return setmetatable({ support.here(), _name = objects.name_of("field", name) }, Field)
end

-- Collections ----------------------------------------------------------------------------------------------------------

local function setting(self, name, text)
  self._storage = rawget(self, "_storage") or {}
  for _, pair in ipairs(self._storage) do
    if pair[1] == name then complain("'" .. name .. "' is said twice", nil, nil, self) end
  end
  table.insert(self._storage, { name, text })
  return self
end

-- A document: a table, or JSON text.
local function document(self, word, given)
  if type(given) == "string" and given:match("^%s*{.*}%s*$") then return given end
  if type(given) == "table" and not support.kind(given) then return json.encode(plain(self, word, given)) end
  complain("'" .. word .. "' takes a table, or JSON text, got " .. support.describe(given), nil, word, self)
end

local collection_words = {}

local function chosen(word, name, values)
  collection_words[word] = function(self, given)
    for _, value in ipairs(values) do
      if given == value then return setting(self, name, given) end
    end
    complain("'" .. word .. "' takes one of: " .. table.concat(values, ", ") .. "; got " .. support.describe(given),
      type(given) == "string" and support.suggestion(given, values) or nil, word, self)
  end
end
chosen("validation_level", "validation_level", { "strict", "moderate", "off" })
chosen("validation_action", "validation_action", { "error", "warn" })

for _, word in ipairs({ "validator", "json_schema", "timeseries", "collation" }) do
  collection_words[word] = function(self, given) return setting(self, word, document(self, word, given)) end
end

local function flag(word, name, text)
  collection_words[word] = function(self, given)
    if given ~= nil then complain("'" .. word .. "' takes nothing, got " .. support.describe(given), nil, word, self) end
    return setting(self, name, text)
  end
end
flag("closed", "additional_fields", "false")
flag("clustered", "clustered", "true")

function collection_words.capped(self, bytes, documents)
  setting(self, "capped_size", support.number_text(support.whole(self, "capped", bytes, 1)))
  if documents ~= nil then setting(self, "capped_max", support.number_text(support.whole(self, "capped", documents, 1))) end
  return self
end

local function expire_after(self, given)
  return setting(self, "expire_after_seconds", support.number_text(support.whole(self, "expire_after", given, 0)))
end
collection_words.expire_after = expire_after

local Collection = support.class("collection", support.methods("collection", collection_words, "table"), function(self, body)
  if rawget(self, 2) ~= nil then support.missing_comma(self) end
  self[2] = objects.check_body(self, "collection", body)
  return self
end)

function M.collection(name)
  only_mongodb("collection")
  return setmetatable({ support.here(), _name = objects.name_of("collection", name) }, Collection)
end

-- Words of indexes that only MongoDB has ----------------------------------------------------------------------------------

local function of_index(word, act)
  return function(self, given)
    only_mongodb(word)
    return act(self, given)
  end
end

M.index_words = {
  expire_after = of_index("expire_after", expire_after),
  sparse = of_index("sparse", function(self, given)
    if given ~= nil then complain("'sparse' takes nothing, got " .. support.describe(given), nil, "sparse", self) end
    return setting(self, "sparse", "true")
  end),
}
for _, word in ipairs({ "collation", "weights", "wildcard_projection" }) do
  M.index_words[word] = of_index(word, function(self, given) return setting(self, word, document(self, word, given)) end)
end

return M
