--- What each operation takes on the server: measured on versions 12 to 18, held by a test on the real thing.

local columns = require("dialects.postgres.emit.columns")
local constraints = require("dialects.postgres.emit.constraints")
local objects = require("dialects.postgres.emit.objects")
local partitions = require("dialects.postgres.emit.partitions")
local ops = require("forge.ops")
local sql = require("dialects.postgres.sql")
local types = require("dialects.postgres.types")

local M = {}

local BLOCKS = {
  ["ACCESS EXCLUSIVE"] = "reads and writes", ["EXCLUSIVE"] = "writes", ["SHARE ROW EXCLUSIVE"] = "writes",
  ["SHARE"] = "writes", ["SHARE UPDATE EXCLUSIVE"] = "DDL", ["ROW SHARE"] = "nothing", ["ACCESS SHARE"] = "nothing",
  ["ROW EXCLUSIVE"] = "nothing", [""] = "nothing",
}

-- `work` is nil (only the catalog is written), "scan" or "rewrite".
local function row(lock, work, note, also)
  local blocks = BLOCKS[lock]
  local held = blocks == "writes" or blocks == "reads and writes"
  return {
    lock = lock, blocks = blocks, rewrite = work == "rewrite", scan = work ~= nil,
    brief = work == nil or not held, note = note, also_locks = also or {},
    online = work == nil or (work == "scan" and not held),
  }
end

local function none(note) return row("", nil, note) end
local function exclusive(work, note, also) return row("ACCESS EXCLUSIVE", work, note, also) end

local function shown(q) return q.schema and q.schema ~= "" and q.schema .. "." .. q.name or q.name end

