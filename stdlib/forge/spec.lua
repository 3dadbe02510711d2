--- The spec language: the words that a `*.migration.lua` is written with. The engine calls `words` once for each reading and
--- takes the migration from the table that it gives.

local support = require("forge.spec_support")
local words = require("forge.words")
local objects = require("forge.spec_objects")
local changes = require("forge.spec_changes")
local documents = require("forge.spec_documents")

local M = {}
local complain = support.complain

local kEngines = { "sqlite", "postgres", "mysql", "mariadb", "mongodb" }

local Sql = support.class("sql", support.methods("sql", {}))
local Null = support.class("null", support.methods("null", {}))
local Source = support.class("source", support.methods("source", {}))
local Schema = support.class("schema", support.methods("schema", {}))
local Migration = support.class("migration", support.methods("migration", {}))

-- The text that serves the engine: its own, for mariadb also mysql's, else the unnamed one.
local function text_for(given, engine)
  if given[engine] then return given[engine] end
  if engine == "mariadb" and given.mysql then return given.mysql end
  return given[1]
end

local function sql_by_engine(given)
  local any
  for key, value in pairs(given) do
    if key ~= 1 and not support.nearest(tostring(key), kEngines) then
      complain("'sql' knows no engine '" .. tostring(key) .. "'", "the engines are " .. table.concat(kEngines, ", "), tostring(key))
    end
    local known = key == 1
    for _, engine in ipairs(kEngines) do known = known or engine == key end
    if not known then
      complain("'sql' knows no engine '" .. tostring(key) .. "'", support.suggestion(key, kEngines), tostring(key))
    end
    support.text(nil, "sql", value)
    any = any or value
  end
  if not any then complain("'sql' has no text", nil, "sql") end
  local text = text_for(given, support.engine)
  if text then return text end
  -- Reading a spec's targets asks for no engine: any text will do, since none is used.
  if support.engine == "" then return any end
  complain("this 'sql' has no text for " .. support.engine,
    "add " .. support.engine .. ' = "…", or a first unnamed text for every other engine', "sql")
end

local function sql(given)
  if type(given) == "string" and given ~= "" then return setmetatable({ support.here(), _text = given }, Sql) end
  if type(given) ~= "table" or support.kind(given) then
    complain("'sql' takes text, or { engine = text }, got " .. support.describe(given), nil, "sql")
  end
  return setmetatable({ support.here(), _text = sql_by_engine(given) }, Sql)
end

local function source(word, kind)
  return function(given)
    local node = { support.here(), _kind = kind }
    node._argument = support.text(node, word, given)
    return setmetatable(node, Source)
  end
end

local kObjects = { table = true, collection = true, enum = true, sequence = true, view = true, definition = true, namespace = true }

local function schema(given)
  local node = { support.here() }
  if type(given) ~= "table" or support.kind(given) then
    complain("'schema' takes { tables, … }, got " .. support.describe(given), nil, "schema", node)
  end
  local count = #given
  for i = 1, count do
    local is = support.kind(given[i])
    local retired = is == "change" and given[i]._do == "drop_table"
    if not kObjects[is or ""] and not retired then
      complain("entry " .. i .. " of 'schema' is " .. support.describe(given[i]),
        "a schema holds tables, enums, sequences, views, definitions and namespaces", "schema",
        type(given[i]) == "table" and support.kind(given[i]) and { given[i][1] } or node)
    end
  end
  for key in pairs(given) do
    if type(key) ~= "number" then
      complain("unknown field '" .. tostring(key) .. "' in 'schema'", 'a table is written table "' .. tostring(key) .. '" { … }',
        tostring(key), node)
    elseif key > count then
      complain("entry " .. count + 1 .. " of 'schema' is nothing", nil, "schema", node)
    end
  end
  node[2] = given
  return setmetatable(node, Schema)
end

-- The migration's header -----------------------------------------------------------------------------------------------

local function is_state(value)
  local is = support.kind(value)
  return is == "schema" or is == "source"
end

local check = {}

function check.text(node, word, value) support.text(node, word, value) end
function check.names(node, word, value) return support.names(node, word, value) end

function check.date(node, word, value)
  support.text(node, word, value)
  local _, month, day = value:match("^(%d%d%d%d)%-(%d%d)%-(%d%d)$")
  month, day = tonumber(month), tonumber(day)
  if not month or month < 1 or month > 12 or day < 1 or day > 31 then
    complain("'" .. word .. "' takes a date, got '" .. value .. "'", "write year-month-day: \"2026-09-01\"", word, node)
  end
end

function check.span(node, word, value)
  if type(value) ~= "string" or not value:match("^%d+[smhd]$") then
    complain("'" .. word .. "' takes a span of time, got " .. support.describe(value),
      "write a number and s, m, h or d: \"30m\"", word, node)
  end
end

function check.schema(node, word, value)
  if is_state(value) then return end
  complain("'" .. word .. "' takes a schema, got " .. support.describe(value),
    "write schema { … }, from_sql, from_db, from_snapshot or from_spec", word, node)
