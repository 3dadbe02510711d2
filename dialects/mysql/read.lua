--- The way back: what the server spells, in the model's words. MariaDB's differences are asked of the dialect.

local text = require("dialects.mysql.text")

local M = {}

-- Words of COLUMN_TYPE that are not the model's own.
local WORDS = { int = "integer", decimal = "numeric" }

-- Words that are the same on both sides; what is in neither list is a type that only the engine knows.
local SAME = {}
for word in ([[tinyint smallint mediumint bigint float double char varchar tinytext text mediumtext longtext binary varbinary
  tinyblob blob mediumblob longblob date year time timestamp datetime json bit point geometry uuid]]):gmatch("%S+") do
  SAME[word] = true
end

local INTEGERS = { tinyint = true, smallint = true, mediumint = true, integer = true, bigint = true }
-- Types that have no arguments of the model's: with some, they are the engine's own.
local BARE = { float = true, double = true }

local function native(given) return { name = "native", ref = given } end

-- The values of enum('a','it''s').
local function values(list)
  local out, at = {}, 1
  while true do
    local from = list:find("'", at, true)
    if not from then return out end
    local value, i = {}, from + 1
    while true do
      local stop = list:find("'", i, true)
      value[#value + 1] = list:sub(i, stop - 1)
      if list:sub(stop + 1, stop + 1) ~= "'" then
        at = stop + 1
        break
      end
      value[#value + 1] = "'"
      i = stop + 2
    end
    out[#out + 1] = table.concat(value)
  end
end

local function numbers(list)
  local out = {}
  for digits in (list or ""):gmatch("%d+") do out[#out + 1] = tonumber(digits) end
  return out
end

--- A type as COLUMN_TYPE has it, as the model has it.
---@param given string
---@param d table dialect
---@return table Type
function M.type(given, d)
  local listed = given:match("^enum%((.*)%)$") or given:match("^set%((.*)%)$")
  if listed then return { name = given:match("^%a+"), values = values(listed) } end
  if given == "tinyint(1)" then return { name = "boolean" } end
  local word, inside, rest = given:match("^(%a+)%(([%d,]+)%)(.*)$")
  if not word then word, rest = given:match("^(%a[%w_]*)(.*)$") end
  if not word or (rest ~= "" and rest ~= " unsigned") then return native(given) end
  local name = WORDS[word] or (SAME[word] and d.types.map[word] and word)
  if not name or (inside and BARE[name]) then return native(given) end
  local args = numbers(inside)
  if name == "year" then args = {} end
  local row = d.types.map[name]
  if INTEGERS[name] and #args > 0 and not (row.args and (row.args[2] or row.args[1]) > 0) then args = {} end
  return { name = name, args = args, unsigned = rest == " unsigned" or nil }
end

local NUMERIC = {
  tinyint = true, smallint = true, mediumint = true, integer = true, bigint = true, numeric = true, float = true,
  double = true, boolean = true, year = true,
}
local TEMPORAL = { timestamp = true, datetime = true }

local function number(value) return value:find("^%-?%d+%.?%d*$") or value:find("^%-?%d[%d.]*e[+-]?%d+$") end

local ESCAPES = { n = "\n", r = "\r", t = "\t", ["0"] = "\0", Z = "\26", b = "\b" }

-- 'text' as the text; nil where it is no string alone.
local function literal(quoted)
  local inside = quoted:match("^'(.*)'$")
  if not inside then return nil end
  local bare = inside:gsub("\\.", ""):gsub("''", "")
  if bare:find("'", 1, true) then return nil end
  return (inside:gsub("''", "'"):gsub("\\(.)", function(c) return ESCAPES[c] or c end))
end

-- Bytes in hexadecimal, as text where they are plain characters.
local function bytes(value)
  local made = value:sub(3):gsub("%x%x", function(pair) return string.char(tonumber(pair, 16)) end)
  return made:find("[^ -~]") and { kind = "sql", text = value } or { kind = "string", text = made }
end

-- The text of a value that stands for itself.
local function plain(value, t)
  local bits = value:match("^b'([01]*)'$")
  if bits and t.name == "bit" then return { kind = "number", text = bits } end
  if value:find("^0x%x+$") and (t.name == "binary" or t.name == "varbinary") then return bytes(value) end
  if (NUMERIC[t.name] or t.name == "native") and number(value) then return { kind = "number", text = value } end
  return nil
end

local function current(value, t)
  return TEMPORAL[t.name] and text.is_now(value) and { kind = "sql", text = "CURRENT_TIMESTAMP" } or nil
end

-- MySQL gives literals without quotes, and says which texts are expressions.
local function mysql_default(given, t)
  local value = given.default_text or ""  -- an empty text is left out of a value
  if given.default_is ~= "expression" then return plain(value, t) or { kind = "string", text = value } end
  value = M.expression(value)
  local found = current(value, t)
  if found then return found end
  -- Long types take their literals as expressions only.
  local string = text.default_expression({ flavour = "mysql" }, { kind = "string" }, t) and literal(value)
  return string and { kind = "string", text = string } or { kind = "sql", text = value }
end

-- MariaDB gives every default as SQL.
local function mariadb_default(given, t)
  local value = given.default_text or ""  -- an empty text is left out of a value
  if value == "NULL" then return nil end
  local found = current(value, t) or plain(value, t)
  if found then return found end
  local string = literal(value)
  if string then return { kind = "string", text = string } end
  if number(value) then return { kind = "number", text = value } end
  return { kind = "sql", text = M.expression(value) }
end

-- The byte behind the string or name that begins at `at`.
local function behind(value, at)
  local quote, i = value:sub(at, at), at + 1
  while i <= #value do
    local c = value:sub(i, i)
    if c == "\\" and quote ~= "`" then
      i = i + 2
    elseif c ~= quote then
      i = i + 1
    elseif value:sub(i + 1, i + 1) == quote then
      i = i + 2
    else
      return i + 1
    end
  end
  return i
end

-- MySQL 8 and 9 keep the text of an expression with each byte of its UTF-8 taken for a character. The bytes again, where the
-- characters can be nothing else; the text as it is where they are characters.
local function bytes_again(value)
  if not value:find("[\194\195][\128-\191]") or value:find("[\196-\255]") then return value end
  local made = value:gsub("([\194\195])([\128-\191])", function(high, low)
    return string.char(low:byte() + (high == "\195" and 64 or 0))
  end)
  local rest = made:gsub("[\194-\223][\128-\191]", ""):gsub("[\224-\239][\128-\191][\128-\191]", "")
    :gsub("[\240-\244][\128-\191][\128-\191][\128-\191]", "")
  return rest:find("[\128-\255]") and value or made
end

-- MySQL says a negative number as -(5) until the first ALTER of its table, and as -5 after it.
local function plain_numbers(sql) return (sql:gsub("%-%(([%d.]+)%)", "-%1")) end

--- An expression of the catalog in the spelling of the standard: quotes in strings are doubled and not escaped, and
--- strings do not say that they are UTF-8, since all are.
---@param value string
---@return string
function M.expression(value)
  value = bytes_again(value)
  local out, at = {}, 1
  while at <= #value do
    local from = value:find("['`\"]", at)
    if not from then break end
    local before = value:sub(at, from - 1)
    local stop = behind(value, from)
    local string = value:sub(from, stop - 1)
    if value:sub(from, from) == "'" then
      before = before:gsub("%f[%w_]_utf8mb[34]%s*$", ""):gsub("%f[%w_]_utf8%s*$", "")
      string = string:gsub("\\(.)", function(c) return c == "'" and "''" or "\\" .. c end)
    end
    out[#out + 1] = plain_numbers(before) .. string
    at = stop
  end
  return table.concat(out) .. plain_numbers(value:sub(at))
end

--- What engine/db/catalog.hpp asks of each different column.
---@param given table CatalogColumn
---@param d table dialect
---@return table { type, default? }
function M.column(given, d)
  local t = M.type(given.type, d)
  local default = d.flavour == "mariadb" and mariadb_default or mysql_default
  return { type = t, default = given.has_default and default(given, t) or nil }
end

return M
