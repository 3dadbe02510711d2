--- PostgreSQL's types: what each portable word becomes, which changes are free, and how values are converted.

local names = require("dialects.postgres.names")

local M = { identifier_limit = 63, identifier_unit = "bytes", names = names }

-- `spelled` is how format_type() of the server writes the type where that differs from `sql`;
-- a precision stands between its two parts ("timestamp(3) without time zone").
local function row(family, sql, zero, more)
  local made = { family = family, sql = sql, zero = zero }
  for key, value in pairs(more or {}) do made[key] = value end
  return made
end

local function alias(canonical, more)
  local made = { canonical = canonical, alias = true }
  for key, value in pairs(more or {}) do made[key] = value end
  return made
end

local ZERO_TIME = "'1970-01-01 00:00:00'"

local map = {
  -- `unsigned` is the word that holds every value of the type's unsigned form.
  smallint = row("integer", "smallint", "0", { bits = 16, unsigned = "integer" }),
  integer = row("integer", "integer", "0", { bits = 32, unsigned = "bigint" }),
  bigint = row("integer", "bigint", "0", { bits = 64, unsigned = "numeric" }),
  tinyint = alias("smallint", { args = { 0, 1 }, unsigned = "smallint" }),
  mediumint = alias("integer", { args = { 0, 1 }, unsigned = "integer" }),
  serial = row("integer", "serial", "0", { bits = 32, base = "integer" }),
  bigserial = row("integer", "bigserial", "0", { bits = 64, base = "bigint" }),
  numeric = row("number", "numeric", "0", { args = { 0, 2 } }),
  decimal = alias("numeric", { args = { 0, 2 } }),
  real = row("number", "real", "0"),
  double = row("number", "double precision", "0"),
  float = alias("double", { args = { 0, 1 } }),
  boolean = row("boolean", "boolean", "false"),
  char = row("text", "char", "''", { args = { 0, 1 }, default_args = { 1 }, spelled = { "character" } }),
  varchar = row("text", "varchar", "''", { args = { 0, 1 }, spelled = { "character varying" } }),
  text = row("text", "text", "''"),
  tinytext = alias("text"),
  mediumtext = alias("text"),
  longtext = alias("text"),
  citext = row("text", "citext", "''"),
  bytea = row("binary", "bytea", "''"),
  binary = alias("bytea", { args = { 0, 1 } }),
  varbinary = alias("bytea", { args = { 0, 1 } }),
  blob = alias("bytea", { args = { 0, 1 } }),
  tinyblob = alias("bytea"),
  mediumblob = alias("bytea"),
  longblob = alias("bytea"),
  date = row("date", "date", "'1970-01-01'"),
  time = row("time", "time", "'00:00:00'", { args = { 0, 1 }, spelled = { "time", " without time zone" } }),
  timetz = row("time", "timetz", "'00:00:00+00'", { args = { 0, 1 }, spelled = { "time", " with time zone" } }),
  timestamp = row("time", "timestamp", ZERO_TIME,
                  { args = { 0, 1 }, spelled = { "timestamp", " without time zone" } }),
  timestamptz = row("time", "timestamptz", "'1970-01-01 00:00:00+00'",
                    { args = { 0, 1 }, spelled = { "timestamp", " with time zone" } }),
  datetime = alias("timestamp", { args = { 0, 1 } }),
  interval = row("time", "interval", "'0'", { args = { 0, 1 } }),
  year = alias("smallint", { args = { 0, 1 } }),
  uuid = row("uuid", "uuid", "'00000000-0000-0000-0000-000000000000'"),
  json = row("json", "json", "'{}'"),
  jsonb = row("json", "jsonb", "'{}'"),
  xml = row("other", "xml", "''"),
  inet = row("network", "inet", "'0.0.0.0'"),
  cidr = row("network", "cidr", "'0.0.0.0/0'"),
  macaddr = row("network", "macaddr", "'00:00:00:00:00:00'"),
  bit = row("bit", "bit", nil, { args = { 0, 1 }, default_args = { 1 } }),
  varbit = row("bit", "varbit", "''", { args = { 0, 1 }, spelled = { "bit varying" } }),
  money = row("number", "money", "0"),
  point = row("other", "point", "'(0,0)'"),
  geometry = row("other", "geometry", nil),
  tsvector = row("other", "tsvector", "''"),
  hstore = row("other", "hstore", "''"),
  enum = row("enum", nil, nil),
  set = { unsupported = "text with the chosen words, separated by commas", canonical = "text", family = "text",
          alias = true },
  user = row("other", nil, nil),
  native = row("other", nil, nil),
}

