--- Constructors of tables, their members and the other objects of a schema.

local support = require("forge.spec_support")
local column_words = require("forge.spec_column")

local complain = support.complain
local M = {}

--- The name of an object: text that is not empty.
local function name_of(word, given)
  if type(given) == "string" and given ~= "" then return given end
  complain("'" .. word .. "' takes a name, got " .. (given == "" and "an empty string" or support.describe(given)), nil, word)
end
M.name_of = name_of

-- Parts of indexes and keys ------------------------------------------------------------------------------------------

local Part = support.class("part", support.methods("part", {
  -- Where a direction puts nulls by itself, saying so is saying nothing.
  nulls = function(self, given)
    if given ~= "first" and given ~= "last" then
      complain("'nulls' is \"first\" or \"last\", got " .. support.describe(given),
        nil, "nulls", self)
    end
    self._nulls = given
    return self
  end,
}))

local function part(fields) return setmetatable(fields, Part) end

local function part_of(word, given)
  if support.kind(given) == "part" then return given end
  return part({ support.here(), _about = name_of(word, given), _column = given })
end

function M.asc(given) return part_of("asc", given) end

function M.desc(given)
  local made = part_of("desc", given)
  made._desc = true
  return made
end

function M.expr(given)
  local text = support.sql_text(nil, "expr", given)
  return part({ support.here(), _about = text, _expr = text })
end

function M.prefix(given, length)
  local made = part_of("prefix", given)
  made._length = support.whole(made, "prefix", length, 1, 3072, "length")
  return made
end

function M.opclass(given, class)
  local made = part_of("opclass", given)
  made._opclass = support.text(made, "opclass", class)
  return made
end

-- The parts of a key or an index, checked: names, or parts.
local function check_parts(self, what, body)
  if type(body) ~= "table" or support.kind(body) then
    complain("'" .. what .. "' takes an array of columns, got " .. support.describe(body), nil, what, self)
  end
  local count = 0
  for key, value in pairs(body) do
    if type(key) ~= "number" then
      complain("'" .. what .. "' takes an array of columns, and has the key '" .. tostring(key) .. "'", nil, tostring(key), self)
    end
    local is = support.kind(value)
    if type(value) ~= "string" and is ~= "part" and is ~= "sql" then
      complain("'" .. what .. "' takes columns and parts, got " .. support.describe(value), nil, what, self)
    end
    if is == "sql" then body[key] = part({ value[1], _about = value._text, _expr = value._text }) end
    count = count + 1
  end
  if count == 0 then complain("'" .. what .. "' has no columns", nil, what, self) end
  return body
end

-- Keys, indexes and constraints ---------------------------------------------------------------------------------------

local function deferrable(self, given)
  if given ~= nil and given ~= "immediate" and given ~= "deferred" then
    complain("'deferrable' is \"immediate\" or \"deferred\", got " .. support.describe(given), nil, "deferrable", self)
  end
  self._deferrable = true
  self._deferred = given == "deferred"
  return self
end

-- A member that is called once more with its body: `index "name" { … }`.
local function takes_body(check)
  return function(self, body)
    if rawget(self, 2) ~= nil then support.missing_comma(self) end
    self[2] = check(self, body)
    return self
  end
end

local Key = support.class("key", support.methods("key", { deferrable = deferrable }),
  takes_body(function(self, body) return check_parts(self, self._primary and "primary_key" or "unique", body) end))
local late_index_words = {}
for _, word in ipairs({ "sparse", "expire_after", "collation", "weights", "wildcard_projection" }) do
  late_index_words[word] = function(...) return M.index_words[word](...) end
end
local Index = support.class("index", support.methods("index", late_index_words),
  takes_body(function(self, body) return check_parts(self, "index", body) end))
local ForeignKey = support.class("foreign_key", support.methods("foreign_key", {
  deferrable = deferrable, references = column_words.references,
}), takes_body(function(self, body) return support.names(self, "foreign_key", body) end))
local Check = support.class("check", support.methods("check", {}), takes_body(function(self, body)
  self._name = self._expr
  return support.sql_text(self, "check", body)
end))

-- `word "name" { body }`, or `word { body }` without a name.
local function member(class, word, fields)
  return function(given)
    local node = { support.here() }
    for key, value in pairs(fields or {}) do node[key] = value end
    setmetatable(node, class)
    if type(given) == "string" then
      node._name = name_of(word, given)
      return node
    end
    return node(given)
  end
end

M.primary_key = member(Key, "primary_key", { _primary = true })
M.unique = member(Key, "unique")
M.index = member(Index, "index")
M.foreign_key = member(ForeignKey, "foreign_key")

--- `check "name" "condition"`, or `check "condition"` alone: which of the two is known once the second text is there.
function M.check(given)
  local text = support.sql_text(nil, "check", given)
  return setmetatable({ support.here(), _expr = text }, Check)
end

local function exclusion_part(self, value)
  if type(value) ~= "table" or support.kind(value) then
    complain("'exclude' takes { column, operator } pairs, got " .. support.describe(value), nil, "exclude", self)
  end
  local made = {}
  for key, given in pairs(value) do
    local field = ({ [1] = "column", [2] = "operator", with = "operator" })[key] or key
    if field ~= "column" and field ~= "expr" and field ~= "operator" and field ~= "opclass" then
      complain("unknown field '" .. tostring(key) .. "' of an exclusion's part",
        support.suggestion(tostring(key), { "column", "expr", "with", "opclass" }), tostring(key), self)
    end
    if field == "column" and support.kind(given) == "part" and given._expr then
      made.expr = given._expr
    else
      made[field] = support.sql_text(self, "exclude", given)
    end
  end
  if not made.operator or not (made.column or made.expr) then
    complain("a part of 'exclude' needs a column and an operator", 'write { "room", "=" }', "exclude", self)
  end
  return made
