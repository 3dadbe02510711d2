--- MySQL's types: every portable word, what it becomes here, and what converts into what.

local sets = require("dialects.mysql.sets")

local M = { identifier_limit = 64, identifier_unit = "chars" }

local function plain(sql, family, zero) return { sql = sql, family = family, zero = zero } end

local function sized(sql, family, zero, default)
  return { sql = sql .. "(%1)", family = family, zero = zero, args = { 0, 1 }, default_args = default }
end

-- Fractional digits of seconds: none unless stated.
local function timed(sql, family, zero)
  return {
    family = family, zero = zero, args = { 0, 1 }, unstated = 0,
    sql = function(_, args) return (args[1] or 0) > 0 and ("%s(%d)"):format(sql, args[1]) or sql end,
  }
end

local function alias(canonical, family, zero, default)
  return { canonical = canonical, family = family, zero = zero, default_args = default, args = { 0, 2 } }
end

-- A word whose own arguments say something else than those of the type that holds it.
local function held_by(canonical, family, zero, fixed)
  local row = alias(canonical, family, zero, fixed)
  row.fixed_args = fixed
  return row
end

local function stand_in(why, canonical, family, zero, default)
  local row = alias(canonical, family, zero, default)
  row.unsupported = why
  return row
end

M.map = {
  tinyint = plain("tinyint", "integer", "0"),
  smallint = plain("smallint", "integer", "0"),
  mediumint = plain("mediumint", "integer", "0"),
  integer = plain("int", "integer", "0"),
  bigint = plain("bigint", "integer", "0"),
  serial = alias("integer", "integer", "0"),
  bigserial = alias("bigint", "integer", "0"),
  numeric = {
    family = "number", zero = "0", args = { 0, 2 }, default_args = { 10, 0 },
    sql = function(_, args) return ("decimal(%d,%d)"):format(args[1], args[2] or 0) end,
  },
  decimal = alias("numeric", "number", "0"),
  money = held_by("numeric", "number", "0", { 19, 2 }),
  float = plain("float", "number", "0"),
  real = alias("float", "number", "0"),
  double = plain("double", "number", "0"),
  boolean = plain("tinyint(1)", "boolean", "0"),
  char = sized("char", "text", "''", { 1 }),
  varchar = sized("varchar", "text", "''", { 255 }),
  tinytext = plain("tinytext", "text", "''"),
  text = plain("text", "text", "''"),
  mediumtext = plain("mediumtext", "text", "''"),
  longtext = plain("longtext", "text", "''"),
  citext = alias("text", "text", "''"),
  xml = alias("longtext", "text", "''"),
  binary = sized("binary", "binary", "''", { 1 }),
  varbinary = sized("varbinary", "binary", "''", { 255 }),
  tinyblob = plain("tinyblob", "binary", "''"),
  blob = plain("blob", "binary", "''"),
  mediumblob = plain("mediumblob", "binary", "''"),
  longblob = plain("longblob", "binary", "''"),
  bytea = alias("longblob", "binary", "''"),
  date = plain("date", "date", "'1970-01-01'"),
  year = plain("year", "date", "1970"),
  time = timed("time", "time", "'00:00:00'"),
  timetz = alias("time", "time", "'00:00:00'"),
  timestamp = timed("timestamp", "time", "'1970-01-02 00:00:00'"),
  timestamptz = alias("timestamp", "time", "'1970-01-02 00:00:00'"),
  datetime = timed("datetime", "time", "'1970-01-01 00:00:00'"),
  interval = held_by("varchar", "text", "''", { 64 }),
  uuid = held_by("char", "text", "'00000000-0000-0000-0000-000000000000'", { 36 }),
  json = plain("json", "json", "'null'"),
  jsonb = alias("json", "json", "'null'"),
  hstore = alias("json", "json", "'{}'"),
  array = alias("json", "json", "'[]'"),
  inet = held_by("varchar", "text", "''", { 43 }),
  cidr = held_by("varchar", "text", "''", { 43 }),
  macaddr = held_by("char", "text", "''", { 17 }),
  bit = sized("bit", "bit", "b'0'", { 1 }),
  varbit = stand_in("its digits in a varchar", "varchar", "text", "''", { 255 }),
  point = plain("point", "other", "POINT(0, 0)"),
  geometry = plain("geometry", "other", "POINT(0, 0)"),
  tsvector = stand_in("a longtext, to be searched by a FULLTEXT index", "longtext", "text", "''"),
  enum = { sql = "enum", family = "enum" },
  set = { sql = "set", family = "enum", zero = "''" },
  native = { sql = "", family = "other" },
  user = { sql = "", family = "other" },
}

M.map.interval.unsupported = "its text in a varchar(64)"

