--- What the constructors of the spec language share: complaints with a place, checks of arguments, classes of nodes.
--- A node is a table: [1] is its place (a number from the engine), [2] its body where it has one, and names with '_' before
--- them are the fields that the engine reads. Its metatable's `__metatable` is the word for what it is.

local json = require("forge.json")
local words = require("forge.words")

local M = {}

---@class forge.Native what the engine gives: set by `bind` before anything else runs
---@field engine string the engine that the spec is read for; "" where only its targets are asked for
---@field here fun(): number the place of the user's call
---@field fail fun(message: string, hint?: string, token?: string, anchor?: string, place?: number, said?: boolean)
---@field members fun(body: any): boolean the body is an array of a table's members and nothing else
---@field nearest fun(word: string, candidates: string[]): string?
local native

---@param given forge.Native
function M.bind(given)
  native = given
  M.here = given.here
  M.members = given.members
  M.engine = given.engine
end

local kArticles = { column = "a column", table = "a table", field = "a field", collection = "a collection",
  index = "an index", key = "a key", part = "a part of an index",
  foreign_key = "a foreign key", check = "a check", exclude = "an exclusion constraint", enum = "an enum", view = "a view",
  sequence = "a sequence", namespace = "a namespace",
  definition = "a definition", schema = "a schema", sql = "an SQL expression", change = "a change",
  alter_column = "a column", add_value = "a value", source = "a source of a schema", migration = "a migration", null = "null" }

--- What a value is, for a message.
function M.describe(value)
  local kind = type(value)
  if kind == "nil" then return "nothing" end
  if kind == "table" then
    local is = getmetatable(value)
    if is and kArticles[is] then return kArticles[is] end
    return "a table"
  end
  if kind == "boolean" then return tostring(value) end
  if kind == "number" then return "the number " .. M.number_text(value) end
  if kind == "string" and #value <= 40 then return "'" .. value .. "'" end
  if kind == "cdata" then return "a cdata number" end
  return "a " .. kind
end

--- The word for what a node is; nil for other values.
function M.kind(value)
  if type(value) ~= "table" then return nil end
  local is = getmetatable(value)
  return kArticles[is] and is or nil
end

local function anchor_of(node)
  local name = node and (rawget(node, "_name") or rawget(node, "_about"))
  return type(name) == "string" and name or nil
end

--- Ends the reading with an error at `token` of `node` (or of the running line).
function M.complain(message, hint, token, node)
  native.fail(message, hint, token, anchor_of(node), node and node[1])
end

function M.nearest(word, candidates) return native.nearest(word, candidates) end

--- "did you mean 'x'?" or nil.
function M.suggestion(word, candidates)
  local near = native.nearest(word, candidates)
  return near and ("did you mean '" .. near .. "'?") or nil
end

--- A number as SQL writes it: the shortest text that is the same number again.
function M.number_text(n)
  if n == math.floor(n) and n >= -9007199254740992 and n <= 9007199254740992 then return string.format("%d", n) end
  for digits = 15, 16 do
    local text = string.format("%." .. digits .. "g", n)
    if tonumber(text) == n then return text end
  end
  return string.format("%.17g", n)
end

-- A document database's conditions and expressions may be written as tables: they are JSON.
local function as_json(value)
  if M.kind(value) == "null" then return json.null end
  if type(value) ~= "table" then return value end
  local made, stages = {}, false
  for key, one in pairs(value) do
    made[key] = as_json(one)
    stages = stages or key == "pipeline"
  end
  if stages and type(made.pipeline) == "table" and #made.pipeline == 0 then made.pipeline = json.raw("[]") end
  return made
end

--- Text, or the text of sql "…".
function M.sql_text(node, word, value)
  if type(value) == "string" and value ~= "" then return value end
  if M.kind(value) == "sql" then return value._text end
  if type(value) == "table" and not M.kind(value) and M.engine == "mongodb" then return json.encode(as_json(value)) end
  M.complain("'" .. word .. "' takes an SQL expression, got " .. M.describe(value), nil, word, node)
end

--- Text that is not empty.
function M.text(node, word, value, may_be_empty)
  if type(value) == "string" and (value ~= "" or may_be_empty) then return value end
  local got = value == "" and "an empty string" or M.describe(value)
  M.complain("'" .. word .. "' takes text, got " .. got, nil, word, node)
end

