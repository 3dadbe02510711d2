--- SQLite's types: which declared text stands for a portable word, and how values pass from one type to another.
---
--- SQLite stores what it is given, led by the affinity of the declared text (https://sqlite.org/datatype3.html, section
--- 3.1). A word keeps its own text wherever that text has the right affinity; words whose text would mislead ("uuid" and
--- "json" would be NUMERIC, "point" and "interval" would be INTEGER because they hold the letters INT) become `text`.

local M = {}

-- SQLite puts no limit on the length of a name.
M.identifier_limit = 0
M.identifier_unit = "bytes"

local ZERO = {
  integer = "0", number = "0", text = "''", binary = "x''", boolean = "0", date = "'1970-01-01'", time = "'00:00:00'",
  json = "'null'", uuid = "'00000000-0000-0000-0000-000000000000'", other = "''",
}

local map = {}

local function word(name, family, args, more)
  local row = { sql = name, family = family, args = args or { 0, 0 }, zero = ZERO[family] or "''" }
  for key, value in pairs(more or {}) do row[key] = value end
  map[name] = row
end

local function becomes(name, canonical, family, args, why)
  map[name] = {
    sql = canonical, canonical = canonical, family = family, args = args or { 0, 0 }, unsupported = why,
    zero = ZERO[family] or "''",
  }
end

for _, name in ipairs({ "smallint", "integer", "bigint", "tinyint", "mediumint" }) do word(name, "integer") end
becomes("serial", "integer", "integer")
becomes("bigserial", "integer", "integer")
for _, name in ipairs({ "numeric", "decimal" }) do word(name, "number", { 0, 2 }) end
for _, name in ipairs({ "real", "double" }) do word(name, "number") end
word("float", "number", { 0, 1 })
becomes("money", "numeric", "number", { 0, 0 })
word("boolean", "boolean")
for _, name in ipairs({ "char", "varchar" }) do word(name, "text", { 0, 1 }) end
for _, name in ipairs({ "text", "tinytext", "mediumtext", "longtext" }) do word(name, "text") end
becomes("citext", "text", "text", nil, "text (add :collate \"NOCASE\" to compare without case)")
for _, name in ipairs({ "blob", "tinyblob", "mediumblob", "longblob" }) do word(name, "binary") end
for _, name in ipairs({ "binary", "varbinary" }) do becomes(name, "blob", "binary", { 0, 1 }) end
becomes("bytea", "blob", "binary")
for _, name in ipairs({ "date", "year" }) do word(name, "date") end
for _, name in ipairs({ "datetime", "timestamp", "timestamptz" }) do
  word(name, "date", { 0, 1 }, { zero = "'1970-01-01 00:00:00'" })
end
for _, name in ipairs({ "time", "timetz" }) do word(name, "time", { 0, 1 }) end
becomes("interval", "text", "text", { 0, 1 }, "text")
becomes("uuid", "text", "uuid")
for _, name in ipairs({ "json", "jsonb" }) do becomes(name, "text", "json") end
becomes("xml", "text", "text")
for _, name in ipairs({ "inet", "cidr", "macaddr", "hstore", "tsvector" }) do
  becomes(name, "text", "other", nil, "text")
end
for _, name in ipairs({ "point", "geometry" }) do becomes(name, "blob", "binary", { 0, 2 }, "a blob") end
for _, name in ipairs({ "bit", "varbit" }) do becomes(name, "text", "text", { 0, 1 }, "text of 0 and 1") end
becomes("enum", "text", "text", nil, "text with a CHECK")
becomes("set", "text", "text", nil, "text with the chosen words between commas")
becomes("array", "text", "json", nil, "text that holds JSON")
map.native = { sql = function(t) return t.ref or "" end, family = "other", args = { 0, 0 }, zero = "''" }

M.map = map

--- The declared text of a type: "varchar(20)", "numeric(12,2)", "" for a column without one.
---@param t table Type
---@return string
function M.sql(t)
  if t.array and t.array > 0 then return "text" end
  local row = map[t.name]
  if not row then error(("SQLite has no type '%s'"):format(tostring(t.name)), 0) end
  if type(row.sql) == "function" then return row.sql(t) end
  local text = row.sql
  if t.args and #t.args > 0 and not row.canonical then text = text .. "(" .. table.concat(t.args, ",") .. ")" end
  if t.unsigned then text = text .. " unsigned" end
  return text
end

local STRICT = { integer = "integer", real = "real", text = "text", blob = "blob", numeric = "any" }

--- The affinity that a declared text has: "integer", "text", "blob", "real" or "numeric".
---@param declared string
---@return string
function M.affinity(declared)
  local upper = declared:upper()
  if upper:find("INT", 1, true) then return "integer" end
  if upper:find("CHAR", 1, true) or upper:find("CLOB", 1, true) or upper:find("TEXT", 1, true) then return "text" end
  if upper == "" or upper:find("BLOB", 1, true) then return "blob" end
  if upper:find("REAL", 1, true) or upper:find("FLOA", 1, true) or upper:find("DOUB", 1, true) then return "real" end
  return "numeric"