--- FLOAT takes a precision in bits: beyond 24 it is a DOUBLE.
---@param t table Type
function M.canonical(t)
  local bits = t.name == "float" and #(t.args or {}) == 1 and t.args[1] or 0
  return bits > 24 and { name = "double", args = {} } or t
end

local INT_BYTES = { tinyint = 1, smallint = 2, mediumint = 3, integer = 4, bigint = 8 }
local INT_DIGITS = { tinyint = 3, smallint = 5, mediumint = 8, integer = 10, bigint = 20 }
-- Characters that each text type holds for certain, at four bytes each.
local TEXT_ROOM = { tinytext = 63, text = 16383, mediumtext = 4194303, longtext = 1073741823 }
local BLOB_ROOM = { tinyblob = 255, blob = 65535, mediumblob = 16777215, longblob = 4294967295 }

local function resolved(map, type)
  local row = map[type.name]
  if row and row.canonical and row.canonical ~= type.name then
    local args = #(type.args or {}) > 0 and type.args or row.default_args or {}
    local to = { name = row.canonical, args = args, unsigned = type.unsigned, values = type.values }
    return to, map[row.canonical]
  end
  return type, row
end

local function arg(type, row, i) return (type.args or {})[i] or (row.default_args or {})[i] or 0 end

local function same_list(a, b)
  a, b = a or {}, b or {}
  if #a ~= #b then return false end
  for i, value in ipairs(a) do if b[i] ~= value then return false end end
  return true
end

--- Does `to` hold the values of `from` at its head, in the same order?
---@return boolean
function M.appends(from, to)
  for i, value in ipairs(from or {}) do if (to or {})[i] ~= value then return false end end
  return true
end

local function integers(from, to)
  local a, b = INT_BYTES[from.name], INT_BYTES[to.name]
  local ua, ub = from.unsigned or false, to.unsigned or false
  if ua == ub then
    if a == b then return "free" end
    return b > a and "widening" or "checked"
  end
  return (ua and b > a) and "widening" or "checked"
end

local function numbers(from, rf, to, rt)
  if INT_DIGITS[from.name] then
    if to.name == "numeric" then
      return arg(to, rt, 1) - arg(to, rt, 2) >= INT_DIGITS[from.name] and "widening" or "checked"
    end
    return (to.name == "double" and INT_BYTES[from.name] <= 4) and "widening" or "checked"
  end
  if from.name == "numeric" and to.name == "numeric" then
    local whole = arg(to, rt, 1) - arg(to, rt, 2) >= arg(from, rf, 1) - arg(from, rf, 2)
    local scale = arg(to, rt, 2) >= arg(from, rf, 2)
    if whole and scale and arg(to, rt, 1) == arg(from, rf, 1) and arg(to, rt, 2) == arg(from, rf, 2) then return "free" end
    return whole and scale and "widening" or "checked"
  end
  if from.name == to.name then return "free" end
  return (from.name == "float" and to.name == "double") and "widening" or "checked"
end

-- varchar lengths are kept in one byte up to 255 bytes and in two above. A character may take one to four bytes, so
-- the change is certainly one of metadata only where both lengths lie on one side in every charset.
local function texts(from, rf, to, rt)
  local room_from = TEXT_ROOM[from.name] or arg(from, rf, 1)
  local room_to = TEXT_ROOM[to.name] or arg(to, rt, 1)
  if from.name == to.name and room_from == room_to then return "free" end
  if from.name == "varchar" and to.name == "varchar" and room_to >= room_from
    and (room_to <= 63 or room_from >= 256) then return "free" end
  return room_to >= room_from and "widening" or "checked"
end

local function binaries(from, rf, to, rt)
  local room_from = BLOB_ROOM[from.name] or arg(from, rf, 1)
  local room_to = BLOB_ROOM[to.name] or arg(to, rt, 1)
  if from.name == to.name and room_from == room_to then return "free" end
  if to.name == "binary" and from.name ~= "binary" then return "checked" end  -- pads with zero bytes
  return room_to >= room_from and from.name ~= "binary" and "widening" or "checked"
end

-- What a value of a family may become with a conversion of our own.
local ACROSS = {
  integer = { text = "widening", boolean = "checked", bit = "checked", number = true },
  number = { text = "widening", integer = "checked" },
  boolean = { integer = "widening", number = "widening", text = "widening" },
  text = {
    integer = "checked", number = "checked", boolean = "checked", date = "checked", time = "checked",
    enum = "checked", json = "checked", binary = "widening", uuid = "checked",
  },
  binary = { text = "checked" },
  date = { text = "widening", time = "widening" },
  time = { text = "widening", date = "checked" },
  enum = { text = "widening" },
  uuid = { text = "widening" },
  json = { text = "widening" },
  bit = { integer = "checked" },
}