end

M.exclude = member(support.class("exclude", support.methods("exclude", { deferrable = deferrable }), takes_body(function(self, body)
  if type(body) ~= "table" or support.kind(body) or #body == 0 then
    complain("'exclude' takes { column, operator } pairs, got " .. support.describe(body), nil, "exclude", self)
  end
  local parts = {}
  for i, value in ipairs(body) do parts[i] = exclusion_part(self, value) end
  return parts
end)), "exclude")

-- Columns and tables --------------------------------------------------------------------------------------------------

local Column = support.class("column", support.methods("column", column_words))
M.Column = Column
local here = nil

--- Must be called once the engine's functions are there.
function M.bind() here = support.here end

function M.column(name)
  if type(name) ~= "string" or name == "" then name_of("column", name) end
  return setmetatable({ here(), _name = name }, Column)
end

local kMembers = { column = true, field = true, key = true, index = true, foreign_key = true, check = true, exclude = true }

local function check_body(self, word, body)
  if support.members(body) then return body end
  if type(body) ~= "table" or support.kind(body) then
    complain("'" .. word .. "' takes { columns, … }, got " .. support.describe(body), nil, word, self)
  end
  local count = #body
  for i = 1, count do
    if not kMembers[getmetatable(body[i]) or ""] or type(body[i]) ~= "table" then
      complain("entry " .. i .. " of table '" .. self._name .. "' is " .. support.describe(body[i]),
        "a table holds columns, keys, indexes, foreign keys, checks and exclusions",
        type(body[i]) == "string" and body[i] or nil, support.kind(body[i]) and body[i] or self)
    end
  end
  if is_list and is_list(body) then return body end
  for key in pairs(body) do
    if type(key) ~= "number" then
      complain("unknown field '" .. tostring(key) .. "' in table '" .. self._name .. "'",
        'a column is written column "' .. tostring(key) .. '" and a type; a table\'s words follow its body', tostring(key), self)
    elseif key > count then
      complain("entry " .. count + 1 .. " of table '" .. self._name .. "' is nothing", nil, nil, self)
    end
  end
  return body
end
M.check_body = check_body

local table_methods = support.methods("table", {})
local Table = support.class("table", table_methods, takes_body(function(self, body) return check_body(self, "table", body) end))
M.table_methods = table_methods

function M.table(name) return setmetatable({ here(), _name = name_of("table", name) }, Table) end

-- Other objects -------------------------------------------------------------------------------------------------------

local Enum = support.class("enum", support.methods("enum", {}),
  takes_body(function(self, body) return support.names(self, "enum", body) end))
local View = support.class("view", support.methods("view", {}),
  takes_body(function(self, body) return support.sql_text(self, "view", body) end))

-- Fields of a definition's body, and how each is checked.
local kDefinition = { create = support.sql_text, body = support.sql_text, drop = support.sql_text, shape = support.text,
  definer = support.text, on = support.text, kind = support.text, uses = support.names }

local function definition_parts(self, list)
  local made = {}
  for i, given in ipairs(type(list) == "table" and list or {}) do
    if type(given) ~= "table" or support.kind(given) then break end
    made[i] = { key = support.text(self, "key", given.key), make = support.sql_text(self, "make", given.make),
                undo = given.undo and support.sql_text(self, "undo", given.undo) or nil }
  end
  if type(list) ~= "table" or #made ~= #list then
    complain("'parts' takes an array of { key, make, undo }", nil, "parts", self)
  end
  return made
end

local Definition = support.class("definition", support.methods("definition", {}), takes_body(function(self, body)
  if type(body) == "string" or support.kind(body) == "sql" then
    self._create = support.sql_text(self, "definition", body)
    return self._create
  end
  if type(body) ~= "table" or support.kind(body) then
    complain("'definition' takes its statement, or { create = …, drop = … }, got " .. support.describe(body), nil,
      "definition", self)
  end
  for key, value in pairs(body) do
    if kDefinition[key] then
      self["_" .. key] = kDefinition[key](self, key, value)
    elseif key == "replaces" then
      self._replaces = value == true
    elseif key == "parts" then
      self._parts = definition_parts(self, value)
    else
      complain("unknown field '" .. tostring(key) .. "' of 'definition'", support.suggestion(tostring(key),
        { "create", "body", "drop", "definer", "on", "kind", "shape", "replaces", "uses", "parts" }), tostring(key), self)
    end
  end
  return self._create or ""
end))
local Namespace = support.class("namespace", support.methods("namespace", {}))
local Sequence = support.class("sequence", support.methods("sequence", {}), function(self, body)
  if type(body) ~= "table" or support.kind(body) then support.missing_comma(self) end
  for key, value in pairs(body) do
    local set = type(key) == "string" and self[key]
    if set then
      if value == true then set(self) else set(self, value) end
    end
  end
  return self
end)
M.classes = { Key = Key, Index = Index, ForeignKey = ForeignKey, Enum = Enum, View = View, Definition = Definition,
  Sequence = Sequence, Namespace = Namespace,
  Table = Table }

local function object(class, word, fields)
  return function(name)
    local node = { support.here(), _name = name_of(word, name) }
    for key, value in pairs(fields or {}) do node[key] = value end
    return setmetatable(node, class)
  end
end
M.object = object

M.enum = object(Enum, "enum")
M.view = object(View, "view")
M.materialized_view = object(View, "materialized_view", { _materialized = true })
M.definition = object(Definition, "definition")
M.namespace = object(Namespace, "namespace")
M.sequence = object(Sequence, "sequence")

return M
