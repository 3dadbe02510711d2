--- Dual-write by triggers.
---
--- A BEFORE trigger cannot assign to NEW in SQLite, so the triggers run after the row is written and update it. Three
--- rules keep that safe: a row in forgelua_marker (written and removed inside the trigger, so that no other connection
--- ever sees it) keeps triggers from chasing one another and lets a backfill through; every write is OR IGNORE, so that a
--- value that a constraint refuses never fails the application's own statement; what could not be written is found by
--- looking, and logged.

local dialect = require("forge.dialect")
local ddl = require("dialects.sqlite.ddl")
local types = require("dialects.sqlite.types")

local M = {}

local ident, literal = ddl.ident, ddl.literal

M.MARKER_SQL = "CREATE TABLE IF NOT EXISTS forgelua_marker (name TEXT PRIMARY KEY) WITHOUT ROWID"
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

local function bare(text)
  return (text:gsub("^%s+", ""):gsub("%s+$", ""):gsub('^"(.*)"$', "%1"))
end

-- The row NEW as a table of one row: its columns stand under their bare names and under the table's.
local function new_row(t)
  local list = {}
  for i, col in ipairs(t.columns) do list[i] = "NEW." .. ident(col.name) .. " AS " .. ident(col.name) end
  return "(SELECT " .. table.concat(list, ", ") .. ") AS " .. ident(t.name.name)
end

-- May the text name the column? Letter case and quotes do not count.
local function may_name(text, name)
  local low, word = text:lower(), name:lower()
  if word:find("[^%w_]") then return low:find(word, 1, true) ~= nil end
  return low:find("%f[%w_]" .. word .. "%f[^%w_]") ~= nil
end