local function same_family(from, rf, to, rt)
  local family = rf.family
  if family == "integer" then return integers(from, to) end
  if family == "number" then return numbers(from, rf, to, rt) end
  if family == "text" then return texts(from, rf, to, rt) end
  if family == "binary" then return binaries(from, rf, to, rt) end
  if family == "enum" then
    if from.name == to.name and same_list(from.values, to.values) then return "free" end
    if from.name ~= to.name then return "checked" end
    if not M.appends(from.values, to.values) then return "checked" end
    return (#to.values <= 255 or #from.values > 255) and from.name == "enum" and "free" or "widening"
  end
  if from.name ~= to.name then return (family == "time" or family == "date") and "checked" or nil end
  if arg(from, rf, 1) == arg(to, rt, 1) then return "free" end
  return arg(to, rt, 1) > arg(from, rf, 1) and "widening" or "checked"
end

-- A text type holds what a number prints, if it is long enough.
local function fits_text(from, rf, to, rt)
  local need = rf.family == "integer" and (INT_DIGITS[from.name] + 1) or rf.family == "boolean" and 1 or 64
  if rf.family == "enum" then
    for _, value in ipairs(from.values or {}) do if #value > need then need = #value end end
  end
  return (TEXT_ROOM[to.name] or arg(to, rt, 1)) >= need
end

-- A year is the number that it says.
local function years(from, ra, to, rb)
  if from.name == "year" and rb.family == "integer" then return to.name == "tinyint" and "checked" or "widening" end
  return to.name == "year" and ra.family == "integer" and "checked" or nil
end

--- What becomes of the values when a column of `from` turns into `to`.
---@param from table Type
---@param to table Type
---@return string|nil verdict "free" (metadata only), "widening" (always succeeds), "checked" (may fail or lose), nil: needs an expression
function M.castable(from, to)
  local map = M.map
  if (from.array or 0) ~= (to.array or 0) then return nil end
  local a, ra = resolved(map, from)
  local b, rb = resolved(map, to)
  if not ra or not rb or ra.family == "other" or rb.family == "other" then
    return (from.name == to.name and (from.ref or "") == (to.ref or "")) and "free" or nil
  end
  if ra.family == rb.family then return same_family(a, ra, b, rb) end
  if ra.family == "integer" and rb.family == "number" then return numbers(a, ra, b, rb) end
  local verdict = years(a, ra, b, rb) or (ACROSS[ra.family] or {})[rb.family]
  if verdict == "widening" and rb.family == "text" and not fits_text(a, ra, b, rb) then return "checked" end
  return verdict
end

-- Text that is no number raises in a statement that writes, so that the row is logged and not given the server's silent 0.
local BOOL_TEXT = "CASE WHEN LOWER(TRIM(%s)) IN ('1','t','true','y','yes','on') THEN 1"
  .. " WHEN LOWER(TRIM(%s)) IN ('0','f','false','n','no','off') THEN 0 ELSE CAST(%s AS SIGNED) <> 0 END"

local TO = {}

function TO.integer(x, ra, to, _, from)
  if from.name == "year" then return x end
  local cast = "CAST(" .. x .. " AS " .. (to.unsigned and "UNSIGNED" or "SIGNED") .. ")"
  if ra.family == "integer" or ra.family == "boolean" then return x end
  return cast
end

-- Does the target keep as many digits behind the point? (Fractions of a second, too.)
local function keeps_scale(from, ra, to, rt, at)
  if ra.family == "integer" or ra.family == "boolean" then return true end
  return (from.name == to.name or ra.family == "time") and arg(from, ra, at) <= arg(to, rt, at)
end

function TO.number(x, ra, to, rt, from)
  local cast = to.name == "numeric"
    and ("CAST(%s AS DECIMAL(%d,%d))"):format(x, arg(to, rt, 1), arg(to, rt, 2)) or "(" .. x .. ") + 0.0"
  if ra.family == "text" then
    return to.name == "numeric" and "CAST(" .. x .. " AS DECIMAL(65,30))" or "(" .. x .. ") + 0.0e0"
  end
  -- A plain assignment raises where the value is too large; CAST would cut it to the largest one. It rounds, though, and what
  -- it stores must equal what it was given.
  if to.name == "numeric" and ra.family == "number" and not keeps_scale(from, ra, to, rt, 2) then
    return ("ROUND(%s, %d)"):format(x, arg(to, rt, 2))
  end
  return (ra.family == "integer" or ra.family == "number" or ra.family == "boolean") and x or cast
end

function TO.boolean(x, ra)
  if ra.family == "text" then return BOOL_TEXT:format(x, x, x) end
  return "(" .. x .. ") <> 0"
end

function TO.text(x, ra, to, _, from)
  if ra.family == "text" then return to.name == "char" and from.name ~= "char" and "RTRIM(" .. x .. ")" or x end
  return "CAST(" .. x .. " AS CHAR)"
end

function TO.enum(x, ra, to, _, from, d)
  if ra.family ~= "text" and ra.family ~= "enum" then return nil end
  return sets.ordered(x, ra, to, from, d) or "CAST(" .. x .. " AS CHAR)"
end

function TO.binary(x) return "CAST(" .. x .. " AS BINARY)" end

function TO.date(x, ra, to)
  -- 1 to 99 would be taken for years near 2000; a number that is no year raises.
  if to.name == "year" and ra.family == "integer" then return ("CASE WHEN %s BETWEEN 1 AND 99 THEN 9999 ELSE %s END"):format(x, x) end
  if to.name == "year" then return "YEAR(" .. x .. ")" end
  return "CAST(" .. x .. " AS DATE)"
end

-- The last moment of all, with that many digits behind the point.
local function last_moment(digits)
  return "TIMESTAMP '9999-12-31 23:59:59" .. (digits > 0 and "." .. ("9"):rep(digits) or "") .. "'"
end

function TO.time(x, ra, to, rt, from)
  local digits = (to.args or {})[1] or 0
  -- MySQL rounds a fraction, and finds no moment behind the last one (error 1441).
  if ra.family == "time" and from.name == "datetime" and to.name == "datetime" and arg(from, ra, 1) > digits then
    x = ("LEAST(%s, %s)"):format(x, last_moment(digits))
  end
  if to.name == "time" then return ("CAST(%s AS TIME(%d))"):format(x, digits) end
  return ra.family == "time" and keeps_scale(from, ra, to, rt, 1) and x or ("CAST(%s AS DATETIME(%d))"):format(x, digits)
end

function TO.json(x) return "CAST(" .. x .. " AS JSON)" end

function TO.bit(x) return x end

--- The conversion as an SQL expression.
---@param expr string SQL of a value of type `from`
---@return string|nil sql nil where an expression of the user's is needed
function M.convert(expr, from, to, d)
  local map = d and d.types.map or M.map
  local verdict = (d and d.types or M).castable(from, to)
  if not verdict then return nil end
  local a, ra = resolved(map, from)
  local b, rb = resolved(map, to)
  if verdict == "free" and ra.family == rb.family then return expr end
  local make = (d and d.types.to or TO)[rb.family]
  return make and make(expr, ra, b, rb, a, d) or nil
end

--- A value as a column of type `t` holds it: storing rounds numbers and moments, cuts the time of day off a date, and takes the
--- spaces off the end of a CHAR.
---@param d table dialect
---@param x string
---@param t table Type
---@return string
function M.stored_value(d, x, t)
  local to, rt = resolved(d.types.map, t)
  local digits = (to.args or {})[1] or 0
  if not rt then return x end
  if rt.family == "integer" then return ("ROUND(%s)"):format(x) end
  if to.name == "numeric" then return ("ROUND(%s, %d)"):format(x, arg(to, rt, 2)) end
  if to.name == "char" then return ("RTRIM(%s)"):format(x) end
  if to.name == "date" then return ("CAST(%s AS DATE)"):format(x) end
  if to.name == "time" then return ("CAST(%s AS TIME(%d))"):format(x, digits) end
  return rt.family == "time" and ("CAST(%s AS DATETIME(%d))"):format(x, digits) or x
end

--- A stated expression as it can be assigned: of a decimal, a date or a time the server notes what storing cuts off (1265, 1292),
--- which the scripts take for a value that cannot be carried over.
function M.assignable(d, x, t)
  local to = resolved(d.types.map, t)
  local cuts = to.name == "numeric" or to.name == "date" or to.name == "time"
  if not cuts or x:find("^%-?%d+$") or x:upper() == "NULL" then return x end
  return M.stored_value(d, x, t)
end

M.to = TO
M.resolved = resolved

-- Names that the server gives where none is stated.
local names = {}
M.names = names

local function cut(text) return #text > 64 and text:sub(1, 64) or text end

function names.primary_key() return "PRIMARY" end

--- The first column's name; the server adds _2, _3 … where that is taken (the caller knows what is taken).
function names.unique(_, cols) return cut(cols[1]) end
function names.index(_, cols) return cut(cols[1]) end
function names.foreign_key(t) return cut((type(t) == "table" and t.name or t) .. "_ibfk_1") end
function names.check(t) return cut((type(t) == "table" and t.name or t) .. "_chk_1") end

--- The next name after `name`, where it is taken: n counts from 2.
function names.numbered(kind, name, n)
  if kind == "foreign_key" or kind == "check" then return (name:gsub("%d+$", tostring(n))) end
  return name .. "_" .. n
end

return M
