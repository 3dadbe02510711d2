--- Dual-write by triggers.
---
--- A BEFORE trigger cannot assign to NEW in SQLite, so the triggers run after the row is written and update it. Three
--- rules keep that safe: a row in forgelua_marker (written and removed inside the trigger, so that no other connection
--- ever sees it) keeps triggers from chasing one another and lets a backfill through; every write is OR IGNORE, so that a
--- value that a constraint refuses never fails the application's own statement; what could not be written is found by
--- looking, and logged.

local dialect = require("forge.dialect")
local ddl = require("dialects.sqlite.ddl")
local common = require("dialects.sqlite.sync_parts")
local tables = require("dialects.sqlite.sync_tables")

local M = {}

local ident = ddl.ident
local held, log_sql, matches, may_name, over_row, row_columns, trigger = common.held, common.log_sql, common.matches, common.may_name,
  common.over_row, common.row_columns, common.trigger

M.MARKER_SQL = "CREATE TABLE IF NOT EXISTS forgelua_marker (name TEXT PRIMARY KEY) WITHOUT ROWID"

--- Which side of a pair a batch writes: the new one, or on the way back the old one.
function M.side(work, step) return work.kind ~= "copy" and step.direction == "backward" and "back" or "on" end

--- What begins a batch of that side, and what ends any: the triggers know by it whose rows they see.
function M.batch_begins(side)
  return "INSERT INTO forgelua_marker (name) VALUES ('backfill')" .. (side == "back" and ", ('back')" or "")
end
M.kBatchEnds = "DELETE FROM forgelua_marker WHERE name IN ('backfill', 'back')"

local ERRORS_SQL = [[
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id INTEGER PRIMARY KEY,
  sync TEXT NOT NULL,
  table_name TEXT NOT NULL,
  row_key TEXT,
  column_name TEXT,
  value TEXT,
  at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
)]]

local function nullable(t, name)
  local col = ddl.find(t.columns, name)
  return not col or col.nullable
end

local function part_of(parts, name)
  for _, part in ipairs(parts) do
    if part.column == name or ((part.expr or ""):lower():find(name:lower(), 1, true)) then return true end
  end
  return false
end

-- May a constraint refuse a value of the column?
local function refusable(t, name)
  for _, check in ipairs(t.checks or {}) do
    if check.expr:lower():find(name:lower(), 1, true) then return true end
  end
  for _, key in ipairs(t.uniques or {}) do
    if part_of(key.parts, name) then return true end
  end
  for _, index in ipairs(t.indexes or {}) do
    if index.unique and (part_of(index.parts, name)) then return true end
  end
  return t.primary_key ~= nil and part_of(t.primary_key.parts, name)
end