-- Tables that the foreign keys of `t` point at, itself left out.
local function referenced(t)
  local list, seen = {}, { [shown(t.name)] = true }
  for _, key in ipairs(t.foreign_keys or {}) do
    local name = shown(key.ref)
    if not seen[name] then
      seen[name] = true
      list[#list + 1] = name
    end
  end
  return list
end

for _, word in ipairs({ "create_schema", "drop_schema", "alter_schema", "rename_schema", "create_enum", "drop_enum",
                        "rename_enum", "create_sequence", "drop_sequence", "alter_sequence", "rename_sequence" }) do
  M[word] = function() return none() end
end

function M.alter_enum(o)
  local how, renamed = objects.enum_change(o.before.values, o.after.values)
  if how == "rebuild" then
    return exclusive("rewrite", "every table with a column of this type is written anew; a row that holds a value "
      .. "which goes away stops the step")
  end
  if how == "add" then return none("a new value can be used once the transaction has committed") end
  if how == "rename" then
    local list = {}
    for i, pair in ipairs(renamed) do list[i] = ("'%s' reads as '%s'"):format(pair[1], pair[2]) end
    return none("rows are not touched: " .. table.concat(list, ", "))
  end
  return none()
end

-- A check of the bounds that every row has been found to satisfy.
local function bounds_proved(t)
  for _, check in ipairs((t or {}).checks or {}) do
    if check.name == partitions.BOUNDS and not check.not_valid then return true end
  end
  return false
end

-- A table that passes to or from another one: it is locked whole, and the other as the statement asks.
local function passing(o, ctx)
  local side = (o.after and o.after.options or {}).inherits and #o.after.options.inherits > 0 and o.after or o.before
  local options = side.options or {}
  local also = options.inherits or {}
  if (options.partition_bound or "") == "" then
    return exclusive(nil, "the tables that it inherits from are locked as well (SHARE UPDATE EXCLUSIVE)", also)
  end
  if o.after and side == o.after then
    local work = not bounds_proved(ctx.table) and "scan" or nil
    return exclusive(work, "the partitioned table is locked as well (SHARE UPDATE EXCLUSIVE); a check of the same bounds "
      .. "saves the scan; a DEFAULT partition is scanned, too", also)
  end
  if ctx.form == "detach_concurrently" then
    return exclusive(nil, "the partitioned table stays open (SHARE UPDATE EXCLUSIVE); waits for statements that began before it", also)
  end
  return exclusive(nil, "the partitioned table is locked as well", also)
end

function M.create_table(o, ctx)
  local options = o.after.options or {}
  if options.inherits and #options.inherits > 0 then
    if ctx.form == "attach" then
      return row("SHARE UPDATE EXCLUSIVE", nil, "on the partitioned table; a DEFAULT partition is scanned and locked", options.inherits)
    end
    local partition = (options.partition_bound or "") ~= ""
    return row(partition and "ACCESS EXCLUSIVE" or "SHARE UPDATE EXCLUSIVE", nil, "on the tables that it inherits from", options.inherits)
  end
  local also = referenced(o.after)
  if #also == 0 then return none() end
  return row("SHARE ROW EXCLUSIVE", nil, "on the tables that its foreign keys refer to", also)
end

function M.drop_table(o)
  local also = referenced(o.before)
  return exclusive(nil, #also > 0 and "the tables that its foreign keys refer to are locked as well" or nil, also)
end

function M.alter_table(o, ctx)
  local a, b = o.before.options or {}, o.after.options or {}
  if partitions.passes(a, b) then return passing(o, ctx) end
  if (a.unlogged or false) ~= (b.unlogged or false) or (a.tablespace or "") ~= (b.tablespace or "") then
    return exclusive("rewrite")
  end
  if not sql.same_name(o.before.name, o.after.name) then return exclusive() end
  return row("SHARE UPDATE EXCLUSIVE")
end

function M.rename_table() return exclusive() end

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

-- Is the column proved to be without NULLs by a validated check of the table?
local function proved(t, name)
  for _, check in ipairs(t and t.checks or {}) do
    if not check.not_valid and not check.not_enforced then
      local text = check.expr:gsub('[%s"()]+', " "):match("^%s*(.-)%s*$"):lower()
      if text == name:lower() .. " is not null" then return true end
    end
  end
  return t and t.primary_key ~= nil and M.in_key(t.primary_key, name)
end

function M.in_key(key, name)
  for _, part in ipairs(key.parts or {}) do
    if part.column == name then return true end
  end
  return false
end

local function indexed(t, name)
  if not t then return false end
  local lists = { t.indexes or {}, t.uniques or {}, { t.primary_key } }
  for _, list in ipairs(lists) do
    for _, index in ipairs(list) do
      if M.in_key(index, name) then return true end
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

function M.alter_column(o, ctx)
  local a, b = o.before, o.after
  local heavy = regenerated(o) or retyped(o, ctx)
  if heavy then return heavy end
  if a.nullable ~= false and b.nullable == false and not proved(ctx.table, a.name) then return exclusive("scan") end
  local counts = b.identity or types.is_serial(b.type)
  if counts and not (a.identity or types.is_serial(a.type)) then
    return exclusive(not indexed(ctx.table, a.name) and "scan" or nil, "the counter starts behind the largest value")
  end
  if M.only_comment(a, b) then return row("SHARE UPDATE EXCLUSIVE") end
  return exclusive()
end

function M.only_comment(a, b)
  if (a.comment or "") == (b.comment or "") then return false end
  local left, right = {}, {}
  for key, value in pairs(a) do left[key] = key ~= "comment" and value or nil end
  for key, value in pairs(b) do right[key] = key ~= "comment" and value or nil end
  return ops.equal(left, right)
end

local function using_index(ctx) return ctx.form == "using_index" end

local function is_spread(ctx) return ((ctx.table and ctx.table.options or {}).partition_by or "") ~= "" end
local function from_partitions(ctx) return ctx.form == "from_partitions" end

local function add_key(_, ctx)
  if from_partitions(ctx) then return exclusive(nil, "the partitions are locked in SHARE; they have their keys already") end
  if using_index(ctx) then return exclusive(nil, "the index is there already") end
  return exclusive("scan", "its index is built under the lock")
end
M.add_primary_key, M.add_unique = add_key, add_key

function M.drop_primary_key(_, ctx)
  if from_partitions(ctx) and not is_spread(ctx) then return none() end
  return exclusive()
end
M.drop_unique, M.drop_check, M.drop_exclusion = M.drop_primary_key, M.drop_primary_key, M.drop_primary_key

local function same_but_name(a, b)
  local copy = {}
  for key, value in pairs(b) do copy[key] = value end
  copy.name = a.name
  return ops.equal(a, copy)
end

local function alter_key(o, ctx)
  if same_but_name(o.before, o.after) then return exclusive() end
  return add_key(o, ctx)
end
M.alter_primary_key, M.alter_unique, M.alter_exclusion = alter_key, alter_key, alter_key

for _, word in ipairs({ "rename_primary_key", "rename_unique", "rename_foreign_key", "rename_check",
                        "rename_exclusion" }) do
  M[word] = function() return exclusive() end
end

function M.add_exclusion() return exclusive("scan", "no online form: its index is built under the lock") end

function M.create_index(_, ctx)
  if ctx.form == "concurrently" then
    return row("SHARE UPDATE EXCLUSIVE", "scan", "waits for transactions that began before it; one that is broken off "
      .. "leaves an INVALID index, which is dropped and built again")
  end
  if from_partitions(ctx) and is_spread(ctx) then
    return row("SHARE", nil, "the partitions are locked as well; they have their indexes already")
  end
  -- The way back of what took an index over: that goes with it.
  if using_index(ctx) or from_partitions(ctx) then return none() end
  return row("SHARE", "scan")
end

function M.drop_index(_, ctx)
  if ctx.form == "concurrently" then
    return row("SHARE UPDATE EXCLUSIVE", nil, "waits for transactions that began before it")
  end
  if using_index(ctx) then return none() end
  if from_partitions(ctx) and not is_spread(ctx) then return none() end
  return exclusive()
end

function M.alter_index(o, ctx)
  if constraints.index_alters_in_place(o.before, o.after) then
    return none("only the index is locked (SHARE UPDATE EXCLUSIVE)")
  end
  if ctx.form == "concurrently" then return M.create_index(o, ctx) end
  return exclusive("scan", "the index is dropped and built anew")
end

function M.rename_index() return none("only the index is locked (SHARE UPDATE EXCLUSIVE)") end

local function parent(o)
  local key = o.after or o.before
  return shown(key.ref) ~= shown(o.table) and { shown(key.ref) } or {}
end

function M.add_foreign_key(o)
  if o.after.not_valid or o.after.not_enforced then return row("SHARE ROW EXCLUSIVE", nil, nil, parent(o)) end
  return row("SHARE ROW EXCLUSIVE", "scan", "both tables are read under the lock", parent(o))
end

function M.drop_foreign_key(o) return exclusive(nil, "the referenced table is locked as well", parent(o)) end

local function only_validates(o)
  if not (o.before.not_valid and not o.after.not_valid) then return false end
  local a, b = {}, {}
  for key, value in pairs(o.before) do a[key] = key ~= "not_valid" and key ~= "name" and value or nil end
  for key, value in pairs(o.after) do b[key] = key ~= "not_valid" and key ~= "name" and value or nil end
  return ops.equal(a, b)
end

function M.alter_foreign_key(o)
  if only_validates(o) then
    if o.before.name ~= o.after.name then return exclusive("scan") end
    return row("SHARE UPDATE EXCLUSIVE", "scan", "the referenced table is locked in ROW SHARE", parent(o))
  end
  if same_but_name(o.before, o.after) then return exclusive() end
  local a, b = {}, {}
  for key, value in pairs(o.before) do a[key] = key ~= "deferrable" and key ~= "deferred" and value or nil end
  for key, value in pairs(o.after) do b[key] = key ~= "deferrable" and key ~= "deferred" and value or nil end
  if same_but_name(a, b) then return exclusive() end
  return exclusive(not o.after.not_valid and "scan" or nil, "dropped and added again", parent(o))
end

function M.add_check(o)
  if o.after.not_valid or o.after.not_enforced then return exclusive() end
  return exclusive("scan")
end

function M.alter_check(o)
  if only_validates(o) and o.before.name == o.after.name then return row("SHARE UPDATE EXCLUSIVE", "scan") end
  if same_but_name(o.before, o.after) or o.after.not_valid then return exclusive() end
  return exclusive("scan")
end

local function uses(view)
  local list = {}
  for i, name in ipairs(view.uses or {}) do list[i] = shown(name) end
  return list
end

function M.create_view(o)
  if o.after.materialized then return row("ACCESS SHARE", "scan", "the query runs once", uses(o.after)) end
  return row("ACCESS SHARE", nil, nil, uses(o.after))
end

-- A swap locks its views first, by a statement that locks what they read with them.
function M.drop_view(o, ctx)
  if ctx.form == "swap" and not o.before.materialized then
    return exclusive(nil, "the view is locked with the tables that it reads", uses(o.before))
  end
  return none("only the view is locked (ACCESS EXCLUSIVE)")
end
function M.alter_view(o)
  local made = M.create_view(o)
  made.note = "the view is locked (ACCESS EXCLUSIVE)"
  return made
end
function M.rename_view() return none("only the view is locked (ACCESS EXCLUSIVE)") end

function M.create_sync() return row("SHARE ROW EXCLUSIVE", nil, "a trigger is added") end
function M.drop_sync() return exclusive(nil, "a trigger is dropped") end

-- Does a domain ask more of the values that columns have already?
local function asks_more(a, b)
  if b.create:find("NOT NULL", 1, true) and not a.create:find("NOT NULL", 1, true) then return true end
  local known = {}
  for _, part in ipairs(a.parts or {}) do known[part.key] = part.make end
  for _, part in ipairs(b.parts or {}) do
    if part.key:find("^check ") and known[part.key] ~= part.make and not part.make:find("NOT VALID", 1, true) then return true end
  end
  return false
end

-- A definition that belongs to a table locks it; a domain that asks more, the tables that have columns of it.
local function definition(o)
  local one = o.after or o.before
  if one.kind == "domain" and o.before and o.after and asks_more(o.before, o.after) then
    return row("SHARE", "scan", "on the tables that have columns of the domain")
  end
  if not one.on then return none("only the object itself is locked") end
  if one.kind == "trigger" and not o.before then return row("SHARE ROW EXCLUSIVE", nil, "a trigger is added") end
  return exclusive(nil, "a " .. one.kind .. " changes")
end
M.create_definition, M.drop_definition, M.alter_definition = definition, definition, definition

function M.run_raw(o)
  return { lock = "unknown", blocks = "reads and writes", rewrite = false, scan = false, brief = false, online = false,
           note = "stated by hand: " .. ((o.after or o.before).why or "its locks are not known"), also_locks = {} }
end
M.undo_raw = M.run_raw

-- What says a value of an enum follows it by itself where the value gets another name.
for _, word in ipairs({ "alter_column", "alter_check", "alter_index", "alter_view" }) do
  local otherwise = M[word]
  M[word] = function(o, ctx)
    if ctx.form == "enum_values" then return none() end
    return otherwise(o, ctx)
  end
end

--- Rows moved in batches: row locks only, each for the length of a batch.
function M.work(work)
  local also = work.kind == "copy" and { shown(work.target) } or {}
  return row("ROW EXCLUSIVE", nil, "rows are locked for the length of a batch", also)
end

--- The known way to do it without a long lock, as `direct` carries it out; nil where there is none or none is needed.
---@return string? "not_null_by_check", "not_valid_validate", "concurrently", "using_index", "from_partitions"
function M.safe_form(o, ctx)
  local spread = (ctx.table and ctx.table.options or {}).partition_by or ""
  if o.op == "add_foreign_key" and ctx.d:since(18) then spread = "" end
  local indexed_by = o.op == "create_index" or o.op == "add_unique" or o.op == "add_primary_key"
  if spread ~= "" and indexed_by then return "from_partitions" end
  if spread ~= "" and o.op ~= "add_check" and o.kind ~= "column" and o.op ~= "alter_check" then return nil end
  if o.op == "create_index" or o.op == "drop_index" or
     (o.op == "alter_index" and not constraints.index_alters_in_place(o.before, o.after)) then
    return "concurrently"
  end
  if o.op == "add_unique" or o.op == "add_primary_key" then return "using_index" end
  if o.op == "add_foreign_key" or o.op == "add_check" then
    if o.after.not_valid or o.after.not_enforced then return nil end
    return "not_valid_validate"
  end
  local replaces = o.before and o.after and o.before.name == o.after.name and not M[o.op](o, ctx).online
  if replaces and (o.op == "alter_check" or o.op == "alter_foreign_key") then return "not_valid_validate" end
  if replaces and o.op == "alter_unique" then return "using_index" end
  local sets = o.kind == "column" and o.before and o.after and o.before.nullable ~= false and o.after.nullable == false
  if sets and not proved(ctx.table, o.before.name) and not (regenerated(o) or retyped(o, ctx)) then
    return "not_null_by_check"
  end
end

return M