end

local ALLOWED = { INT = true, INTEGER = true, REAL = true, TEXT = true, BLOB = true, ANY = true }

--- The declared text in a STRICT table, which knows six words only; dates are kept as text there.
function M.strict_sql(t)
  local text = M.sql(t)
  if ALLOWED[text:upper()] then return text end
  local row = map[t.name]
  if row.family == "date" or row.family == "time" then return "text" end
  if row.family == "boolean" then return "integer" end
  if text == "" then return "any" end
  return STRICT[M.affinity(text)]
end

local function family(t)
  if t.array and t.array > 0 then return "json" end
  return (map[t.name] or map.native).family
end

-- What a stored value of the type is: the families that share one need no conversion.
local STORED = {
  integer = "integer", number = "number", text = "text", binary = "binary", boolean = "boolean", date = "text",
  time = "text", json = "text", uuid = "text", other = "other",
}

local function stored(t)
  if t.name == "native" then
    local a = M.affinity(t.ref or "")
    return ({ integer = "integer", text = "text", blob = "other", real = "number", numeric = "number" })[a]
  end
  return STORED[family(t)] or "text"
end

local TIMED = { datetime = true, timestamp = true, timestamptz = true }

-- From a moment to its day.
local function drops_time(from, to) return TIMED[from.name] and to.name == "date" end

local function in_form(name, expr)
  return ("CASE WHEN typeof(%s) = 'text' THEN COALESCE(%s(%s), %s) ELSE %s END"):format(expr, name, expr, expr, expr)
end

--- "free": the declared text is the same; "widening": every value passes; "checked": a value may not pass; nil: needs
--- an expression.
---@param from table Type
---@param to table Type
function M.castable(from, to)
  if M.sql(from) == M.sql(to) then return "free" end
  if drops_time(from, to) then return "checked" end
  local a, b = stored(from), stored(to)
  if a == b or a == "other" or b == "other" then return "widening" end
  if a == "boolean" and (b == "integer" or b == "number") then return "widening" end
  if b == "text" and a ~= "binary" then return "widening" end
  if a == "integer" and b == "number" then return "widening" end
  return "checked"
end

local TRUE_WORDS = "('1', 't', 'true', 'y', 'yes', 'on')"
local FALSE_WORDS = "('0', 'f', 'false', 'n', 'no', 'off')"

-- CAST never fails in SQLite: it gives 0 for 'abc' and the largest integer for what is too large. The comparison with
-- the value itself, which SQLite makes as numbers, lets only those through that really are one.
local function guarded(expr, cast)
  return ("CASE WHEN CAST(%s AS %s) = (%s) THEN CAST(%s AS %s) END"):format(expr, cast, expr, expr, cast)
end

local function to_boolean(expr, from)
  if from ~= "text" then return ("CASE WHEN (%s) IN (0, 1) THEN (%s) END"):format(expr, expr) end
  return ("CASE WHEN lower(trim(%s)) IN %s THEN 1 WHEN lower(trim(%s)) IN %s THEN 0 END")
    :format(expr, TRUE_WORDS, expr, FALSE_WORDS)
end

local function to_text(expr, from)
  if from == "boolean" then return ("CASE (%s) WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"):format(expr) end
  return ("CAST(%s AS TEXT)"):format(expr)
end

-- What cannot be converted is asked for beforehand.
M.fails_with_null = true

--- The expression that turns a value of one type into the other; NULL where the value cannot pass. Never an error.
---@param expr string over bare column names
---@param from table Type
---@param to table Type
---@return string
function M.convert(expr, from, to)
  local a, b = stored(from), stored(to)
  -- Both are texts; one that is no date in SQLite's eyes stays as it is.
  if drops_time(from, to) then return in_form("date", expr) end
  if drops_time(to, from) then return in_form("datetime", expr) end
  if a == b or a == "other" or b == "other" then return expr end
  if b == "text" then return to_text(expr, a) end
  if b == "boolean" then return to_boolean(expr, a) end
  if b == "binary" then return ("CAST(%s AS BLOB)"):format(expr) end
  if a == "boolean" then return expr end
  if a == "binary" then expr = ("CAST(%s AS TEXT)"):format(expr) end
  if b == "integer" then return guarded(expr, "INTEGER") end
  if a == "integer" then return expr end
  return guarded(expr, "NUMERIC")
end

local function joined(...)
  return table.concat({ ... }, "_")
end

--- SQLite leaves constraints without a name; only an index needs one.
M.names = {
  primary_key = function() return "" end,
  unique = function() return "" end,
  foreign_key = function() return "" end,
  check = function() return "" end,
  index = function(table_name, columns) return joined(table_name, table.concat(columns, "_"), "idx") end,
}

return M
