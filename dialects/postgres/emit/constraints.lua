--- Keys, indexes, foreign keys, checks and exclusion constraints; the forms that spare the traffic.

local dialect = require("forge.dialect")
local ops = require("forge.ops")
local names = require("dialects.postgres.names")
local sql = require("dialects.postgres.sql")

local M = {}

local function alter(o, d) return "ALTER TABLE " .. d:qname(o.table) .. " " end

local function rename(out, o, d)
  if o.before.name == o.after.name then return end
  out:add(("%sRENAME CONSTRAINT %s TO %s"):format(alter(o, d), d:ident(o.before.name), d:ident(o.after.name)))
end

-- Equal in everything that `ignored` does not name?
local function same_but(a, b, ignored)
  local left, right = {}, {}
  for key, value in pairs(a) do left[key] = not ignored[key] and value or nil end
  for key, value in pairs(b) do right[key] = not ignored[key] and value or nil end
  for _, part in ipairs({ left, right }) do
    for key, value in pairs(part) do
      -- A member that is empty and one that is absent say the same.
      if value == false or value == "" or (type(value) == "table" and #value == 0) then part[key] = nil end
    end
  end
  return ops.equal(left, right)
end

local function drop(o, d) return "DROP CONSTRAINT " .. d:ident(o.before.name) end

-- drop_X and rename_X are alike for every constraint; add_X and the general alter_X differ in their text only.
local function constraint(word, text, alter_in_place)
  M["add_" .. word] = function(out, o, _, d) out:add(alter(o, d) .. "ADD " .. text(o.after, d)) end
  M["drop_" .. word] = function(out, o, _, d) out:add(alter(o, d) .. drop(o, d)) end
  M["rename_" .. word] = function(out, o, _, d) rename(out, o, d) end
  M["alter_" .. word] = function(out, o, _, d)
    if same_but(o.before, o.after, { name = true }) then return rename(out, o, d) end
    if alter_in_place and alter_in_place(out, o, d) then return end
    out:add(alter(o, d) .. drop(o, d) .. ", ADD " .. text(o.after, d))
  end
end

-- NOT VALID → valid is a scan that blocks nothing; the way back has no command of its own.
local function validate(out, o, d)
  if not (o.before.not_valid and not o.after.not_valid) then return false end
  if not same_but(o.before, o.after, { name = true, not_valid = true }) then return false end
  rename(out, o, d)
  out:add(("%sVALIDATE CONSTRAINT %s"):format(alter(o, d), d:ident(o.after.name)))
  return true
end

local function alter_foreign_key(out, o, d)
  if validate(out, o, d) then return true end
  if not same_but(o.before, o.after, { name = true, deferrable = true, deferred = true }) then return false end
  rename(out, o, d)
  local when = sql.when_checked(o.after)
  if when == "" then when = " NOT DEFERRABLE" end
  out:add(("%sALTER CONSTRAINT %s%s"):format(alter(o, d), d:ident(o.after.name), when))
  return true
end

constraint("primary_key", sql.key_sql)
constraint("unique", sql.key_sql)
constraint("check", sql.check_sql, validate)
constraint("foreign_key", sql.foreign_key_sql, alter_foreign_key)
constraint("exclusion", sql.exclusion_sql)

local function index_comment(out, o, d)
  out:add(sql.comment_sql("INDEX " .. sql.beside(o.table, o.after.name, d), o.after.comment, d))
end

function M.create_index(out, o, _, d)
  out:add(sql.index_sql(o.after, o.table, d))
  if sql.given(o.after.comment) then index_comment(out, o, d) end
end

function M.drop_index(out, o, _, d) out:add("DROP INDEX " .. sql.beside(o.table, o.before.name, d)) end

local IN_PLACE = { name = true, storage = true, comment = true, invisible = true }

local function alter_index_in_place(out, o, d)
  local a, b = o.before, o.after
  if a.name ~= b.name then
    out:add(("ALTER INDEX %s RENAME TO %s"):format(sql.beside(o.table, a.name, d), d:ident(b.name)))
  end
  local name = sql.beside(o.table, b.name, d)
  local set, reset = sql.settings_change(a.storage, b.storage)
  if #set > 0 then out:add(("ALTER INDEX %s SET (%s)"):format(name, sql.settings_sql(set, d))) end
  if #reset > 0 then out:add(("ALTER INDEX %s RESET (%s)"):format(name, table.concat(reset, ", "))) end
  if (a.comment or "") ~= (b.comment or "") then index_comment(out, o, d) end
end

--- Can this change of an index be made without building it anew?
function M.index_alters_in_place(a, b) return same_but(a, b, IN_PLACE) end

function M.alter_index(out, o, step, d)
  if M.index_alters_in_place(o.before, o.after) then return alter_index_in_place(out, o, d) end
  M.drop_index(out, o, step, d)
  M.create_index(out, o, step, d)
end
M.rename_index = M.alter_index

local OUTSIDE = { transactional = false }

local function drop_concurrently(out, table_name, name, d)
  out:add("DROP INDEX CONCURRENTLY IF EXISTS " .. sql.beside(table_name, name, d), OUTSIDE)
end

-- A build that was broken off leaves an INVALID index under the same name: it goes first.
local function build_concurrently(out, o, index, d)
  drop_concurrently(out, o.table, index.name, d)
  out:add(sql.index_sql(index, o.table, d, "concurrently"), OUTSIDE)
end

local function named(index, name)
  local copy = {}
  for key, value in pairs(index) do copy[key] = value end
  copy.name = name
  return copy
end

local CONCURRENTLY = {
  create_index = function(out, o, d)
    build_concurrently(out, o, o.after, d)
    if sql.given(o.after.comment) then index_comment(out, o, d) end
  end,
  drop_index = function(out, o, d) drop_concurrently(out, o.table, o.before.name, d) end,
  alter_index = function(out, o, d)
    if M.index_alters_in_place(o.before, o.after) then return alter_index_in_place(out, o, d) end
    -- The old index serves until the new one stands.
    local aside = names.make(o.after.name, nil, "_new")
    build_concurrently(out, o, named(o.after, aside), d)
    drop_concurrently(out, o.table, o.before.name, d)
    out:add(("ALTER INDEX %s RENAME TO %s"):format(sql.beside(o.table, aside, d), d:ident(o.after.name)))
    if sql.given(o.after.comment) then index_comment(out, o, d) end
  end,
}
CONCURRENTLY.rename_index = CONCURRENTLY.alter_index

--- Index work outside a transaction, beside the traffic.
function M.step_concurrently(out, step, d)
  for _, o in ipairs(step.ops) do
    local render = CONCURRENTLY[o.op]
    if render then render(out, o, d) else d.emit[o.op](out, o, step, d) end
  end
end

local function find(step, wanted)
  for _, o in ipairs(step.ops) do
    if o.op == wanted then return o end
  end
end

-- A partition's key has gone with that of its table where it had become a part of it.
local function of_partition(step, o)
  local t = ((step.tables or {}).before or {})[dialect.key(o.table)]
  return t ~= nil and sql.given((t.options or {}).partition_bound)
end

-- The key takes over an index that was built before it: drop_index and add_key are one statement. The way back drops
-- the key, and the index that it had taken over goes with it.
function M.step_using_index(out, step, d)
  local key_op = find(step, "add_unique") or find(step, "add_primary_key")
  local index_op = find(step, "drop_index")
  local dropped = find(step, "drop_unique") or find(step, "drop_primary_key")
  for _, o in ipairs(step.ops) do
    if o == key_op and index_op then
      local word = o.after.primary and "PRIMARY KEY" or "UNIQUE"
      out:add(("%sADD CONSTRAINT %s %s USING INDEX %s%s"):format(
        alter(o, d), d:ident(o.after.name), word, d:ident(index_op.before.name), sql.when_checked(o.after)))
    elseif o == dropped and of_partition(step, o) then
      out:add(("%sDROP CONSTRAINT IF EXISTS %s"):format(alter(o, d), d:ident(o.before.name)))
    elseif not (o == index_op and key_op) and not (dropped and o.op == "create_index") then
      d.emit[o.op](out, o, step, d)
    end
  end
end

-- What stands on the partitions passes to their table by itself, and goes with what it has become a part of.
local PASSES = { forward = { drop_index = true, drop_unique = true, drop_primary_key = true },
                 backward = { create_index = true, add_unique = true, add_primary_key = true } }

--- An index or key of a partitioned table is made of those of its partitions; on the way back all go at once.
function M.step_from_partitions(out, step, d)
  local passes = PASSES[step.direction == "backward" and "backward" or "forward"]
  for _, o in ipairs(step.ops) do
    if not passes[o.op] then d.emit[o.op](out, o, step, d) end
  end
end

return M
