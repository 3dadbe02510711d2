--- Dual-write by triggers. Nothing in them may fail the application's statement: a value that cannot be carried over is
--- logged in forgelua_sync_errors and left NULL. The triggers keep the sql_mode that they are made under, so a value that
--- does not fit is an error for them (and caught) in whatever mode the application runs.

local dialect = require("forge.dialect")
local common = require("dialects.mysql.sync_parts")
local row = require("dialects.mysql.row")
local state = require("dialects.mysql.state")
local sync_tables = require("dialects.mysql.sync_tables")

local M = {}

local key_names, log, trigger, trigger_name = common.key_names, common.log, common.trigger, common.trigger_name

--- Where values are logged that could not be carried over.
M.errors_table = "forgelua_sync_errors"

--- The statement that makes it.
M.errors_sql = [[CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
)]]

--- The names of a sync's triggers, in the order in which they are made.
---@param sync table Sync
---@return string[]
function M.trigger_names(sync)
  local names = { trigger_name(sync, "_i"), trigger_name(sync, "_u") }
  if sync.kind == "table" then names[3] = trigger_name(sync, "_d") end
  return names
end

--- Strict, so that a bad value is noticed; 0 is a value of an AUTO_INCREMENT column; dates such as 0000-00-00, which old
--- rows may hold, pass.
M.strict_on = "SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',',"
  .. " NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''),"
  .. " 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO')"
M.strict_off = "SET SESSION sql_mode = @forgelua_sql_mode"

--- What @forgelua_backfill says to the triggers: who writes, and which side of a pair.
M.side = { forward = 1, backward = 2, copy = 3 }

local kCatch = [[
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;]]
local kNotBatches = "  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;"

