--- Columns of the spec language: types and modifiers.

local support = require("forge.spec_support")
local words = require("forge.words")

local complain, whole = support.complain, support.whole
local own = {}

-- Types without arguments, and those with equal ones, are shared: most columns make no table for their type.
local shared = {}

local function shared_type(key, name, args)
  local made = shared[key]
  if not made then
    made = { name = name, args = args }
    shared[key] = made
  end
  return made
end

local function check_args(self, row, given)
  local args = {}
  for i, rule in ipairs(row.args) do
    local value = given[i]
    if value ~= nil then
      args[i] = whole(self, row.word, value, rule[2], rule[3], rule[1])
    elseif not rule[4] then
      complain("'" .. row.word .. "' needs its " .. rule[1], nil, row.word, self)
    elseif given[i + 1] ~= nil then
      complain("'" .. row.word .. "' has no " .. rule[1] .. " before its " .. row.args[i + 1][1], nil, row.word, self)
    end
  end
  if args[2] and (row.word == "numeric" or row.word == "decimal") and args[2] > args[1] then
    complain(string.format("'%s(%d, %d)': the scale %d is larger than the precision %d", row.word, args[1], args[2], args[2], args[1]),
      "the precision counts all digits, the scale those after the point", row.word, self)
  end
  return args
end

local function set_type(self, made)
  if rawget(self, "_type") then
    complain("column '" .. self._name .. "' has two types: " .. self._type.name .. " and " .. made.name, nil, made.name, self)
  end
  self._type = made
  return self
end

local function type_word(row)
  local word, most = row.word, #row.args
  local bare = shared_type(word, word, {})
  local by_one, by_two = {}, {}  -- the types with so many arguments that have been used: most columns have one of those
  return function(self, a, b, c)
    local known
    if a == nil then
      known = b == nil and bare
    elseif b == nil then
      known = by_one[a]
    else
      known = by_two[a] and by_two[a][b]
    end
    if known and c == nil and not rawget(self, "_type") then
      self._type = known
      return self
    end
    if a == nil and b == nil then return set_type(self, bare) end
    if most == 0 then complain("'" .. word .. "' takes nothing, got " .. support.describe(a), nil, word, self) end
    if c ~= nil or (b ~= nil and most < 2) then
      complain("'" .. word .. "' takes at most " .. most .. (most == 1 and " argument" or " arguments"), nil, word, self)
    end
    local args = check_args(self, row, { a, b })
    local made = shared_type(word .. "(" .. table.concat(args, ",") .. ")", word, args)
    if b == nil then
      by_one[a] = made
    else
      by_two[a] = by_two[a] or {}
      by_two[a][b] = made
    end
    return set_type(self, made)
  end
end

for _, row in ipairs(words.of("column")) do
  if row.kind == "type" and row.args then own[row.word] = type_word(row) end
end

local function list_type(word)
  return function(self, given)
    if word == "enum" and type(given) == "string" and given ~= "" then
      return set_type(self, { name = "enum", args = {}, ref = given })
    end
    return set_type(self, { name = word, args = {}, values = support.names(self, word, given) })
  end
end
own.enum = list_type("enum")
own.set = list_type("set")

function own.type(self, given)
  if given == "" and support.engine ~= "" and support.engine ~= "sqlite" then
    complain("the type is empty", "name a type of the engine; SQLite alone has columns without one", "type", self)
  end
  return set_type(self, { name = "native", args = {}, ref = given == "" and "" or support.sql_text(self, "type", given) })
end

-- A type of its own, so that a change of it does not reach other columns.
local function private_type(self, word)
  local old = self._type
  if not old then complain("'" .. word .. "' stands before the column's type", "write the type first", word, self) end
  local made = {}
  for key, value in pairs(old) do made[key] = value end
  self._type = made
  return made
end

function own.array(self, of)
  if of ~= nil then
    local row
    for _, known in ipairs(words.of("column")) do
      if known.kind == "type" and known.args and known.word == of then row = known end
    end
    if row then
      set_type(self, shared_type(of, of, {}))
    elseif type(of) == "string" and of ~= "" then
      set_type(self, { name = "native", args = {}, ref = of })
    else
      complain("'array' takes a type word, got " .. support.describe(of), nil, "array", self)
    end
  end
  local made = private_type(self, "array")
  made.array = (made.array or 0) + 1
  return self
end

local kWholeTypes = { tinyint = true, smallint = true, mediumint = true, integer = true, bigint = true, numeric = true, decimal = true,
  real = true, double = true, float = true }

function own.unsigned(self)
  local made = private_type(self, "unsigned")
  if not kWholeTypes[made.name] then
    complain("a column of type " .. made.name .. " cannot be unsigned", nil, "unsigned", self)
  end
  made.unsigned = true
  return self
end

function own.not_null(self, given)
  if given ~= nil then complain("'not_null' takes nothing, got " .. support.describe(given), nil, "not_null", self) end
  if rawget(self, "_nullable") == true then complain("column '" .. self._name .. "' is both null and not_null", nil, "not_null", self) end
  self._nullable = false
  return self
end

function own.null(self, given)
  if given ~= nil then complain("'null' takes nothing, got " .. support.describe(given), nil, "null", self) end
  if rawget(self, "_nullable") == false then complain("column '" .. self._name .. "' is both null and not_null", nil, "null", self) end
  self._nullable = true
  return self