--- An array of names without doubles.
function M.names(node, word, value)
  if type(value) == "string" then value = { value } end
  if type(value) ~= "table" or M.kind(value) then
    M.complain("'" .. word .. "' takes an array of names, got " .. M.describe(value), nil, word, node)
  end
  local out, seen = {}, {}
  for key, name in pairs(value) do
    if type(key) ~= "number" then
      M.complain("'" .. word .. "' takes an array of names, and has the key '" .. tostring(key) .. "'", nil, tostring(key), node)
    end
    if type(name) ~= "string" or name == "" then
      M.complain("'" .. word .. "' takes an array of names, got " .. M.describe(name), nil, word, node)
    end
    if seen[name] then M.complain("'" .. word .. "' names '" .. name .. "' twice", nil, name, node) end
    seen[name] = true
    out[#out + 1] = name
  end
  if #out == 0 then M.complain("'" .. word .. "' names nothing", nil, word, node) end
  return out
end

local function settings(node, word, value)
  if type(value) ~= "table" then
    M.complain("'" .. word .. "' takes { name = value, … }, got " .. M.describe(value), nil, word, node)
  end
  local out = {}
  for name, setting in pairs(value) do
    local kind = type(setting)
    if type(name) ~= "string" or (kind ~= "string" and kind ~= "number" and kind ~= "boolean") then
      M.complain("'" .. word .. "' takes { name = value, … }, got " .. M.describe(setting), nil, word, node)
    end
    out[#out + 1] = { name, kind == "number" and M.number_text(setting) or tostring(setting) }
  end
  table.sort(out, function(a, b) return a[1] < b[1] end)  -- in what order they stand in the braces is not known
  return out
end

--- A whole number between two bounds.
function M.whole(node, word, value, least, most, what)
  local about = what and (" for its " .. what) or ""
  if type(value) ~= "number" or value ~= math.floor(value) then
    M.complain("'" .. word .. "' takes a whole number" .. about .. ", got " .. M.describe(value), nil, word, node)
  end
  if value >= 9007199254740992 or value <= -9007199254740992 then
    M.complain("the number for '" .. word .. "' is beyond 2^53, where Lua loses digits", nil, word, node)
  end
  if (least and value < least) or (most and value > most) then
    M.complain(string.format("'%s' takes a number from %s to %s%s, got %s", word, M.number_text(least), M.number_text(most), about,
      M.number_text(value)), nil, word, node)
  end
  return value
end

local takers = {}

function takers.nothing(row)
  local word, field = row.word, row.field
  return function(self, given)
    if given ~= nil then M.complain("'" .. word .. "' takes nothing, got " .. M.describe(given), nil, word, self) end
    self[field] = true
    return self
  end
end

local function taker(check)
  return function(row)
    local word, field = row.word, row.field
    return function(self, given)
      self[field] = check(self, word, given, row)
      return self
    end
  end
end

takers.text = taker(function(node, word, given) return M.text(node, word, given, word == "comment") end)
takers.sql = taker(M.sql_text)
takers.names = taker(M.names)
takers.settings = taker(settings)
takers.number = taker(function(node, word, given) return M.whole(node, word, given) end)
takers.length = taker(function(node, word, given) return M.whole(node, word, given, 1, 3072) end)
takers.span = taker(function(node, word, given)
  if type(given) == "string" and given:match("^%d+[smhd]$") then return given end
  M.complain("'" .. word .. "' takes a span of time, got " .. M.describe(given),
    "write a number and s, m, h or d: \"30m\"", word, node)
end)
takers.word = taker(function(node, word, given, row)
  for _, known in ipairs(row.values) do
    if type(given) == "string" and given:lower() == known then
      -- What every engine does anyway is the same as saying nothing.
      return known == "simple" and "" or known
    end
  end
  M.complain("'" .. word .. "' takes one of: " .. table.concat(row.values, ", ") .. "; got " .. M.describe(given),
    type(given) == "string" and M.suggestion(given, row.values) or nil, word, node)
end)

local function unknown(on, list)
  return function(_, key)
    if type(key) ~= "string" then return nil end
    if key:sub(1, 1) == "_" then return nil end
    local hint = M.suggestion(key, list)
    if not hint then
      for _, row in ipairs(words.list) do
        if row.word == key and kArticles[row.on] then
          hint = "'" .. key .. "' is said of " .. kArticles[row.on] .. ", and this is " .. kArticles[on]
          break
        end
      end
    end
    native.fail("unknown word '" .. key .. "'", hint or ("'forgelua doc " .. on .. "' lists the words of " .. kArticles[on]), key, nil,
      nil, true)
  end
end

--- What calling a finished node means: the comma before the next one is missing.
function M.missing_comma(node)
  M.complain(M.describe(node) .. " cannot be called: is a comma missing after it?", "separate the entries with commas", nil, node)
end

--- The methods of one class: the vocabulary's words of `on` (and of `also`), by the functions in `own` or by what they take.
function M.methods(on, own, also)
  local methods, list = {}, {}
  for _, set in ipairs({ on, also }) do
    for _, row in ipairs(words.of(set)) do
      if row.kind == "type" or row.kind == "modifier" then
        local made = own[row.word] or (row.field and takers[row.takes] and takers[row.takes](row))
        if not made then error("the word '" .. row.word .. "' of " .. set .. " has no meaning") end
        methods[row.word] = made
        list[#list + 1] = row.word
      end
    end
  end
  return setmetatable(methods, { __index = unknown(on, list) })
end

--- The metatable of one class of nodes.
function M.class(kind, methods, call)
  return { __index = methods, __metatable = kind, __call = call or M.missing_comma,
    __concat = function() M.complain(kArticles[kind] .. " cannot be joined with '..'") end }
end

return M
