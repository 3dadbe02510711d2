--- Dual-write by triggers. Nothing in them may fail the application's statement: a value that cannot be carried over is
--- logged in forgelua_sync_errors and left NULL. The triggers keep the sql_mode that they are made under, so a value that
--- does not fit is an error for them (and caught) in whatever mode the application runs.

local dialect = require("forge.dialect")
local held = require("dialects.mysql.held")
local row = require("dialects.mysql.row")
local state = require("dialects.mysql.state")

local M = {}

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

-- A short, stable sum of a name, for names that must be cut.
local function checksum(text)
  local sum = 5381
  for i = 1, #text do sum = (sum * 33 + text:byte(i)) % 4294967296 end
  return ("%08x"):format(sum)
end

-- A sync of tables says its target in the names: when two tables change places, the triggers of both directions stand for
-- a moment, under one sync's name.
local function trigger_name(sync, suffix)
  local base = sync.name.name or sync.name
  if sync.kind == "table" then suffix = "_" .. checksum(sync.target.name):sub(-4) .. suffix end
  if #base + #suffix > 64 then base = base:sub(1, 55 - #suffix) .. "_" .. checksum(base) end
  return base .. suffix
end

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

local function key_names(t)
  local out = {}
  if t.primary_key then
    for _, part in ipairs(t.primary_key.parts) do if part.column then out[#out + 1] = part.column end end
  end
  return out
end

-- The row's key as text, for the log.
local function key_text(d, names, side)
  if #names == 0 then return "NULL" end
  local out = {}
  for i, name in ipairs(names) do out[i] = side .. "." .. d:ident(name) end
  return #out == 1 and ("CAST(%s AS CHAR)"):format(out[1]) or "CONCAT_WS(',', " .. table.concat(out, ", ") .. ")"
end

local function log(d, t, sync, column, keys, side)
  return ("INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES (%s, %s, %s, %s, forgelua_message);")
    :format(d:literal(sync.name.name), d:literal(column), key_text(d, keys, side), held.row_json(d, t, side .. "."))
end

local function trigger(d, sync, suffix, timing, event, body)
  local name = { schema = sync.table.schema, name = trigger_name(sync, suffix) }
  return ("CREATE TRIGGER %s %s %s ON %s FOR EACH ROW\nforgelua_sync: BEGIN\n%s\nEND"):format(
    d:qname(name), timing, event, d:qname(sync.table), body)
end

local kCatch = [[
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;]]

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
  local out = { kCatch }
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
  local out = { kCatch }
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
  local out = { kCatch }
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

-- Sync to another table. A target that is not there (it is being swapped) is passed over: 1146. A row that is still
-- referred to (1451) may be so only in the moment between a swap and its foreign keys: the statement is then refused as it
-- would have been before. "Data truncated" (1265) is an error of strict mode that bears a warning's state.
local kCatchTable = [[
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;]]

local function key_match(d, t, sync, side)
  local out = {}
  for i, name in ipairs(sync.key) do
    local expr = name
    for _, column in ipairs(sync.columns) do if column.to == name then expr = column.expr end end
    out[i] = d:ident(name) .. " = " .. row.expr(d, t, expr, side)
  end
  return table.concat(out, " AND ")
end

local function value_sql(d, t, column) return column.held or row.expr(d, t, column.expr, "NEW") end

local function insert_sql(d, t, sync, columns)
  local names, values = {}, {}
  for i, column in ipairs(columns or sync.columns) do
    names[i], values[i] = d:ident(column.to), value_sql(d, t, column)
  end
  return ("INSERT INTO %s (%s) VALUES (%s);"):format(
    d:qname(sync.target), table.concat(names, ", "), table.concat(values, ", "))
end

local function update_sql(d, t, sync, side, columns)
  local sets = {}
  for i, column in ipairs(columns or sync.columns) do
    sets[i] = d:ident(column.to) .. " = " .. value_sql(d, t, column)
  end
  return ("UPDATE %s SET %s WHERE %s;"):format(
    d:qname(sync.target), table.concat(sets, ", "), key_match(d, t, sync, side))
end

local function report(d, sync, t, side, rescue)
  return table.concat({
    "  IF forgelua_failed OR forgelua_taken THEN",
    "    SET forgelua_failed = FALSE;",
    "    SET forgelua_taken = FALSE;",
    "    " .. log(d, t, sync, "*", sync.key and #sync.key > 0 and key_names(t) or {}, side) .. (rescue or ""),
    "  END IF;",
  }, "\n")
end

-- What the target can hold of a row that it cannot hold whole. A row whose key changed is found under its old one.
local function salvage(d, t, sync, target, moves)
  local columns, variables = held.split(d, sync.columns, target)
  if #variables == 0 then return "" end
  local out = { "" }
  local function add(line) out[#out + 1] = "    " .. line end
  for _, v in ipairs(variables) do
    add(("SET %s = %s;"):format(v.name, row.expr(d, t, v.expr, "NEW")))
    add(("IF forgelua_failed THEN SET forgelua_failed = FALSE, %s = %s; END IF;"):format(v.name, v.otherwise))
  end
  if moves then add(("DELETE FROM %s WHERE %s;"):format(d:qname(sync.target), key_match(d, t, sync, "OLD"))) end
  add(insert_sql(d, t, sync, columns))
  add("IF forgelua_taken THEN")
  add("  " .. update_sql(d, t, sync, "NEW", columns))
  add("END IF;")
  return table.concat(out, "\n")
end

-- The row is inserted first and updated where it is there already (1062): reading before would lock the gaps beside it, for
-- reads in a trigger lock, and two inserts would wait for each other. Where another unique key is taken the update finds
-- nothing, and the clash is logged.
local function upsert(d, t, sync, target, moves)
  return table.concat({
    "  IF NOT forgelua_moved THEN",
    "    " .. insert_sql(d, t, sync),
    "    IF forgelua_taken THEN",
    "      SET forgelua_taken = FALSE;",
    "      " .. update_sql(d, t, sync, "NEW"),
    ("      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM %s WHERE %s) THEN"):format(
      d:qname(sync.target), key_match(d, t, sync, "NEW")),
    "        SET forgelua_taken = TRUE;",
    "      END IF;",
    "    END IF;",
    "  END IF;",
    report(d, sync, t, "NEW", salvage(d, t, sync, target, moves)),
  }, "\n")
end

-- A row whose key changes keeps what only the target holds of it.
local function move(d, t, sync)
  local out = {}
  for i, name in ipairs(sync.key) do
    local expr = name
    for _, column in ipairs(sync.columns) do if column.to == name then expr = column.expr end end
    out[i] = row.expr(d, t, expr, "OLD") .. " <=> " .. row.expr(d, t, expr, "NEW")
  end
  return table.concat({
    "  IF NOT (" .. table.concat(out, " AND ") .. ") THEN",
    "    " .. update_sql(d, t, sync, "OLD"),
    "    SET forgelua_moved = ROW_COUNT() > 0;",
    "  END IF;",
    "",
  }, "\n")
end

local function delete_body(d, t, sync)
  return table.concat({
    kCatchTable,
    ("  DELETE FROM %s WHERE %s;"):format(d:qname(sync.target), key_match(d, t, sync, "OLD")),
    report(d, sync, t, "OLD"),
  }, "\n")
end

--- The CREATE TRIGGER statements of a sync. Each commits by itself, and applications write between two of them: a row that came by the
--- one for new rows must have its changes and its end seen from then on, so that one is made last.
---@param sync table Sync
---@param t table the table that it stands on
---@param target table|nil the table that a sync of tables writes
---@return string[]
function M.triggers(d, sync, t, target)
  if sync.kind == "fill" then
    return {
      trigger(d, sync, "_u", "BEFORE", "UPDATE", fill_body(d, t, sync, true)),
      trigger(d, sync, "_i", "BEFORE", "INSERT", fill_body(d, t, sync)),
    }
  end
  if sync.kind == "columns" then
    return {
      trigger(d, sync, "_u", "BEFORE", "UPDATE", update_body(d, t, sync)),
      trigger(d, sync, "_i", "BEFORE", "INSERT", insert_body(d, t, sync)),
    }
  end
  local _, variables = held.split(d, sync.columns, target)
  local head = (#variables > 0 and held.declared(variables) .. "\n" or "") .. kCatchTable .. "\n"
  return {
    trigger(d, sync, "_d", "AFTER", "DELETE", delete_body(d, t, sync)),
    trigger(d, sync, "_u", "AFTER", "UPDATE", head .. move(d, t, sync) .. upsert(d, t, sync, target, true)),
    trigger(d, sync, "_i", "AFTER", "INSERT", head .. upsert(d, t, sync, target)),
  }
end

--- The table of the log; it commits, so it stands outside of any LOCK TABLES.
function M.prepare(out) out:add(M.errors_sql) end

--- Makes the triggers of a sync; `on` names the table where it is called otherwise for the moment.
---@param tables table|nil the tables by name, as the step ends
function M.add_triggers(out, d, sync, t, on, tables)
  local copy = sync
  if on then
    copy = {}
    for key, value in pairs(sync) do copy[key] = value end
    copy.table = on
  end
  local target = sync.target and sync.target.name and (tables or {})[dialect.key(sync.target)] or nil
  out:add(M.strict_on)
  for _, sql in ipairs(M.triggers(d, copy, t, target)) do out:add(sql, { delimiter = "//" }) end
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
  M.add_triggers(out, d, o.after, M.table_of(step, o.after), nil, (step.tables or {}).after)
end

function M.drop(out, o, step, d)
  if step.ops[1] == o then state.reset(step) end
  M.drop_triggers(out, d, o.before)
end

return M
