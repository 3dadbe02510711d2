--- Tables that inherit, partitions among them: how they come to those that they inherit from, and leave them.

local names = require("dialects.postgres.names")
local sql = require("dialects.postgres.sql")

local M, STEPS = {}, {}

-- Our own check, by which a table is proved to hold nothing outside of its bounds before it is attached.
M.BOUNDS = "forgelua_bounds"

--- A parent's name as SQL writes it.
---@param shown string in display form
local function parent_name(shown, d)
  local parts = names.split(shown)
  return d:qname({ schema = parts[2] and parts[1] or "", name = parts[2] or parts[1] })
end

local function parents_sql(options, d)
  local list = {}
  for i, shown in ipairs(options.inherits or {}) do list[i] = parent_name(shown, d) end
  return table.concat(list, ", ")
end

function M.inherits(options) return #((options or {}).inherits or {}) > 0 end
local function bound(options) return sql.given(options.partition_bound) and options.partition_bound or nil end

--- Does the table pass from one parent, or one share of its rows, to another?
---@return boolean
function M.passes(before, after)
  local function key(options) return table.concat(options.inherits or {}, "\0") .. "\1" .. (options.partition_bound or "") end
  return key(before or {}) ~= key(after or {})
end

--- What CREATE TABLE says of a table that inherits, around the list of its own columns and members.
---@param lines string[]
---@return string
function M.create_clause(lines, options, d)
  local body = #lines > 0 and "(\n  " .. table.concat(lines, ",\n  ") .. "\n)" or ""
  if not M.inherits(options) then return body ~= "" and body or "()" end
  if bound(options) then
    return ("PARTITION OF %s%s %s"):format(parents_sql(options, d), body ~= "" and " " .. body or "", options.partition_bound)
  end
  return ("%s\nINHERITS (%s)"):format(body ~= "" and body or "()", parents_sql(options, d))
end

local LIKE = "LIKE %s INCLUDING ALL EXCLUDING IDENTITY EXCLUDING COMMENTS EXCLUDING STATISTICS"

--- The same for a table that is made to be attached: it is its parent's like, and has its indexes.
function M.like_clause(lines, options, d)
  local all = { LIKE:format(parents_sql(options, d)) }
  for _, line in ipairs(lines) do all[#all + 1] = line end
  return "(\n  " .. table.concat(all, ",\n  ") .. "\n)"
end

function M.attach(out, name, options, d)
  if bound(options) then
    return out:add(("ALTER TABLE %s ATTACH PARTITION %s %s"):format(parents_sql(options, d), name, options.partition_bound))
  end
  for _, shown in ipairs(options.inherits or {}) do
    out:add(("ALTER TABLE %s INHERIT %s"):format(name, parent_name(shown, d)))
  end
end

local OUTSIDE = { transactional = false }

-- Beside running statements the server makes a check of the bounds, so that what is planned meanwhile stays right. The checks that
-- the table has of its own are noted first, in the session, and what is new goes again.
local NOTE = [[
BEGIN
  PERFORM set_config('forgelua.checks', (SELECT concat('0', string_agg(',' || oid, '')) FROM pg_constraint
    WHERE conrelid = %s::regclass AND contype = 'c'), false);
END
]]
local FORGET = [[

DECLARE
  one name;
BEGIN
  FOR one IN SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'
      AND NOT oid::text = ANY (string_to_array(current_setting('forgelua.checks', true), ',')) LOOP
    EXECUTE format('ALTER TABLE %%s DROP CONSTRAINT %%I', %s::regclass, one);
  END LOOP;
END
]]

function M.detach(out, name, options, d, concurrently)
  if bound(options) then
    local text = ("ALTER TABLE %s DETACH PARTITION %s"):format(parents_sql(options, d), name)
    return out:add(concurrently and text .. " CONCURRENTLY" or text, concurrently and OUTSIDE or nil)
  end
  for _, shown in ipairs(options.inherits or {}) do
    out:add(("ALTER TABLE %s NO INHERIT %s"):format(name, parent_name(shown, d)))
  end
end

local function has(list, wanted)
  for _, one in ipairs(list or {}) do
    if one == wanted then return true end
  end
  return false
end

-- Parents that stay are not touched: their place in the list alone says nothing.
local function change_parents(out, name, before, after, d)
  local goes, comes = {}, {}
  for _, one in ipairs(before.inherits or {}) do
    if not has(after.inherits, one) then goes[#goes + 1] = one end
  end
  for _, one in ipairs(after.inherits or {}) do
    if not has(before.inherits, one) then comes[#comes + 1] = one end
  end
  M.detach(out, name, { inherits = goes }, d)
  M.attach(out, name, { inherits = comes }, d)
end

--- Takes the table from its old parents to its new ones.
function M.pass(out, name, before, after, d, concurrently)
  if not M.passes(before, after) then return end
  if not bound(before) and not bound(after) then return change_parents(out, name, before, after, d) end
  local stays = concurrently and bound(before) and not M.inherits(after) and d:literal(name)
  if stays then out:add("DO " .. sql.dollar("\n" .. NOTE:format(stays))) end
  M.detach(out, name, before, d, concurrently)
  if stays then out:add("DO " .. sql.dollar(FORGET:format(stays, stays))) end
  M.attach(out, name, after, d)
end

-- Of a table that is attached or detached, what it then has from its parent, or keeps of it, changes hands by itself.
local function each_table(out, step, d, concurrently)
  local bounds
  for _, o in ipairs(step.ops) do
    if o.kind == "table" and o.after then
      d.emit.create_table(out, o, step, d)
      M.attach(out, d:qname(o.after.name), o.after.options, d)
    elseif o.kind == "table" then
      M.detach(out, d:qname(o.before.name), o.before.options, d, concurrently)
      d.emit.drop_table(out, o, step, d)
    elseif o.kind == "shell" then
      M.pass(out, d:qname(o.after.name), o.before.options or {}, o.after.options or {}, d, concurrently)
    elseif o.kind == "check" and (o.before or o.after).name == M.BOUNDS then
      bounds = o
    end
  end
  -- The check that saved the scan; on the way back it is there again until the step that made it is undone.
  if not bounds then return end
  local name = "ALTER TABLE " .. d:qname(bounds.table)
  if bounds.before then return out:add(("%s DROP CONSTRAINT %s"):format(name, d:ident(bounds.before.name))) end
  out:add(("%s ADD %s NOT VALID"):format(name, sql.check_sql(bounds.after, d)))
end

function STEPS.step_attach(out, step, d) each_table(out, step, d, false) end
function STEPS.step_detach_concurrently(out, step, d) each_table(out, step, d, true) end

M.steps = STEPS
return M
