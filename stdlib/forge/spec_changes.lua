--- Constructors of the words in `changes = { … }`. A change is a node { place, body, _do = word, _name = object, … }.

local support = require("forge.spec_support")
local objects = require("forge.spec_objects")
local column_words = require("forge.spec_column")

local complain = support.complain
local M = {}

local function start(word, name, fields)
  local node = { support.here(), _do = word, _name = objects.name_of(word, name) }
  for key, value in pairs(fields or {}) do node[key] = value end
  return node
end

-- A change that is called once more; `check` judges what it is called with and gives the body.
local function class(methods, check)
  return support.class("change", methods, function(self, body)
    if not check or rawget(self, 2) ~= nil then support.missing_comma(self) end
    self[2] = check(self, body)
    return self
  end)
end

local function word_with(made, word)
  return function(name) return setmetatable(start(word, name), made) end
end

local kNone = support.methods("change", {})
local kPlain = class(kNone)

for _, word in ipairs({ "drop_column", "drop_primary_key", "drop_index", "drop_enum", "drop_sequence", "drop_view",
  "drop_definition", "drop_namespace" }) do
  M[word] = word_with(kPlain, word)
end

-- Words with a second text: a new name, a constraint's name, a comment, a query.
local function text_body(what)
  return class(kNone, function(self, body)
    if type(body) == "string" and (body ~= "" or what == "comment") then return body end
    complain("'" .. self._do .. "' takes " .. what .. " second, got " .. support.describe(body), nil, self._do, self)
  end)
end
local kNewName = text_body("the new name")
for _, word in ipairs({ "rename_column", "rename_index", "rename_constraint" }) do M[word] = word_with(kNewName, word) end
for _, word in ipairs({ "drop_check", "drop_exclude",
  "drop_constraint" }) do M[word] = word_with(text_body("the constraint's name"), word) end
M.comment = word_with(text_body("comment"), "comment")

-- A constraint by its name, or by its columns.
local kByColumns = class(kNone, function(self, body)
  if type(body) == "string" and body ~= "" then return body end
  return support.names(self, self._do, body)
end)
M.drop_unique = word_with(kByColumns, "drop_unique")
M.drop_foreign_key = word_with(kByColumns, "drop_foreign_key")

-- Tables
M.drop_table = word_with(support.class("change", objects.table_methods), "drop_table")
M.alter_table = word_with(support.class("change", objects.table_methods), "alter_table")
M.rename_table = word_with(class(objects.table_methods, function(self, body)
  return objects.name_of(self._do, body)
end), "rename_table")
M.create_table = word_with(class(objects.table_methods, function(self, body)
  return objects.check_body(self, "create_table", body)
end), "create_table")

-- Members: `add_x "table" { x …, x … }`; a key or an index may stand there as its bare columns.
local function adder(word, kind, make)
  M[word] = word_with(class(kNone, function(self, body)
    if support.kind(body) == kind then return { body } end
    if type(body) ~= "table" or support.kind(body) or #body == 0 then
      complain("'" .. word .. "' takes { " .. kind .. " … }, got " .. support.describe(body), nil, word, self)
    end
    local first = support.kind(body[1])
    if make and (type(body[1]) == "string" or first == "part") then return { make(body) } end
    for i, value in ipairs(body) do
      if support.kind(value) ~= kind then
        complain("entry " .. i .. " of '" .. word .. "' is " .. support.describe(value), "it takes only: " .. kind, word, self)
      end
    end
    return body
  end), word)
end
adder("add_column", "column")
adder("add_primary_key", "key", function(body) return objects.primary_key(body) end)
adder("add_unique", "key", function(body) return objects.unique(body) end)
adder("add_index", "index", function(body) return objects.index(body) end)
adder("add_foreign_key", "foreign_key")
adder("add_check", "check")
adder("add_exclude", "exclude")

-- Columns
M.alter_column = word_with(support.class("change", support.methods("column", column_words, "alter_column")), "alter_column")

-- Other objects: written as in a schema, under the word of their change.
local function like(word, make, class_name)
  local methods = objects.classes[class_name].__index
  local base = objects.classes[class_name].__call
  local made = support.class("change", methods, base)
  M[word] = function(name)
    local node = make(name)
    local copy = { node[1], node[2] }
    for key, value in pairs(node) do copy[key] = value end
    copy._do = word
    return setmetatable(copy, made)
  end
end
like("create_enum", objects.enum, "Enum")
like("alter_enum", objects.enum, "Enum")
like("create_sequence", objects.sequence, "Sequence")
like("alter_sequence", objects.sequence, "Sequence")
like("create_view", objects.view, "View")
like("create_materialized_view", objects.materialized_view, "View")
like("alter_view", objects.view, "View")
like("create_definition", objects.definition, "Definition")
like("alter_definition", objects.definition, "Definition")
like("create_namespace", objects.namespace, "Namespace")

M.add_value = word_with(class(support.methods("add_value", {}), function(self, body)
  return support.text(self, "add_value", body)
end), "add_value")

local kExecute = { up = true, down = true, why = true, done_when = true, name = true, phase = true }
local kPhases = { "expand", "migrate", "switch", "contract" }

--- SQL of the user's own.
function M.execute(given)
  local node = { support.here(), _do = "execute", _name = "" }
  if type(given) ~= "table" or support.kind(given) then
    complain("'execute' takes { up = …, down = …, why = … }, got " .. support.describe(given), nil, "execute", node)
  end
  for key, value in pairs(given) do
    if not kExecute[key] then
      complain("unknown field '" .. tostring(key) .. "' of 'execute'",
        support.suggestion(tostring(key), { "up", "down", "why", "done_when", "name", "phase" }), tostring(key), node)
    end
    node["_" .. key] = support.sql_text(node, key, value)
  end
  if not node._up then complain("'execute' lacks up", "up is the SQL that does it", "execute", node) end
  if not node._why then complain("'execute' lacks why", "say what it is for: it is shown in the plan", "execute", node) end
  if node._phase then
    local known = false
    for _, phase in ipairs(kPhases) do known = known or phase == node._phase end
    if not known then
      complain("'phase' takes one of: " .. table.concat(kPhases, ", ") .. "; got '" .. node._phase .. "'",
        support.suggestion(node._phase, kPhases), "phase", node)
    end
  end
  return setmetatable(node, kPlain)
end

return M