for _, entry in pairs(map) do
  if entry.alias then
    local base = map[entry.canonical]
    entry.family = entry.family or base.family
    entry.zero = base.zero
    entry.sql = base.sql
  end
end
M.map = map

-- The word behind aliases and behind serial: what the column holds.
local function word_of(t)
  local entry = map[t.name]
  if not entry then return t.name end
  local word = entry.canonical or t.name
  if t.unsigned and entry.unsigned then word = entry.unsigned end
  return map[word].base or word
end

--- A type as the model keeps it on this engine: aliases replaced, an unsigned integer as the signed one that holds it.
---@param t table Type
---@return table
function M.canonical(t)
  local entry = map[t.name]
  if not entry or not (entry.alias or t.unsigned) then return t end
  local word = t.unsigned and entry.unsigned or entry.canonical or t.name
  local takes = map[word].args
  local args = takes and entry.canonical == word and t.args or {}
  if t.name == "float" then args = {} end
  if t.name == "float" and t.args and (t.args[1] or 53) <= 24 then word = "real" end
  if word == "numeric" and t.unsigned then args = { 20, 0 } end
  return { name = word, args = args, ref = t.ref, array = t.array }
end

--- `serial` and `bigserial` as the integer that they are, for everything but creating the column.
function M.stored(t)
  local entry = map[t.name]
  if not entry or not entry.base then return t end
  return { name = entry.base, args = {}, array = t.array }
end

function M.is_serial(t) return map[t.name] ~= nil and map[t.name].base ~= nil end

local function with_args(head, args, tail)
  if not args or #args == 0 then return head .. (tail or "") end
  return head .. "(" .. table.concat(args, ", ") .. ")" .. (tail or "")
end

local function brackets(t) return ("[]"):rep(t.array or 0) end

--- "a.b" in display form as a quoted name.
local function ref_sql(ref, d)
  local parts = names.split(ref)
  for i, part in ipairs(parts) do parts[i] = d:ident(part) end
  return table.concat(parts, ".")
end

--- The type as SQL.
---@param t table Type
---@param d table dialect
---@return string
function M.sql(t, d)
  t = M.canonical(t)
  if t.name == "native" then
    if (t.ref or "") == "" then error("PostgreSQL has no column without a type", 0) end
    return t.ref .. brackets(t)
  end
  if t.name == "enum" or t.name == "user" then
    if not t.ref or t.ref == "" then error("an enum column of PostgreSQL needs a named type", 0) end
    return ref_sql(t.ref, d) .. brackets(t)
  end
  local entry = map[t.name]
  if not entry then error(("PostgreSQL has no type '%s'"):format(t.name), 0) end
  return with_args(entry.sql, t.args) .. brackets(t)
end

--- The type as the server's format_type() writes it: what a catalog query is compared with.
function M.spelled(t, d)
  t = M.stored(M.canonical(t))
  local entry = map[t.name]
  if not entry or not entry.sql then return M.sql(t, d) end
  local head, tail = entry.sql, nil
  if entry.spelled then head, tail = entry.spelled[1], entry.spelled[2] end
  local args = t.args and #t.args > 0 and t.args or entry.default_args
  -- format_type writes numeric(12,2) without a space, and numeric(12) as numeric(12,0).
  if t.name == "numeric" and args and #args == 1 then args = { args[1], 0 } end
  return (with_args(head, args, tail):gsub(", ", ",")) .. (t.array and t.array > 0 and "[]" or "")
end

local INTEGER_DIGITS = { smallint = 5, integer = 10, bigint = 19 }

local function arg(t, n) return t.args and t.args[n] end

-- Precision that may only grow; no argument is the widest.
local function grows(from, to) return not arg(to, 1) or (arg(from, 1) and arg(from, 1) <= arg(to, 1)) end