-- What a batch computes from must stay as it is: the application's own triggers fire for its rows, and one that keeps the time of
-- the last change would set the old column as the new one is filled.
local function kept(d, t, pairs_)
  local out = { "  IF @forgelua_backfill IS NOT NULL THEN" }
  local function keep(side, name)
    local col = row.bare(t, name)
    if col and col.generated then return end
    out[#out + 1] = ("    IF @forgelua_backfill = %d THEN SET NEW.%s = OLD.%s; END IF;"):format(side, d:ident(name), d:ident(name))
  end
  for _, pair in ipairs(pairs_) do
    keep(M.side.forward, pair.old)
    keep(M.side.backward, pair.new)
  end
  out[#out + 1] = "    LEAVE forgelua_sync;"
  out[#out + 1] = "  END IF;"
  return table.concat(out, "\n")
end

-- One side computed from the other: what fails is logged and left NULL.
local function compute(d, t, sync, target, expr, indent)
  local to = "NEW." .. d:ident(target)
  if expr == "" then return indent .. "SET " .. to .. " = NULL;" end
  return table.concat({
    indent .. "SET " .. to .. " = " .. row.expr(d, t, expr, "NEW") .. ";",
    indent .. "IF forgelua_failed THEN",
    indent .. "  SET forgelua_failed = FALSE;",
    indent .. "  SET " .. to .. " = NULL;",
    indent .. "  " .. log(d, t, sync, target, key_names(t), "NEW"),
    indent .. "END IF;",
  }, "\n")
end

-- What was computed from a row follows when the row changes, for as long as nobody has stated another value: a source
-- column may go with the old application. The column itself holds what the old row gives, so that it rounds as it did.
local function follow_sources(d, t, sync, pair, inputs)
  local new, differ = d:ident(pair.new), {}
  for i, name in ipairs(inputs) do differ[i] = row.changed(d, t, name) end
  return table.concat({
    ("  ELSEIF (%s) AND NOT (%s) THEN"):format(table.concat(differ, " OR "), row.changed(d, t, pair.new)),
    ("    SET NEW.%s = %s;"):format(new, row.expr(d, t, pair.up, "OLD")),
    ("    IF forgelua_failed OR NOT (NEW.%s <=> OLD.%s) THEN"):format(new, new),
    "      SET forgelua_failed = FALSE;",
    ("      SET NEW.%s = OLD.%s;"):format(new, new),
    "    ELSE",
    compute(d, t, sync, pair.new, pair.up, "      "),
    "    END IF;",
  }, "\n")
end

local function new_leads(pair) return pair.lead == "new" or pair.lead == "required" end

local function fill_body(d, t, sync, updates)
  local out = { kCatch, kNotBatches }
  for _, pair in ipairs(sync.pairs) do
    out[#out + 1] = "  IF NEW." .. d:ident(pair.new) .. " IS NULL THEN"
    out[#out + 1] = compute(d, t, sync, pair.new, pair.up, "    ")
    local inputs = updates and not new_leads(pair) and row.inputs(t, pair.up, pair.new) or {}
    if #inputs > 0 then out[#out + 1] = follow_sources(d, t, sync, pair, inputs) end
    out[#out + 1] = "  END IF;"
  end
  return table.concat(out, "\n")
end

local function sides(pair)
  local old = { name = pair.old, from_other = pair.down or "" }
  local new = { name = pair.new, from_other = pair.up or "" }
  if new_leads(pair) then return new, old end
  return old, new
end

-- Where neither was given, a side that must not stay NULL is computed.
local function fill_required(out, d, t, sync, pair)
  if pair.lead ~= "required" then return end
  out[#out + 1] = ("  IF NEW.%s IS NULL AND NEW.%s IS NULL THEN"):format(d:ident(pair.old), d:ident(pair.new))
  out[#out + 1] = compute(d, t, sync, pair.new, pair.up, "    ")
  out[#out + 1] = "  END IF;"
end

-- The side that does not lead was written by the application that knows it, where it holds a value.
local function insert_body(d, t, sync)
  local out = { kCatch, kNotBatches }
  for _, pair in ipairs(sync.pairs) do
    local lead, other = sides(pair)
    out[#out + 1] = "  IF NEW." .. d:ident(other.name) .. " IS NOT NULL THEN"
    out[#out + 1] = lead.from_other == "" and "    SET forgelua_failed = FALSE;"
      or compute(d, t, sync, lead.name, lead.from_other, "    ")
    out[#out + 1] = "  ELSE"
    out[#out + 1] = other.from_other == "" and "    SET forgelua_failed = FALSE;"
      or compute(d, t, sync, other.name, other.from_other, "    ")
    out[#out + 1] = "  END IF;"
    fill_required(out, d, t, sync, pair)
  end
  return table.concat(out, "\n")
end

local function update_body(d, t, sync)
  local out = { kCatch, kept(d, t, sync.pairs) }
  for _, pair in ipairs(sync.pairs) do
    local lead, other = sides(pair)
    out[#out + 1] = "  IF " .. row.changed(d, t, lead.name) .. " THEN"
    out[#out + 1] = compute(d, t, sync, other.name, other.from_other, "    ")
    out[#out + 1] = "  ELSEIF " .. row.changed(d, t, other.name) .. " THEN"
    out[#out + 1] = compute(d, t, sync, lead.name, lead.from_other, "    ")
    out[#out + 1] = "  END IF;"
    fill_required(out, d, t, sync, pair)
  end
  return table.concat(out, "\n")
end

--- The CREATE TRIGGER statements of a sync. Each commits by itself, and applications write between two of them: a row that came by the
--- one for new rows must have its changes and its end seen from then on, so that one is made last.
---@param sync table Sync
---@param t table the table that it stands on
---@param target table|nil the table that a sync of tables writes
---@param fills table|nil the sync that fills columns of the table, which must find both columns of a pair
---@return string[]
function M.triggers(d, sync, t, target, fills)
  if sync.kind == "fill" then
    return {
      trigger(d, sync, "_u", "BEFORE", "UPDATE", fill_body(d, t, sync, true)),
      trigger(d, sync, "_i", "BEFORE", "INSERT", fill_body(d, t, sync)),
    }
  end
  if sync.kind == "columns" then
    return {
      trigger(d, sync, "_u", "BEFORE", "UPDATE", update_body(d, t, sync), fills),
      trigger(d, sync, "_i", "BEFORE", "INSERT", insert_body(d, t, sync), fills),
    }
  end
  return sync_tables.triggers(d, sync, t, target)
end

--- The table of the log; it commits, so it stands outside of any LOCK TABLES.
function M.prepare(out) out:add(M.errors_sql) end

-- A column is filled from those of a pair once both are equal: of what fills the table while the step runs, the one made first.
local function fills_of(step, sync)
  for _, fill in ipairs(step and step.fills or {}) do
    if dialect.key(fill.table) == dialect.key(sync.table) then return fill end
  end
end

--- Makes the triggers of a sync; `on` names the table where it is called otherwise for the moment.
---@param tables table|nil the tables by name, as the step ends
---@param step table|nil says which syncs fill columns of the table meanwhile
function M.add_triggers(out, d, sync, t, on, tables, step)
  local copy = sync
  if on then
    copy = {}
    for key, value in pairs(sync) do copy[key] = value end
    copy.table = on
  end
  local target = sync.target and sync.target.name and (tables or {})[dialect.key(sync.target)] or nil
  out:add(M.strict_on)
  for _, sql in ipairs(M.triggers(d, copy, t, target, fills_of(step, sync))) do out:add(sql, { delimiter = "//" }) end
  out:add(M.strict_off)
end

function M.drop_triggers(out, d, sync)
  for _, name in ipairs(M.trigger_names(sync)) do
    out:add("DROP TRIGGER IF EXISTS " .. d:qname({ schema = sync.table.schema, name = name }))
  end
end

--- The table that a sync stands on, as the step knows it.
function M.table_of(step, sync)
  local t = state.table(step, sync.table) or ((step.tables or {}).after or {})[dialect.key(sync.table)]
  if not t then
    error(("step '%s': sync '%s' names table '%s', which the step does not state"):format(
      tostring(step.id), sync.name.name, dialect.key(sync.table)), 0)
  end
  return t
end

function M.create(out, o, step, d)
  if step.ops[1] == o then state.reset(step) end
  M.prepare(out)
  M.add_triggers(out, d, o.after, M.table_of(step, o.after), nil, (step.tables or {}).after, step)
end

function M.drop(out, o, step, d)
  if step.ops[1] == o then state.reset(step) end
  M.drop_triggers(out, d, o.before)
end

return M