end

-- Literals are written once and read only.
local numbers = {}

local function literal(self, given)
  local kind = type(given)
  if kind == "number" and numbers[given] then return numbers[given] end
  if kind == "string" then return { kind = "string", text = given } end
  if kind == "boolean" then return { kind = "boolean", text = given and "true" or "false" } end
  if kind == "number" then
    if given ~= given or given == math.huge or given == -math.huge then
      complain("'default' takes a number that is one", nil, "default", self)
    end
    if given >= 9007199254740992 or given <= -9007199254740992 then
      complain("the default of column '" .. self._name .. "' is beyond 2^53, where Lua loses digits",
        "write it as sql \"…\", which keeps every digit", "default", self)
    end
    local made = { kind = "number", text = support.number_text(given) }
    numbers[given] = made
    return made
  end
  local is = support.kind(given)
  if is == "sql" then return { kind = "sql", text = given._text } end
  if is == "null" then return { kind = "null" } end
  complain("'default' takes a string, a number, a boolean, null or sql \"…\", got " .. support.describe(given), nil, "default", self)
end

-- Both say what a row gets that states nothing.
local function not_both_default_and_identity(self)
  local default = rawget(self, "_default")
  if default and rawget(self, "_identity") and default.kind ~= "null" then
    complain("column '" .. self._name .. "' has a default and is counted by the database", "one of the two has to go", "identity", self)
  end
end

local function not_with_generated(self, word)
  if rawget(self, "_generated") then
    complain("column '" .. self._name .. "' is generated and cannot have " .. word,
      "a generated column's value always comes from its expression", word == "a default" and "default" or word, self)
  end
end

function own.default(self, given)
  self._default = literal(self, given)
  not_both_default_and_identity(self)
  not_with_generated(self, "a default")
  return self
end

function own.generated(self, given, how)
  local text = support.sql_text(self, "generated", given)
  if how ~= nil and how ~= "stored" and how ~= "virtual" then
    complain("'generated' is \"stored\" or \"virtual\", got " .. support.describe(how),
      nil, "generated", self)
  end
  self._generated = { expr = text, stored = how ~= "virtual" }
  if rawget(self, "_default") then not_with_generated(self, "a default") end
  if rawget(self, "_identity") then not_with_generated(self, "identity") end
  return self
end

local COUNTER_NUMBERS = { start = true, increment = true, min = true, max = true, cache = true }
local COUNTER_OPTIONS = { "always", "start", "increment", "min", "max", "cache", "cycle", "sequence" }

function own.identity(self, given)
  local made = { always = false }
  if given ~= nil and (type(given) ~= "table" or support.kind(given)) then
    complain("'identity' takes { always, start, increment, min, max, cache, cycle, sequence }, got " .. support.describe(given),
      nil, "identity", self)
  end
  for key, value in pairs(given or {}) do
    if (key == "always" or key == "cycle") and type(value) == "boolean" then
      made[key] = value
    elseif COUNTER_NUMBERS[key] then
      made[key] = whole(self, key, value)
    elseif key == "sequence" and type(value) == "string" and value ~= "" then
      made.sequence = value
    else
      complain("'identity' takes always, start, increment, min, max, cache, cycle and sequence, got '" .. tostring(key) .. "'",
        support.suggestion(tostring(key), COUNTER_OPTIONS), tostring(key), self)
    end
  end
  self._identity = made
  not_both_default_and_identity(self)
  not_with_generated(self, "identity")
  return self
end

function own.auto_increment(self, given)
  if given ~= nil then complain("'auto_increment' takes nothing, got " .. support.describe(given), nil, "auto_increment", self) end
  return own.identity(self)
end

function own.primary_key(self, given)
  if given ~= nil then
    complain("'primary_key' takes nothing here, got " .. support.describe(given),
      "a key over several columns stands by itself: primary_key { \"a\", \"b\" }", "primary_key", self)
  end
  self._primary = true
  return self
end

function own.unique(self, given)
  self._unique = given == nil and "" or support.text(self, "unique", given)
  return self
end

function own.check(self, given)
  local list = self._checks or {}
  list[#list + 1] = support.sql_text(self, "check", given)
  self._checks = list
  return self
end

function own.on_update_now(self)
  self._on_update = "CURRENT_TIMESTAMP"
  return self
end

--- The target of a foreign key as written: `_references`, and `_ref_columns` where they stand apart.
function own.references(self, target, columns)
  self._references = support.text(self, "references", target)
  if columns ~= nil then self._ref_columns = support.names(self, "references", columns) end
  return self
end

function own.backfill(self, given)
  local stated = type(given) == "table" and not support.kind(given) and (given.up ~= nil or given.down ~= nil)
  if type(given) ~= "table" or support.kind(given) or (support.engine == "mongodb" and not stated) then
    self._backfill_up = support.sql_text(self, "backfill", given)
    return self
  end
  for key, value in pairs(given) do
    if key ~= "up" and key ~= "down" then
      complain("'backfill' takes up and down, got '" .. tostring(key) .. "'", support.suggestion(tostring(key), { "up", "down" }),
        tostring(key), self)
    end
    self["_backfill_" .. key] = support.sql_text(self, "backfill", value)
  end
  if not self._backfill_up then complain("'backfill' lacks up", "up makes the new value from the old row", "backfill", self) end
  return self
end

return own