local function numeric_to_numeric(from, to)
  if not arg(to, 1) then return "free" end
  if not arg(from, 1) then return "checked" end
  local fs, ts = arg(from, 2) or 0, arg(to, 2) or 0
  if fs == ts and arg(from, 1) <= arg(to, 1) then return "free" end
  return (arg(to, 1) - ts >= arg(from, 1) - fs and ts >= fs) and "widening" or "checked"
end

local function integer_to(from, to, target)
  local entry = map[to]
  if entry.family == "integer" then
    return map[from].bits <= entry.bits and "widening" or "checked"
  end
  if to == "numeric" then
    local whole = arg(target, 1) and arg(target, 1) - (arg(target, 2) or 0)
    return (not whole or whole >= INTEGER_DIGITS[from]) and "widening" or "checked"
  end
  -- A double holds 53 bits exactly, a real 24.
  if to == "double" then return map[from].bits <= 32 and "widening" or "checked" end
  if to == "real" then return from == "smallint" and "widening" or "checked" end
  if to == "boolean" or to == "money" then return "checked" end
end

local function text_to_text(from, to, a, b)
  local unbounded = to == "text" or (to == "varchar" and not arg(b, 1))
  if to == "citext" or from == "citext" then return (unbounded or to == "citext") and "widening" or "checked" end
  if from == "char" or to == "char" then
    if to == "char" then return from == "char" and grows(a, b) and "widening" or "checked" end
    local room = unbounded or (arg(b, 1) or 0) >= (arg(a, 1) or 1)
    return room and "widening" or "checked"
  end
  if unbounded then return "free" end
  return from == "varchar" and grows(a, b) and "free" or "checked"
end

local SAME_WORD = {
  numeric = numeric_to_numeric,
  bit = function(a, b) return (arg(a, 1) or 1) == (arg(b, 1) or 1) and "free" or "checked" end,
  varbit = function(a, b) return grows(a, b) and "free" or "checked" end,
}
for _, word in ipairs({ "time", "timetz", "timestamp", "timestamptz", "interval" }) do
  SAME_WORD[word] = function(a, b)
    -- Without an argument the precision is 6, the largest.
    return (arg(a, 1) or 6) <= (arg(b, 1) or 6) and "free" or "checked"
  end
end

-- Pairs of words that have a cast of their own; everything else goes through text or not at all.
local PAIRS = {
  ["real double"] = "widening", ["double real"] = "checked",
  ["real numeric"] = "checked", ["double numeric"] = "checked",
  ["numeric real"] = "checked", ["numeric double"] = "checked",
  ["numeric money"] = "checked", ["money numeric"] = "widening",
  ["date timestamp"] = "widening", ["date timestamptz"] = "widening",
  ["timestamp date"] = "checked", ["timestamptz date"] = "checked",
  ["timestamp timestamptz"] = "checked", ["timestamptz timestamp"] = "checked",
  ["timestamp time"] = "checked", ["timestamptz time"] = "checked", ["timestamptz timetz"] = "checked",
  ["time timetz"] = "widening", ["timetz time"] = "checked", ["time interval"] = "widening",
  ["interval time"] = "checked",
  ["json jsonb"] = "checked", ["jsonb json"] = "widening",
  ["cidr inet"] = "free", ["inet cidr"] = "checked",
  ["bit varbit"] = "checked", ["varbit bit"] = "checked",
  ["text tsvector"] = "checked",
}

local NUMERIC = { numeric = true, real = true, double = true, money = true }

local function same_ref(a, b) return (a.ref or "") == (b.ref or "") and (a.array or 0) == (b.array or 0) end

local function across(from, to, a, b)
  local ff, tf = map[from].family, map[to].family
  if PAIRS[from .. " " .. to] then return PAIRS[from .. " " .. to] end
  if ff == "integer" and (tf == "integer" or tf == "number" or tf == "boolean") then return integer_to(from, to, b) end
  if ff == "boolean" and (tf == "integer" or to == "numeric" or to == "double" or to == "real") then
    return "widening"
  end
  if NUMERIC[from] and (tf == "integer" or to == "boolean") then return "checked" end
  if ff == "text" and tf == "text" then return text_to_text(from, to, a, b) end
  if tf == "text" and from ~= "bytea" then
    local unbounded = to == "text" or to == "citext" or (to == "varchar" and not arg(b, 1))
    return unbounded and "widening" or "checked"
  end
  if ff == "text" and from ~= "citext" and to ~= "bytea" and to ~= "geometry" then return "checked" end
  if from == "enum" and to == "enum" then return "checked" end