end

function check.changes(node, word, value)
  if type(value) ~= "table" or support.kind(value) then
    complain("'changes' takes { changes }, got " .. support.describe(value), nil, word, node)
  end
  for i = 1, #value do
    if support.kind(value[i]) ~= "change" then
      complain("entry " .. i .. " of 'changes' is " .. support.describe(value[i]),
        "it takes words such as add_column, drop_table or rename_column", word, node)
    end
  end
  for key in pairs(value) do
    if type(key) ~= "number" then
      complain("unknown field '" .. tostring(key) .. "' in 'changes'", nil, tostring(key), node)
    end
  end
end

local kHints = { rows = "number", bytes = "number", writes_per_second = "number", hot = "boolean", critical = "boolean" }

local function check_hint(node, name, facts)
  if type(facts) ~= "table" or support.kind(facts) then
    complain("the hints for '" .. tostring(name) .. "' are " .. support.describe(facts), "write { rows = …, hot = true }",
      tostring(name), node)
  end
  for fact, value in pairs(facts) do
    if not kHints[fact] then
      complain("unknown hint '" .. tostring(fact) .. "' for '" .. name .. "'",
        support.suggestion(tostring(fact), { "rows", "bytes", "writes_per_second", "hot", "critical" }), tostring(fact), node)
    end
    -- Beyond 2^53 a number is not kept to its last digit, and no table has as many rows or bytes.
    if type(value) ~= kHints[fact] or value ~= value or (kHints[fact] == "number" and (value < 0 or value > 2 ^ 53)) then
      complain("the hint '" .. fact .. "' for '" .. name .. "' must be a " .. kHints[fact] ..
        (kHints[fact] == "number" and " from 0 to 2^53" or "") .. ", got " .. support.describe(value), nil, fact, node)
    end
  end
end

function check.hints(node, word, value)
  if type(value) ~= "table" or support.kind(value) then
    complain("'hints' takes { table = { … } }, got " .. support.describe(value), nil, word, node)
  end
  for name, facts in pairs(value) do check_hint(node, name, facts) end
end

local function read_header(node, header)
  local names, rows = {}, {}
  for _, row in ipairs(words.of("header")) do
    names[#names + 1] = row.word
    rows[row.word] = row
  end
  for key, value in pairs(header) do
    local row = rows[key]
    if not row then
      complain("unknown field '" .. tostring(key) .. "' of the migration", support.suggestion(tostring(key), names),
        type(key) == "string" and key or nil, node)
    end
    local read = check[row.takes](node, key, value)
    if read ~= nil then header[key] = read end
  end
  if not header.before then
    complain("migration '" .. node._name .. "' states no before", "write before = schema { … } or before = from_sql \"…\"", nil, node)
  end
  if header.after and header.changes then
    complain("migration '" .. node._name .. "' states both after and changes", "`changes` stands in for `after`: keep one",
      "changes", node)
  end
  if not header.after and not header.changes then
    complain("migration '" .. node._name .. "' states neither after nor changes", nil, nil, node)
  end
end

--- The words of one spec, and the table into which its migration goes.
---@param native forge.Native
---@return table<string, any> words the globals of the spec
---@return table result { migration = node } once the spec has been run
function M.words(native)
  support.bind(native)
  objects.bind()
  objects.index_words = documents.index_words
  local result = {}
  Migration.__call = function(self, header)
    if rawget(self, 2) ~= nil then support.missing_comma(self) end
    if type(header) ~= "table" or support.kind(header) then
      complain("'migration' takes { before = …, after = … }, got " .. support.describe(header), nil, nil, self)
    end
    read_header(self, header)
    self[2] = header
    return self
  end
  local env = {
    sql = sql, schema = schema, null = setmetatable({ 0 }, Null),
    from_sql = source("from_sql", "sql"), from_db = source("from_db", "db"),
    from_snapshot = source("from_snapshot", "snapshot"), from_spec = source("from_spec", "spec"),
  }
  function env.migration(id)
    local node = setmetatable({ support.here(), _name = objects.name_of("migration", id) }, Migration)
    if #id > 120 or not id:match("^[%w_%-%.]+$") or id:find("..", 1, true) then
      complain("'" .. id:sub(1, 60) .. "' cannot be a migration's id",
        "it names a folder: at most 120 letters, digits, '_', '-' and '.'", id, node)
    end
    if result.migration then complain("a file states one migration, and '" .. id .. "' is the second", nil, id, node) end
    result.migration = node
    return node
  end
  for _, from in ipairs({ objects, changes, documents }) do
    for word, value in pairs(from) do
      if type(value) == "function" then env[word] = value end
    end
  end
  local out = {}
  for _, set in ipairs({ "spec", "changes" }) do
    for _, row in ipairs(words.of(set)) do
      if row.kind ~= "modifier" then
        if env[row.word] == nil then error("the word '" .. row.word .. "' has no meaning") end
        out[row.word] = env[row.word]
      end
    end
  end
  return out, result
end

return M