-- One direction of a pair: target ← expr, for rows of which `condition` holds. Where a constraint may refuse the value
-- the target is emptied first, so that nothing stale is left behind.
local function assign(body, sync, t, keys, one)
  local name = ident(one.target)
  local where = " WHERE " .. matches(keys, "NEW") .. " AND " .. one.condition
  local table_name = ident(t.name.name)
  if one.expr == "" then
    if one.clears and nullable(t, one.target) then
      body[#body + 1] = "  UPDATE OR IGNORE " .. table_name .. " SET " .. name .. " = NULL" .. where
    end
    return
  end
  local value = held(t, one.target, over_row(t, one.expr, "NEW"))
  if nullable(t, one.target) then
    if one.clears and refusable(t, one.target) then
      body[#body + 1] = "  UPDATE OR IGNORE " .. table_name .. " SET " .. name .. " = NULL" .. where
    end
  else
    where = where .. " AND " .. value .. " IS NOT NULL"
  end
  body[#body + 1] = "  UPDATE OR IGNORE " .. table_name .. " SET " .. name .. " = " .. value .. where
  if one.source and one.source ~= "" then
    local source = "NEW." .. ident(one.source)
    body[#body + 1] = log_sql(sync, t, keys, "NEW", one.target, "quote(" .. source .. ")", "FROM " .. table_name
      .. " WHERE " .. matches(keys, "NEW") .. " AND " .. one.condition .. " AND " .. source
      .. " IS NOT NULL AND " .. table_name .. "." .. name .. " IS NULL")
  end
end

local function changed(name) return "NEW." .. ident(name) .. " IS NOT OLD." .. ident(name) end

-- Where neither was given, a side that must not stay NULL is computed, from the row as it stands by now.
local function fill_required(body, t, keys, pair)
  if pair.lead ~= "required" then return end
  body[#body + 1] = ("  UPDATE OR IGNORE %s SET %s = (%s) WHERE %s AND %s IS NULL AND %s IS NULL"):format(ident(t.name.name),
    ident(pair.new), pair.up, matches(keys, "NEW"), ident(pair.new), ident(pair.old))
end

-- Does the new side lead?
local function leads(pair) return pair.lead == "new" or pair.lead == "required" end

-- The condition that nobody stated the new side, where both have one constant as their default: what is no default has been stated.
local function unstated(t, pair)
  local old, new = ddl.find(t.columns, pair.old), ddl.find(t.columns, pair.new)
  local default = old and new and ddl.constant_default(new.default) and ddl.default_sql(new.default)
  if not default or default ~= ddl.default_sql(old.default) then return nil end
  -- IS TRUE would ask whether it is no zero.
  local value = new.default.kind == "boolean" and (default == "TRUE" and "1" or "0") or default
  return "NEW." .. ident(pair.new) .. " COLLATE BINARY IS " .. value
end

local function insert_pair(body, sync, t, keys, pair)
  local new_leads = leads(pair)
  local follower = ident(new_leads and pair.old or pair.new)
  local up = { target = pair.new, source = pair.old, expr = pair.up or "" }
  local down = { target = pair.old, source = pair.new, expr = pair.down or "" }
  -- The application that wrote the follower's side knows only that one: its value stands.
  up.condition = "NEW." .. follower .. (new_leads and " IS NOT NULL" or " IS NULL")
  down.condition = "NEW." .. follower .. (new_leads and " IS NULL" or " IS NOT NULL")
  local default = unstated(t, pair)
  if default then up.condition, down.condition = default, "NOT (" .. default .. ")" end
  assign(body, sync, t, keys, up)
  assign(body, sync, t, keys, down)
  fill_required(body, t, keys, pair)
end

local function update_pair(body, sync, t, keys, pair)
  local new_leads = leads(pair)
  local old_changed, new_changed = changed(pair.old), changed(pair.new)
  local up = { target = pair.new, source = pair.old, expr = pair.up or "", clears = true }
  local down = { target = pair.old, source = pair.new, expr = pair.down or "", clears = true }
  up.condition = old_changed .. (new_leads and " AND NOT (" .. new_changed .. ")" or "")
  down.condition = new_changed .. (new_leads and "" or " AND NOT (" .. old_changed .. ")")
  assign(body, sync, t, keys, up)
  assign(body, sync, t, keys, down)
  fill_required(body, t, keys, pair)
end

local function pair_columns(pairs_)
  local list = {}
  for _, pair in ipairs(pairs_) do
    list[#list + 1] = ident(pair.old)
    list[#list + 1] = ident(pair.new)
  end
  return table.concat(list, ", ")
end

-- What a batch computes from must stay as it is: the application's own triggers fire for its rows, and one that keeps the time of
-- the last change would set the old column as the new one is filled.
local function create_kept(out, sync, t, suffix, names, batch)
  local differ, sets = {}, {}
  for _, col in ipairs(t.columns) do
    if names[col.name] and not col.generated then
      differ[#differ + 1], sets[#sets + 1] = changed(col.name), ident(col.name) .. " = OLD." .. ident(col.name)
    end
  end
  if #sets == 0 then return end
  local there = "EXISTS (SELECT 1 FROM forgelua_marker WHERE name = '%s')"
  out:add(table.concat({
    "CREATE TRIGGER " .. ident(sync.name.name .. suffix) .. " AFTER UPDATE ON " .. ident(t.name.name),
    "WHEN " .. there:format("backfill") .. " AND " .. batch .. there:format("back") .. " AND NOT " .. there:format("kept")
      .. " AND (" .. table.concat(differ, " OR ") .. ")",
    "BEGIN", "  INSERT INTO forgelua_marker (name) VALUES ('kept');",
    "  UPDATE " .. ident(t.name.name) .. " SET " .. table.concat(sets, ", ") .. " WHERE " .. matches(row_columns(t), "NEW") .. ";",
    "  DELETE FROM forgelua_marker WHERE name = 'kept';", "END",
  }, "\n"))
end

local function sides_of(sync)
  local old, new = {}, {}
  for _, pair in ipairs(sync.pairs) do old[pair.old], new[pair.new] = true, true end
  return old, new
end

local function create_columns(out, sync, t)
  local keys = row_columns(t)
  local inserted, updated = {}, {}
  for _, pair in ipairs(sync.pairs) do
    insert_pair(inserted, sync, t, keys, pair)
    update_pair(updated, sync, t, keys, pair)
  end
  local marker = sync.name.name
  out:add(trigger(sync, "_ins", "INSERT", t, marker, inserted))
  out:add(trigger(sync, "_upd", "UPDATE OF " .. pair_columns(sync.pairs), t, marker, updated))
  local old, new = sides_of(sync)
  create_kept(out, sync, t, "_kept", old, "NOT ")
  create_kept(out, sync, t, "_back", new, "")
end

-- What was computed from a row follows when the row changes, for as long as nobody has stated another value: a source
-- column may go with the old application. nil where the expression reads no other column.
local function sources_changed(t, pair)
  local parts = {}
  for _, col in ipairs(t.columns) do
    if col.name ~= pair.new and may_name(pair.up or "", col.name) then parts[#parts + 1] = changed(col.name) end
  end
  if #parts == 0 then return nil end
  return ("(%s) AND NOT (%s) AND OLD.%s IS %s"):format(table.concat(parts, " OR "), changed(pair.new), ident(pair.new),
    over_row(t, pair.up, "OLD"))
end

-- The row as it stands: of a pair of columns whose triggers have run before these, NEW still lacks the one that was not written. Where
-- they run after these, what they write makes the value follow.
local function fill(body, t, keys, pair, condition)
  local name = ident(pair.new)
  local value = held(t, pair.new, "(" .. pair.up .. ")")
  local where = " WHERE " .. matches(keys, "NEW") .. " AND " .. condition
  if not nullable(t, pair.new) then where = where .. " AND " .. value .. " IS NOT NULL" end
  body[#body + 1] = "  UPDATE OR IGNORE " .. ident(t.name.name) .. " SET " .. name .. " = " .. value .. where
end

local function create_fill(out, sync, t)
  local keys = row_columns(t)
  local inserted, updated = {}, {}
  for _, pair in ipairs(sync.pairs) do
    local empty = ident(pair.new) .. " IS NULL"
    local follows = not leads(pair) and sources_changed(t, pair)
    fill(inserted, t, keys, pair, empty)
    fill(updated, t, keys, pair, follows and "(" .. empty .. " OR " .. follows .. ")" or empty)
  end
  out:add(trigger(sync, "_ins", "INSERT", t, sync.name.name, inserted))
  out:add(trigger(sync, "_upd", "UPDATE", t, sync.name.name, updated))
end

local function table_of(step, q)
  local key = dialect.key(q)
  return step.tables and (step.tables.after[key] or step.tables.before[key])
end

--- Makes a sync's triggers and the two small tables that they use.
function M.create(out, o, step)
  local sync = o.after
  local t = table_of(step, sync.table)
  if not t then error(("sync '%s': the step does not know table '%s'"):format(sync.name.name, sync.table.name), 0) end
  out:add(M.MARKER_SQL)
  out:add(ERRORS_SQL)
  if sync.kind == "columns" then create_columns(out, sync, t)
  elseif sync.kind == "fill" then create_fill(out, sync, t)
  else tables.create(out, sync, t, table_of(step, sync.target)) end
end

local kOtherTriggers = { table = { "_del" }, columns = { "_kept", "_back" } }

--- Drops a sync's triggers. Its two tables serve other syncs too; work.cleanup drops them.
function M.drop(out, o)
  local name = o.before.name.name
  out:add("DROP TRIGGER IF EXISTS " .. ident(name .. "_ins"))
  out:add("DROP TRIGGER IF EXISTS " .. ident(name .. "_upd"))
  for _, suffix in ipairs(kOtherTriggers[o.before.kind] or {}) do out:add("DROP TRIGGER IF EXISTS " .. ident(name .. suffix)) end
end

return M