end

--- What a change of type costs: "free" changes only the catalog, "widening" always succeeds, "checked" may fail or
--- lose, nil has no conversion of its own and needs the user's expression.
---@param from table Type
---@param to table Type
---@return string?
function M.castable(from, to)
  local a, b = M.canonical(from), M.canonical(to)
  local fw, tw = word_of(a), word_of(b)
  if (a.array or 0) ~= (b.array or 0) then return nil end
  if (a.array or 0) > 0 then
    local function element(t) return { name = t.name, args = t.args, ref = t.ref } end
    local inner = M.castable(element(a), element(b))
    -- Only the catalog changes for arrays of equal elements; everything else is written anew, element by element.
    if inner == "free" and fw ~= tw then return "widening" end
    return inner
  end
  if fw == "native" or tw == "native" or fw == "user" or tw == "user" then
    return fw == tw and same_ref(a, b) and "free" or nil
  end
  if not (map[fw] and map[tw]) then return nil end
  if fw ~= tw then return across(fw, tw, a, b) end
  if fw == "enum" then return same_ref(a, b) and "free" or "checked" end
  if fw == "varchar" or fw == "char" then
    if (arg(a, 1) or -1) == (arg(b, 1) or -1) then return "free" end
    return text_to_text(fw, tw, a, b)
  end
  local rule = SAME_WORD[fw]
  return rule and rule(a, b) or "free"
end

local function cast(expr, target) return ("CAST(%s AS %s)"):format(expr, target) end

-- An explicit cast to varchar(n), char(n) or bit(n) cuts what is too long without a word; assigning does not.
local CUTS = { varchar = true, char = true, bit = true, varbit = true }
local function limited(word, t) return CUTS[word] and arg(t, 1) end

--- The conversion as an expression that is safe to assign to a column of type `to`: nil where none exists.
---@param expr string SQL of the old value
---@param from table Type
---@param to table Type
---@param d table dialect
---@return string?
function M.convert(expr, from, to, d)
  local kind = M.castable(from, to)
  if not kind then return nil end
  local a, b = M.stored(M.canonical(from)), M.stored(M.canonical(to))
  local fw, tw = a.name, b.name
  local ff, tf = map[fw].family, map[tw].family
  if kind == "free" then return expr end
  if (a.array or 0) > 0 then return cast(expr, M.sql(b, d)) end
  if tw == "boolean" and (ff == "integer" or NUMERIC[fw]) then return ("(%s <> 0)"):format(expr) end
  if ff == "boolean" and (tf == "integer" or tf == "number") then
    local as_int = cast(expr, "integer")
    return tw == "integer" and as_int or cast(as_int, M.sql(b, d))
  end
  if (fw == "timestamp" and tw == "timestamptz") or (fw == "timestamptz" and tw == "timestamp") then
    local moment = ("(%s AT TIME ZONE 'UTC')"):format(expr)
    return arg(b, 1) and cast(moment, M.sql(b, d)) or moment  -- fewer decimals of a second are rounded
  end
  if fw == "date" and tw == "timestamptz" then
    return ("(%s AT TIME ZONE 'UTC')"):format(cast(expr, "timestamp"))
  end
  if fw == "timestamptz" and (tw == "date" or tw == "time") then
    return cast(("(%s AT TIME ZONE 'UTC')"):format(expr), M.sql(b, d))
  end
  if fw == "enum" and tw == "enum" then return cast(cast(expr, "text"), M.sql(b, d)) end
  if limited(tw, b) then
    if ff == "text" or ff == "bit" then return expr end
    return cast(expr, "text")
  end
  return cast(expr, M.sql(b, d))
end

--- A default's text as a column that holds numbers takes it, where it is a truth value; nil where nothing is to be changed.
---@param text string
---@param column table
---@return string?
function M.assignable_default(text, column)
  local held = column.default.kind == "boolean" and map[M.canonical(column.type).name]
  if not held or held.family ~= "integer" and held.family ~= "number" then return nil end
  return text == "true" and "1" or "0"
end

return M
