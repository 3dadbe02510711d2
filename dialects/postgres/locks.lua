--- What each operation takes on the server: measured on versions 12 to 18, held by a test on the real thing.

local answers = require("dialects.postgres.locks.answers")
local columns = require("dialects.postgres.locks.columns")
local constraints = require("dialects.postgres.emit.constraints")
local members = require("dialects.postgres.locks.members")
local objects = require("dialects.postgres.emit.objects")
local partitions = require("dialects.postgres.emit.partitions")
local sql = require("dialects.postgres.sql")

local M = {}

for _, part in ipairs({ columns, members }) do
  for word, answer in pairs(part) do M[word] = answer end
end

local row, none, exclusive, shown = answers.row, answers.none, answers.exclusive, answers.shown

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

-- Kinds that ask less of their table than its own shape does, or ask something of a table that they do not belong to.
local function beside(note) return function() return row("SHARE UPDATE EXCLUSIVE", nil, note) end end
local LIGHT = {
  grant = function() return none("rights stand in the catalog alone") end,
  comment = beside("on what the comment is about"),
  publication = beside("on the tables that are added or taken out"),
  statistics = beside("on the table that they are about"),
  ["statistics target"] = beside("on the table"),
  ["column options"] = beside("on the table"),
}

-- A definition that belongs to a table locks it; a domain that asks more, the tables that have columns of it.
local function definition(o)
  local one = o.after or o.before
  if one.kind == "domain" and o.before and o.after and asks_more(o.before, o.after) then
    return row("SHARE", "scan", "on the tables that have columns of the domain")
  end
  local own = LIGHT[one.kind]
  if own then return own(one) end
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
  if sets and not columns.proved(ctx.table, o.before.name) and not columns.written_anew(o, ctx) then
    return "not_null_by_check"
  end
end

return M
