--- The way back: what the server spells, in the model's words.

local M = {}

-- Words of format_type() that are not the model's own.
local WORDS = {
  ["character varying"] = "varchar", character = "char", ["double precision"] = "double",
  ["bit varying"] = "varbit",
}

-- Words that are the same on both sides; what is in neither list is a type that only the engine knows.
local SAME = {}
for word in ([[smallint integer bigint numeric real boolean text citext bytea date interval uuid json jsonb xml inet cidr
  macaddr bit money point geometry tsvector hstore]]):gmatch("%S+") do SAME[word] = true end

local TIMES = {
  ["timestamp without time zone"] = "timestamp", ["timestamp with time zone"] = "timestamptz",
  ["time without time zone"] = "time", ["time with time zone"] = "timetz",
}

local function numbers(text)
  local out = {}
  for digits in text:gmatch("%-?%d+") do out[#out + 1] = tonumber(digits) end
  return out
end

-- The part in parentheses, if it holds nothing but numbers, and the text without it.
local function arguments(text)
  local inside = text:match("%(([%d,%- ]+)%)")
  if not inside then return text, {} end
  return (text:gsub("%([%d,%- ]+%)", "", 1)), numbers(inside)
end

local function native(text, array) return { name = "native", ref = text, array = array } end

--- A type as format_type() writes it, as the model has it.
---@param text string
---@param enum? string the enum's name in display form, where it is one (or an array of one)
---@return table Type
function M.type(text, enum)
  local element = text:match("^(.*)%[%]$")
  local array = element and 1 or 0
  element = element or text
  if enum and enum ~= "" then return { name = "enum", ref = enum, array = array } end
  local bare, args = arguments(element)
  local word = WORDS[bare] or TIMES[bare] or (SAME[bare] and bare)
  if not word or (word == "geometry" and bare ~= element) then return native(element, array) end
  -- varchar without a length is stated as it is; bpchar without one is another type than char(1).
  if word == "char" and #args == 0 then return native("bpchar", array) end
  return { name = word, args = args, array = array }
end

local SERIAL = { integer = "serial", bigint = "bigserial" }

-- 'text' and E'text' as the text; nil for anything else.
local function literal(text)
  local escaped, body = text:match("^(E?)'(.*)'$")
  if not body then return nil end
  if body:gsub("''", ""):find("'", 1, true) then return nil end
  body = body:gsub("''", "'")
  if escaped == "E" then body = body:gsub("\\\\", "\\") end
  return body
end

-- Types of a literal that say nothing: the column's own, whatever its length.
local function same_type(cast, column)
  if cast == column then return true end
  local bare = arguments(column)
  return bare == cast or (bare == "character" and cast == "bpchar")
end

local NUMERIC = { smallint = true, integer = true, bigint = true, numeric = true, real = true, double = true }

local function number(text) return text:find("^%-?%d+%.?%d*$") or text:find("^%-?%.%d+$") end

-- Does the server show the number so when DEFAULT states it without quotes? It shows a text's own cast where quotes were written
-- (DEFAULT '0'), which is another default to its dumps, and is made as it is.
local function plain_number(value, cast)
  local n, whole = tonumber(value), value:find("^%-?%d+$") ~= nil
  if cast == "integer" then return value:sub(1, 1) == "-" end
  if cast == "bigint" then return whole and (n > 2147483647 or n < -2147483648) end
  if not cast:find("^numeric") then return false end
  return not whole or n > 9223372036854775807 or n < -9223372036854775808
end

-- A literal with the cast that the server shows.
local function cast_literal(text, given, t)
  local quoted, cast = text:match("^(E?'.*')::(.+)$")
  if not quoted or not same_type(cast, given.type) then return nil end
  local value = literal(quoted)
  if not value then return nil end
  if NUMERIC[t.name] and t.array == 0 and number(value) then
    return plain_number(value, cast) and { kind = "number", text = value } or { kind = "sql", text = text }
  end
  return { kind = "string", text = value }
end

--- A default as pg_get_expr() writes it.
local function default(given, t)
  local text = given.default_text
  -- A typed NULL stands in the catalog, where the type has a length; no default does not. They mean the same.
  if text == "NULL" then return nil end
  if text == "true" or text == "false" then return { kind = "boolean", text = text } end
  if number(text) then return { kind = "number", text = text } end
  local negative = text:match("^%((%-[%d.]+)%)$")
  if negative and number(negative) then return { kind = "number", text = negative } end
  return cast_literal(text, given, t) or { kind = "sql", text = text }
end

-- The byte behind the string, name or bracket that begins at `at`; `at + 1` for anything else.
local CLOSES = { ["["] = "]", ["("] = ")" }
local function behind(text, at)
  local c = text:sub(at, at)
  if c == "'" or c == '"' then
    local finish = at
    repeat
      finish = text:find(c, finish + 1, true)
      if not finish then return #text + 1 end
      local doubled = text:sub(finish + 1, finish + 1) == c
      if doubled then finish = finish + 1 end
    until not doubled
    return finish + 1
  end
  if not CLOSES[c] then return at + 1 end
  local i = at + 1
  while i <= #text and text:sub(i, i) ~= CLOSES[c] do i = behind(text, i) end
  return i + 1
end

-- The elements of a list without its brackets.
local function elements(list)
  local out, from, i = {}, 1, 1
  while i <= #list do
    if list:sub(i, i) == "," then
      out[#out + 1] = list:sub(from, i - 1)
      i = i + 1
      from = i
    else
      i = behind(list, i)
    end
  end
  out[#out + 1] = list:sub(from)
  return out
end

--- One spelling for what the server spells in two ways: a list of varchar values is ARRAY[…]::text[] when the server has
--- made it of IN (…), and has a cast at each value once that text has been read again.
---@param text string
---@return string
function M.expression(text)
  local at = 1
  while true do
    local begin = text:find("ARRAY[", at, true)
    if not begin then return text end
    local finish = behind(text, begin + 5)
    local cast = text:match("^::([%a_][%w_ ]*)%[%]", finish)
    if cast and finish > begin + 7 then
      local list = elements(text:sub(begin + 6, finish - 2))
      for i, element in ipairs(list) do list[i] = element .. "::" .. cast end
      text = text:sub(1, begin + 5) .. table.concat(list, ",") .. "]" .. text:sub(finish + #cast + 4)
    end
    at = begin + 6
  end
end

--- What engine/db/catalog.hpp asks of each different column.
---@param given table CatalogColumn
---@return table { type, default? }
function M.column(given)
  local t = M.type(given.type, given.enum_name)
  if given.serial then return { type = { name = SERIAL[t.name], args = {} } } end
  return { type = t, default = given.has_default and default(given, t) or nil }
end

return M
