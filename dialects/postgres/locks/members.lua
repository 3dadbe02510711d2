--- What changes of keys, indexes, foreign keys, checks and exclusions take.

local answers = require("dialects.postgres.locks.answers")
local constraints = require("dialects.postgres.emit.constraints")
local ops = require("forge.ops")

local M = {}

local row, none, exclusive, shown = answers.row, answers.none, answers.exclusive, answers.shown

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

return M