-- An expression over NEW or OLD. Columns that it does not name stay out of the trigger, so that it outlives them.
local function over_row(t, expr, side)
  local list = {}
  for _, col in ipairs(t.columns) do
    if may_name(expr, col.name) then list[#list + 1] = side .. "." .. ident(col.name) .. " AS " .. ident(col.name) end
  end
  if #list == 0 then list[1] = "1" end
  return "(SELECT " .. expr .. " FROM (SELECT " .. table.concat(list, ", ") .. ") AS " .. ident(t.name.name) .. ")"
end

local function over_new(t, expr) return over_row(t, expr, "NEW") end

-- In a STRICT table a value of the wrong class is an error that OR IGNORE does not catch: it must not get that far.
local STRICT_TEST = {
  integer = "typeof(%s) IN ('integer', 'null') OR CAST(%s AS INTEGER) = %s",
  int = "typeof(%s) IN ('integer', 'null') OR CAST(%s AS INTEGER) = %s",
  real = "typeof(%s) IN ('real', 'integer', 'null') OR CAST(%s AS REAL) = %s",
  text = "typeof(%s) <> 'blob'", blob = "typeof(%s) IN ('blob', 'null')",
}

local function held(t, name, value)
  local col = ddl.find(t.columns, name)
  if not col or not (t.options and t.options.strict) then return value end
  local test = STRICT_TEST[types.strict_sql(col.type):lower()]
  if not test then return value end
  return "(SELECT CASE WHEN " .. test:gsub("%%s", "v") .. " THEN v END FROM (SELECT " .. value .. " AS v))"
end

-- How rows are found again: by rowid where there is one, else by the primary key.
local function row_columns(t)
  local rowid = ddl.rowid_name(t)
  if rowid then return { rowid } end
  local list = {}
  if not t.primary_key then error(("table '%s' has no key that a trigger could find its rows by"):format(t.name.name), 0) end
  for i, part in ipairs(t.primary_key.parts) do list[i] = ident(part.column) end
  return list
end

local function matches(columns, row)
  local parts = {}
  for i, name in ipairs(columns) do parts[i] = name .. " = " .. row .. "." .. name end
  return table.concat(parts, " AND ")
end

local function key_text(columns, row)
  local parts = {}
  for i, name in ipairs(columns) do parts[i] = "quote(" .. row .. "." .. name .. ")" end
  return table.concat(parts, " || ',' || ")
end

local function nullable(t, name)
  local col = ddl.find(t.columns, name)
  return not col or col.nullable
end

local function log_sql(sync, t, keys, row, column, value, from)
  return "  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT "
    .. table.concat({ literal(sync.name.name), literal(t.name.name), key_text(keys, row), literal(column), value }, ", ")
    .. " " .. from
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
  local value = held(t, one.target, over_new(t, one.expr))
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

local function trigger(sync, suffix, event, t, marker, body)
  local lines = {
    "CREATE TRIGGER " .. ident(sync.name.name .. suffix) .. " AFTER " .. event .. " ON " .. ident(t.name.name),
    "WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', " .. literal(marker) .. "))", "BEGIN",
    "  INSERT INTO forgelua_marker (name) VALUES (" .. literal(marker) .. ");",
  }
  for _, statement in ipairs(body) do lines[#lines + 1] = statement .. ";" end
  lines[#lines + 1] = "  DELETE FROM forgelua_marker WHERE name = " .. literal(marker) .. ";"
  lines[#lines + 1] = "END"
  return table.concat(lines, "\n")
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

local function insert_pair(body, sync, t, keys, pair)
  local new_leads = leads(pair)
  local follower = ident(new_leads and pair.old or pair.new)
  local up = { target = pair.new, source = pair.old, expr = pair.up or "" }
  local down = { target = pair.old, source = pair.new, expr = pair.down or "" }
  -- The application that wrote the follower's side knows only that one: its value stands.
  up.condition = "NEW." .. follower .. (new_leads and " IS NOT NULL" or " IS NULL")
  down.condition = "NEW." .. follower .. (new_leads and " IS NULL" or " IS NOT NULL")
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

local function create_fill(out, sync, t)
  local keys = row_columns(t)
  local inserted, updated = {}, {}
  for _, pair in ipairs(sync.pairs) do
    local empty = "NEW." .. ident(pair.new) .. " IS NULL"
    local follows = not leads(pair) and sources_changed(t, pair)
    local function fill(body, condition)
      assign(body, sync, t, keys, { target = pair.new, source = pair.old, expr = pair.up or "", condition = condition })
    end
    fill(inserted, empty)
    fill(updated, follows and "(" .. empty .. " OR " .. follows .. ")" or empty)
  end
  out:add(trigger(sync, "_ins", "INSERT", t, sync.name.name, inserted))
  out:add(trigger(sync, "_upd", "UPDATE", t, sync.name.name, updated))
end

-- The key of both tables: the sync's own, or the rowid of tables that have nothing else.
local function table_keys(sync, t)
  if #sync.key == 0 then
    local rowid = ddl.rowid_name(t)
    if not rowid then error(("table '%s' has no key to copy it by"):format(t.name.name), 0) end
    return { rowid }, true
  end
  local list = {}
  for i, name in ipairs(sync.key) do list[i] = ident(name) end
  return list, false
end

local function equal_terms(keys, row)
  local parts = {}
  for i, name in ipairs(keys) do parts[i] = name .. " IS " .. row .. "." .. name end
  return table.concat(parts, " AND ")
end

-- Each column of the target with its expression over the source's row.
local function target_values(sync, target)
  local columns, values = {}, {}
  for i, column in ipairs(sync.columns) do
    columns[i] = ident(column.to)
    values[i] = target and held(target, column.to, column.expr) or column.expr
  end
  return columns, values
end

local function update_sql(name, columns, values, keys, t)
  local in_key, names, list = {}, {}, {}
  for _, key in ipairs(keys) do in_key[key] = true end
  for i, column in ipairs(columns) do
    if not in_key[column] then names[#names + 1], list[#list + 1] = column, values[i] end
  end
  if #names == 0 then return nil end
  return "  UPDATE OR IGNORE " .. name .. " SET (" .. table.concat(names, ", ") .. ") = (SELECT "
    .. table.concat(list, ", ") .. " FROM " .. new_row(t) .. ") WHERE " .. equal_terms(keys, "NEW")
end

local function insert_sql(name, columns, values, keys, t, by_rowid)
  local names, list = table.concat(columns, ", "), table.concat(values, ", ")
  if by_rowid then names, list = keys[1] .. ", " .. names, "NEW." .. keys[1] .. ", " .. list end
  return "  INSERT OR IGNORE INTO " .. name .. " (" .. names .. ") SELECT " .. list .. " FROM " .. new_row(t)
    .. " WHERE NOT EXISTS (SELECT 1 FROM " .. name .. " WHERE " .. equal_terms(keys, "NEW") .. ")"
end

-- What the target refused shows as a row that is not as it should be.
local function refused_from(name, columns, values, keys, t)
  local wanted, same = {}, {}
  for i, column in ipairs(columns) do
    wanted[i] = values[i] .. " AS v" .. i
    same[i] = "forgelua_t." .. column .. " IS s.v" .. i
  end
  local terms = {}
  for i, key in ipairs(keys) do terms[i] = "forgelua_t." .. key .. " IS NEW." .. key end
  return "WHERE NOT EXISTS (SELECT 1 FROM " .. name .. " AS forgelua_t, (SELECT " .. table.concat(wanted, ", ") .. " FROM "
    .. new_row(t) .. ") AS s WHERE " .. table.concat(terms, " AND ") .. " AND " .. table.concat(same, " AND ") .. ")"
end

local function upsert(sync, t, target, keys, by_rowid)
  local columns, values = target_values(sync, target)
  local name = ident(sync.target.name)
  local body = { update_sql(name, columns, values, keys, t) }
  body[#body + 1] = insert_sql(name, columns, values, keys, t, by_rowid)
  body[#body + 1] = log_sql(sync, t, keys, "NEW", "", "NULL", refused_from(name, columns, values, keys, t))
  return body
end

-- A value that a conversion turned into NULL: seen where the column of the same name had one.
local function log_lost_values(body, sync, t, keys)
  for _, column in ipairs(sync.columns) do
    if ddl.find(t.columns, column.to) and bare(column.expr) ~= column.to then
      local source = "NEW." .. ident(column.to)
      body[#body + 1] = log_sql(sync, t, keys, "NEW", column.to, "quote(" .. source .. ")", "WHERE " .. source
        .. " IS NOT NULL AND " .. over_new(t, column.expr) .. " IS NULL")
    end
  end
end

local function create_table_sync(out, sync, t, target)
  local keys, by_rowid = table_keys(sync, t)
  -- Both directions between two tables share one marker: neither may answer the other.
  local a, b = sync.table.name, sync.target.name
  local marker = a < b and a .. "|" .. b or b .. "|" .. a
  local name = ident(sync.target.name)
  local inserted = upsert(sync, t, target, keys, by_rowid)
  log_lost_values(inserted, sync, t, keys)
  local moved = "  DELETE FROM " .. name .. " WHERE " .. equal_terms(keys, "OLD") .. " AND NOT ("
  local same_key = {}
  for i, key in ipairs(keys) do same_key[i] = "OLD." .. key .. " IS NEW." .. key end
  local updated = { moved .. table.concat(same_key, " AND ") .. ")" }
  for _, statement in ipairs(inserted) do updated[#updated + 1] = statement end
  out:add(trigger(sync, "_ins", "INSERT", t, marker, inserted))
  out:add(trigger(sync, "_upd", "UPDATE", t, marker, updated))
  out:add(trigger(sync, "_del", "DELETE", t, marker,
    { "  DELETE FROM " .. name .. " WHERE " .. equal_terms(keys, "OLD") }))
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
  else create_table_sync(out, sync, t, table_of(step, sync.target)) end
end

--- Drops a sync's triggers. Its two tables serve other syncs too; work.cleanup drops them.
function M.drop(out, o)
  local name = o.before.name.name
  out:add("DROP TRIGGER IF EXISTS " .. ident(name .. "_ins"))
  out:add("DROP TRIGGER IF EXISTS " .. ident(name .. "_upd"))
  if o.before.kind == "table" then out:add("DROP TRIGGER IF EXISTS " .. ident(name .. "_del")) end
end

return M
