--- What changes of columns take.

local answers = require("dialects.postgres.locks.answers")
local columns = require("dialects.postgres.emit.columns")
local ops = require("forge.ops")
local types = require("dialects.postgres.types")

local M = {}

local row, exclusive = answers.row, answers.exclusive

-- Functions that give another value for every row; everything else is computed once, when the column is added.
local VOLATILE = { "random", "clock_timestamp", "timeofday", "nextval", "gen_random_uuid", "uuid_generate_v1",
                   "uuid_generate_v4", "uuidv4", "uuidv7", "gen_random_bytes", "setseed", "txid_current" }

-- Functions that are known to be stable or immutable. One that is not known is taken for volatile: the error is then a
-- backfill too many, and never a rewrite under a lock.
local STEADY = { "now", "transaction_timestamp", "statement_timestamp", "current_setting", "lower", "upper", "coalesce",
                 "concat", "date_trunc", "to_char", "timezone", "make_date", "md5", "jsonb_build_object",
                 "jsonb_build_array", "json_build_object", "json_build_array", "array_fill", "int4range", "int8range",
                 "numrange", "tsrange", "tstzrange", "daterange", "point", "cast", "abs", "round", "floor", "ceil",
                 "length", "repeat", "replace", "trim", "left", "right", "current_user", "nullif", "greatest", "least",
                 "extract", "date_part", "age", "numeric", "varchar", "char", "character", "bit", "decimal",
                 "timestamp", "timestamptz", "time", "interval", "varying", "in", "and", "or", "not", "then", "else",
                 "when", "case", "as", "is", "array" }

local function set_of(list)
  local set = {}
  for _, name in ipairs(list) do set[name] = true end
  return set
end
VOLATILE, STEADY = set_of(VOLATILE), set_of(STEADY)

--- Does a default give every row a value of its own?
function M.volatile(default)
  if not default or default.kind ~= "sql" then return false end
  local text = default.text:lower():gsub("'[^']*'", "''")
  for name in text:gmatch("([%a_][%w_]*)%s*%(") do
    if VOLATILE[name] or not STEADY[name] then return true end
  end
  return false
end

function M.add_column(o)
  local c = o.after
  if c.generated then
    return exclusive(c.generated.stored ~= false and "rewrite" or nil)
  end
  if c.identity or types.is_serial(c.type) then return exclusive("rewrite", "every row is given its number") end
  if M.volatile(c.default) then return exclusive("rewrite", "the default is computed for every row") end
  if c.nullable == false and not c.default then
    return exclusive("scan", "refused where the table has rows: the column has no default")
  end
  return exclusive()
end

function M.drop_column() return exclusive() end
function M.rename_column() return exclusive() end

-- Does a key hold the column?
local function in_key(key, name)
  for _, part in ipairs(key.parts or {}) do
    if part.column == name then return true end
  end
  return false
end

--- Is the column proved to be without NULLs by a validated check of the table?
function M.proved(t, name)
  for _, check in ipairs(t and t.checks or {}) do
    if not check.not_valid and not check.not_enforced then
      local text = check.expr:gsub('[%s"()]+', " "):match("^%s*(.-)%s*$"):lower()
      if text == name:lower() .. " is not null" then return true end
    end
  end
  return t and t.primary_key ~= nil and in_key(t.primary_key, name)
end

local function indexed(t, name)
  if not t then return false end
  local lists = { t.indexes or {}, t.uniques or {}, { t.primary_key } }
  for _, list in ipairs(lists) do
    for _, index in ipairs(list) do
      if in_key(index, name) then return true end
    end
  end
  return false
end

local function retyped(o, ctx)
  local a, b, d = o.before, o.after, ctx.d
  if types.spelled(a.type, d) ~= types.spelled(b.type, d) then
    local from, to = types.stored(types.canonical(a.type)), types.stored(types.canonical(b.type))
    if types.castable(from, to) ~= "free" or b.generated then return exclusive("rewrite") end
    if #columns.computed_from(ctx.table, a.name) > 0 then
      return exclusive("rewrite", "the generated columns that are computed from it are made anew")
    end
    if #columns.computing(o.table, ctx.table, a, b, d) > 0 then
      return exclusive("scan", "the checks and indexes that compute with it are made anew")
    end
  end
  if (a.collation or "") ~= (b.collation or "") and indexed(ctx.table, a.name) then
    return exclusive("scan", "indexes of the column are built anew")
  end
end

-- A generated column whose expression changes, and a plain one that becomes generated, are made anew.
local function regenerated(o)
  local b = o.after
  if b.generated and not (o.before.generated and ops.equal(o.before.generated, b.generated)) then
    return exclusive(b.generated.stored ~= false and "rewrite" or nil, "the column is dropped and made anew")
  end
end

--- What an alteration takes that reads or writes every row for its type or its expression; nil where it does not.
function M.written_anew(o, ctx) return regenerated(o) or retyped(o, ctx) end

-- Do two forms of a column differ in their comment alone?
local function only_comment(a, b)
  if (a.comment or "") == (b.comment or "") then return false end
  local left, right = {}, {}
  for key, value in pairs(a) do left[key] = key ~= "comment" and value or nil end
  for key, value in pairs(b) do right[key] = key ~= "comment" and value or nil end
  return ops.equal(left, right)
end

function M.alter_column(o, ctx)
  local a, b = o.before, o.after
  local heavy = M.written_anew(o, ctx)
  if heavy then return heavy end
  if a.nullable ~= false and b.nullable == false and not M.proved(ctx.table, a.name) then return exclusive("scan") end
  local counts = b.identity or types.is_serial(b.type)
  if counts and not (a.identity or types.is_serial(a.type)) then
    return exclusive(not indexed(ctx.table, a.name) and "scan" or nil, "the counter starts behind the largest value")
  end
  if only_comment(a, b) then return row("SHARE UPDATE EXCLUSIVE") end
  return exclusive()
end

return M
