--- MongoDB's types: which BSON type stands for a portable word, what a validator says of it, and how values pass from one type
--- to another (https://www.mongodb.com/docs/manual/reference/bson-types).

local json = require("forge.json")

local M = {}

-- A field's name may be as long as a document.
M.identifier_limit = 0
M.identifier_unit = "bytes"

local map = {}

local function word(name, bson, family, args, zero)
  map[name] = { bson = bson, family = family, args = args or { 0, 0 }, zero = zero }
end

local function becomes(name, canonical, args, why)
  local target = map[canonical]
  map[name] = { bson = target.bson, canonical = canonical, family = target.family, args = args or { 0, 0 }, zero = target.zero,
                unsupported = why }
end

word("integer", "int", "integer", nil, "0")
word("bigint", "long", "integer", nil, '{"$numberLong":"0"}')
word("double", "double", "number", nil, '{"$numberDouble":"0"}')
word("numeric", "decimal", "number", { 0, 2 }, '{"$numberDecimal":"0"}')
word("boolean", "bool", "boolean", nil, "false")
word("text", "string", "text", nil, '""')
word("varchar", "string", "text", { 0, 1 }, '""')
word("timestamptz", "date", "date", nil, '{"$date":"1970-01-01T00:00:00Z"}')
word("blob", "binData", "binary", nil, '{"$binary":{"base64":"","subType":"00"}}')
word("uuid", "binData", "uuid", nil, '{"$uuid":"00000000-0000-0000-0000-000000000000"}')
word("json", "", "json", nil, "null")
word("enum", "string", "enum")

for _, name in ipairs({ "smallint", "tinyint", "mediumint", "serial", "year" }) do becomes(name, "integer") end
becomes("bigserial", "bigint")
for _, name in ipairs({ "real", "float" }) do becomes(name, "double", { 0, 1 }) end
becomes("decimal", "numeric", { 0, 2 })
becomes("money", "numeric", nil, "a decimal number")
becomes("char", "varchar", { 0, 1 })
for _, name in ipairs({ "tinytext", "mediumtext", "longtext" }) do becomes(name, "text") end
becomes("citext", "text", nil, "text (a collation of the index compares without case)")
becomes("date", "timestamptz", nil, "an instant, by custom midnight UTC")
for _, name in ipairs({ "timestamp", "datetime" }) do becomes(name, "timestamptz", { 0, 1 }) end
map.timestamptz.args = { 0, 1 }
for _, name in ipairs({ "time", "timetz", "interval" }) do becomes(name, "text", { 0, 1 }, "text") end
for _, name in ipairs({ "bytea", "tinyblob", "mediumblob", "longblob" }) do becomes(name, "blob") end
for _, name in ipairs({ "binary", "varbinary" }) do becomes(name, "blob", { 0, 1 }) end
becomes("jsonb", "json")
for _, name in ipairs({ "inet", "cidr", "macaddr", "xml", "tsvector", "hstore" }) do becomes(name, "text", nil, "text") end
for _, name in ipairs({ "bit", "varbit" }) do becomes(name, "text", { 0, 1 }, "text of 0 and 1") end
for _, name in ipairs({ "point", "geometry" }) do becomes(name, "json", { 0, 2 }, "a GeoJSON object") end
becomes("set", "json", nil, "an array of the chosen words")
map.array = { bson = "array", family = "json", args = { 0, 0 } }
-- A BSON type by its own name, or several with "|" between them; "any" is no bound.
map.native = { bson = "", family = "other", args = { 0, 0 } }

M.map = map

local KNOWN = {}
for name in ("double string object array binData objectId bool date regex javascript int timestamp long decimal number any")
  :gmatch("%a+") do KNOWN[name] = true end

--- The BSON types that a value of the type may have; empty: any.
---@param t table Type
---@return string[]
function M.bson_types(t)
  if (t.array or 0) > 0 then return { "array" } end
  if t.name ~= "native" then
    local row = map[t.name]
    if not row then error(("MongoDB has no type '%s'"):format(tostring(t.name)), 0) end
    return row.bson ~= "" and { row.bson } or {}
  end
  local list = {}
  for name in (t.ref or ""):gmatch("[^|]+") do
    if not KNOWN[name] then
      error(("'%s' is no BSON type; write one of string, int, long, double, decimal, bool, date, timestamp, objectId, binData, "
        .. "object, array, any"):format(name), 0)
    end
    if name == "any" then return {} end
    list[#list + 1] = name
  end
  return list
end

--- The type as people read it: "int", "string", "int or string".
function M.sql(t)
  local list = M.bson_types(t)
  if #list == 0 then return "any" end
  local text = table.concat(list, " or ")
  if (t.array or 0) > 0 then return "array of " .. M.sql({ name = t.name, ref = t.ref, args = t.args, values = t.values }) end
  return text
end

local function element(t) return { name = t.name, ref = t.ref, args = t.args, values = t.values, array = (t.array or 0) - 1 } end

--- What a validator says of a value of the type, as members of a JSON schema.
---@param t table Type
---@param or_null boolean
---@return table[] members for json.object
function M.schema(t, or_null)
  local list = M.bson_types(t)
  local out = {}
  if #list > 0 then
    if or_null then list[#list + 1] = "null" end
    out[1] = { "bsonType", #list == 1 and list[1] or list }
  end
  if (t.array or 0) > 0 then
    local of = M.schema(element(t), false)
    if #of > 0 then out[#out + 1] = { "items", json.object(of) } end
    return out
  end
  if t.name == "varchar" and t.args and t.args[1] then out[#out + 1] = { "maxLength", t.args[1] } end
  if t.values and #t.values > 0 then
    local values = {}
    for i, value in ipairs(t.values) do values[i] = value end
    if or_null then values[#values + 1] = json.null end
    out[#out + 1] = { "enum", values }
  end
  return out
end

-- $convert's own words, by BSON type.
local CONVERTS = { int = true, long = true, double = true, decimal = true, bool = true, string = true, date = true, objectId = true }
local NUMBERS = { int = true, long = true, double = true, decimal = true }
local FRACTIONS, WHOLE = { double = true, decimal = true }, { int = true, long = true }
local WIDENS = {
  int = { long = true, double = true, decimal = true, string = true }, long = { decimal = true, string = true },
  double = { decimal = true, string = true }, decimal = { string = true }, bool = { string = true }, date = { string = true },
  objectId = { string = true },
}

local function shorter(from, to)
  return to.name == "varchar" and to.args and to.args[1] and not (from.name == "varchar" and from.args and from.args[1]
    and from.args[1] <= to.args[1])
end

local function bounded(from, to) return shorter(from, to) or (#(to.values or {}) > 0) end

-- Is every type of the first among those of the second? "any" holds all.
local function within(list, all)
  if #all == 0 then return true end
  local held = {}
  for _, name in ipairs(all) do held[name] = true end
  for _, name in ipairs(list) do
    if not held[name] then return false end
  end
  return #list > 0
end

--- Does the second type hold fewer BSON types, all of them among the first's?
function M.narrows(from, to)
  local a, b = M.bson_types(from), M.bson_types(to)
  return not within(a, b) and within(b, a)
end

--- "free": no document needs another value; "widening": every value passes; "checked": one may not; nil: needs an expression.
function M.castable(from, to)
  local a, b = M.bson_types(from), M.bson_types(to)
  if within(a, b) then return #b > 0 and bounded(from, to) and "checked" or "free" end
  if #b ~= 1 or not CONVERTS[b[1]] then return nil end
  if #a == 1 and not CONVERTS[a[1]] then return nil end
  -- Of all but numbers $convert makes true, of "false", too.
  if b[1] == "bool" and not (#a == 1 and NUMBERS[a[1]]) then return nil end
  if #a == 1 and WIDENS[a[1]] and WIDENS[a[1]][b[1]] and not bounded(from, to) then return "widening" end
  return "checked"
end

--- The aggregation expression that turns a value of one type into the other; null where the value cannot pass. Never an error.
---@param expr string an aggregation expression as JSON
---@return string? nil where MongoDB has no conversion
function M.convert(expr, from, to)
  local how = M.castable(from, to)
  if not how then return nil end
  local a, b = M.bson_types(from), M.bson_types(to)
  if within(a, b) then return expr end
  local made = json.object { { "$convert", json.object {
    { "input", json.raw(expr) }, { "to", b[1] }, { "onError", json.null }, { "onNull", json.null } } } }
  if #a == 1 and FRACTIONS[a[1]] and WHOLE[b[1]] then
    -- $convert would cut the fraction off.
    local whole = json.object { { "$eq", { json.raw(expr), json.object { { "$trunc", { json.raw(expr) } } } } } }
    made = json.object { { "$cond", { whole, made, json.null } } }
  end
  return json.encode(made)
end

-- What cannot be converted is asked for beforehand.
M.fails_with_null = true

M.names = {
  primary_key = function(table_name) return table_name .. "_pkey" end,
  unique = function(_, columns) return table.concat(columns, "_1_") .. "_1" end,
  foreign_key = function() return "" end,
  check = function() return "" end,
  index = function(_, columns) return table.concat(columns, "_1_") .. "_1" end,
}

return M
