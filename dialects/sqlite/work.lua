--- Rows moved by a script that the sqlite3 shell runs.
---
--- SQL alone cannot loop over committed batches in SQLite. The shell can: a query writes one transaction per batch into a
--- file (.once), the shell runs the file (.read) and removes it. Each batch moves its rows and the cursor in the same
--- transaction, so a script that is stopped goes on from its last commit when it is run again.

local dialect = require("forge.dialect")
local ddl = require("dialects.sqlite.ddl")
local sync = require("dialects.sqlite.sync")

local M = {}

local ident, literal = ddl.ident, ddl.literal

M.FILE = "forgelua-batches.sql"
local PROGRESS = "forgelua_backfill_progress"
local MAX_KEY = 4          -- columns of a key that the progress table can remember
local DEFAULT_ROWS = 10000

local PROGRESS_SQL = "CREATE TABLE IF NOT EXISTS " .. PROGRESS .. [[ (
  step TEXT PRIMARY KEY,
  cursor TEXT,
  rows_done INTEGER NOT NULL DEFAULT 0,
  total INTEGER,
  state TEXT NOT NULL DEFAULT 'running',
  started_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TEXT,
  key_1, key_2, key_3, key_4
)]]

local function plain(out, sql) out:add(sql, { transactional = false }) end

local function progress_name(step)
  return step.id .. (step.direction == "backward" and "/back" or "")
end

-- The columns that batches walk along: the rowid where there is one, since every table has it in order.
local function walk_key(work, t)
  local rowid = ddl.rowid_name(t)
  if rowid then return { rowid } end
  local names = work.key
  if (not names or #names == 0) and t.primary_key then
    names = {}
    for i, part in ipairs(t.primary_key.parts) do names[i] = part.column end
  end
  local list = {}
  for i, name in ipairs(names or {}) do list[i] = ident(name) end
  return list
end

local function row_value(list)
  if #list == 1 then return list[1] end
  return "(" .. table.concat(list, ", ") .. ")"
end

local function start_progress(out, work, name)
  local total = (work.rows and work.rows >= 0) and ("%d"):format(work.rows)
    or "(SELECT count(*) FROM " .. ident(work.table.name) .. ")"
  plain(out, PROGRESS_SQL)
  plain(out, sync.MARKER_SQL)
  plain(out, "INSERT OR IGNORE INTO " .. PROGRESS .. " (step, total) VALUES (" .. literal(name) .. ", " .. total .. ")")
  -- One that had come to its end starts anew: what it did may have been undone since.
  plain(out, "UPDATE " .. PROGRESS .. " SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, "
    .. "key_3 = NULL, key_4 = NULL WHERE step = " .. literal(name) .. " AND state = 'done'")
end

-- One batch as SQL text; #LO# and #HI# stand for its bounds, #CURSOR# for what is remembered of them, #PAUSE# for the
-- rest before it.
local function batch_text(name, side, statement)
  return table.concat({
    "#PAUSE#BEGIN IMMEDIATE;", sync.batch_begins(side) .. ";", statement .. ";",
    "UPDATE " .. PROGRESS .. " SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP#CURSOR# WHERE step = "
      .. literal(name) .. ";",
    sync.kBatchEnds .. ";", "COMMIT;",
  }, "\n")
end

-- The pause stands between batches: none before the first, none after the last.
local function pause_expression(work, is_first)
  if not work.pause_ms or work.pause_ms <= 0 then return "''" end
  return ("CASE WHEN %s THEN '' ELSE '.shell sleep %.3f' || char(10) END"):format(is_first, work.pause_ms / 1000)
end

-- The text as an SQL expression, its marks replaced by expressions.
local function text_expression(text, marks)
  local parts, from = {}, 1
  while true do
    local first, last, mark = text:find("#(%u+)#", from)
    while first and not marks[mark] do first, last, mark = text:find("#(%u+)#", last + 1) end
    if not first then break end
    for _, part in ipairs({ literal(text:sub(from, first - 1)), marks[mark] }) do
      if part ~= "''" then parts[#parts + 1] = part end
    end
    from = last + 1
  end
  parts[#parts + 1] = literal(text:sub(from))
  return table.concat(parts, " || ")
end

local function cursor_expression(exprs)
  local sets = {}
  if #exprs > MAX_KEY then return "''" end
  for i, expr in ipairs(exprs) do sets[i] = "', key_" .. i .. " = ' || quote(" .. expr .. ")" end
  local shown = {}
  for i, expr in ipairs(exprs) do shown[i] = "quote(" .. expr .. ")" end
  return table.concat(sets, " || ") .. " || ', cursor = ' || quote(" .. table.concat(shown, " || ',' || ") .. ")"
end

local function remembered(name, column)
  return "(SELECT " .. column .. " FROM " .. PROGRESS .. " WHERE step = " .. literal(name) .. ")"
end

-- Batches along one rowid: each upper bound is found by stepping over the rows of one batch.
local function list_by_rowid(work, name, key, text)
  local table_name = ident(work.table.name)
  local expression = text_expression(text, { LO = "lo", HI = "hi", CURSOR = cursor_expression({ "hi" }),
    PAUSE = pause_expression(work, "n = 1") })
  return "WITH RECURSIVE batch (n, lo, hi) AS (\n  SELECT 0, NULL, coalesce(" .. remembered(name, "key_1")
    .. ", (SELECT min(" .. key .. ") - 1 FROM " .. table_name .. "))\n  UNION ALL\n  SELECT n + 1, hi, (SELECT max(k) FROM "
    .. "(SELECT " .. key .. " AS k FROM " .. table_name .. " WHERE " .. key .. " > batch.hi ORDER BY " .. key
    .. " LIMIT " .. ("%d"):format(work.batch_rows > 0 and work.batch_rows or DEFAULT_ROWS)
    .. ")) FROM batch WHERE hi IS NOT NULL\n)\nSELECT " .. expression .. "\nFROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n"
end

local function quoted_row(exprs)
  local parts = {}
  for i, expr in ipairs(exprs) do parts[i] = "quote(" .. expr .. ")" end
  return "'(' || " .. table.concat(parts, " || ', ' || ") .. " || ')'"
end

-- Batches along a key of a table without rowid: every n-th key is a bound.
local function list_by_key(work, name, keys, text)
  local names, lows, order, highs = {}, {}, {}, {}
  for i, key in ipairs(keys) do
    names[i], highs[i], order[i] = key .. " AS k" .. i, "k" .. i, key
    lows[i] = "lag(k" .. i .. ") OVER (ORDER BY n) AS l" .. i
  end
  local low_names = {}
  for i = 1, #keys do low_names[i] = "l" .. i end
  local after = ""
  if #keys <= MAX_KEY then
    local stored = {}
    for i = 1, #keys do stored[i] = "key_" .. i end
    after = " WHERE " .. remembered(name, "key_1") .. " IS NULL OR " .. row_value(order) .. " > (SELECT "
      .. table.concat(stored, ", ") .. " FROM " .. PROGRESS .. " WHERE step = " .. literal(name) .. ")"
  end
  local size = ("%d"):format(work.batch_rows > 0 and work.batch_rows or DEFAULT_ROWS)
  local low = "CASE WHEN l1 IS NULL THEN '' ELSE " .. literal(row_value(order) .. " > ") .. " || "
    .. quoted_row(low_names) .. " || ' AND ' END"
  local expression = text_expression(text, { LO = low, HI = quoted_row(highs), CURSOR = cursor_expression(highs),
    PAUSE = pause_expression(work, "l1 IS NULL") })
  return "WITH walk AS (\n  SELECT " .. table.concat(names, ", ") .. ", row_number() OVER (ORDER BY "
    .. table.concat(order, ", ") .. ") AS n, count(*) OVER () AS total FROM " .. ident(work.table.name) .. after
    .. "\n), bound AS (\n  SELECT *, " .. table.concat(lows, ", ") .. " FROM walk WHERE n % " .. size
    .. " = 0 OR n = total\n)\nSELECT " .. expression .. "\nFROM bound ORDER BY n"
end

-- A line that begins with a dot is a command of the shell.
local function run_batches(out, name, listing)
  for _, sql in ipairs({
    ".timeout 30000", ".headers off", ".mode list", ".once " .. M.FILE, listing, ".read " .. M.FILE, ".shell rm -f " .. M.FILE,
    "UPDATE " .. PROGRESS .. " SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = " .. literal(name),
  }) do
    plain(out, sql)
  end
end

local function table_of(step, q)
  local key = dialect.key(q)
  local t = step.tables and (step.tables.after[key] or step.tables.before[key])
  if not t then error(("step '%s' does not know table '%s'"):format(step.id, q.name), 0) end
  return t
end

local function condition(work, range)
  if (work.where or "") == "" then return range end
  return range .. " AND (" .. work.where .. ")"
end

-- Moves all rows by `statement(range)`, in batches along the table's key.
local function move(out, work, step, t, statement)
  local name = progress_name(step)
  local keys, side = walk_key(work, t), sync.side(work, step)
  start_progress(out, work, name)
  local text
  if #keys == 1 and ddl.rowid_name(t) then
    text = batch_text(name, side, statement(keys[1] .. " > #LO# AND " .. keys[1] .. " <= #HI#"))
    return run_batches(out, name, list_by_rowid(work, name, keys[1], text))
  end
  if #keys == 0 then
    -- Columns hide every name of the rowid, and there is no key: one statement is all that is left.
    text = batch_text(name, side, statement("1"))
    return run_batches(out, name, "SELECT " .. text_expression(text, { CURSOR = "''", PAUSE = "''" }))
  end
  text = batch_text(name, side, statement("#LO#" .. row_value(keys) .. " <= #HI#"))
  run_batches(out, name, list_by_key(work, name, keys, text))
end

local function update_statement(work)
  local sets = {}
  for i, column in ipairs(work.set) do sets[i] = ident(column.to) .. " = (" .. column.expr .. ")" end
  return function(range)
    return "UPDATE " .. ident(work.table.name) .. " SET " .. table.concat(sets, ", ") .. " WHERE " .. condition(work, range)
  end
end

--- Sets columns of a table, batch by batch.
function M.backfill(out, work, step)
  move(out, work, step, table_of(step, work.table), update_statement(work))
end

-- The columns that tell whether a row is there already; none: the rowid does.
local function copy_key(work, t)
  if work.key and #work.key > 0 then return work.key end
  local list = {}
  for i, part in ipairs(t.primary_key and t.primary_key.parts or {}) do list[i] = part.column end
  return list
end

local function has_columns(t, names)
  local known = {}
  for _, column in ipairs(t.columns) do known[column.name] = true end
  for _, name in ipairs(names) do
    if not known[name] then return false end
  end
  return true
end

-- The columns of a key by which a row of the table is found: none of them may be NULL.
local function finding_key(t, expr_of)
  local lists, insists = { t.primary_key }, {}
  for _, unique in ipairs(t.uniques or {}) do lists[#lists + 1] = unique end
  for _, index in ipairs(t.indexes or {}) do
    if index.unique and (index.where or "") == "" then lists[#lists + 1] = index end
  end
  for _, column in ipairs(t.columns) do insists[column.name] = column.nullable == false end
  for _, key in ipairs(lists) do
    local whole = #key.parts > 0
    for _, part in ipairs(key.parts) do
      whole = whole and expr_of[part.column] ~= nil and (insists[part.column] or key.primary or false)
    end
    if whole then return key.parts end
  end
end

-- Where the target has not the key along which the source is walked, its own key tells, by what it gets of the row. (Outside of
-- the target's own names, which may be those of the source.)
local function by_own_key(work, t, into)
  local expr_of, names, exprs = {}, {}, {}
  for _, column in ipairs(work.set) do expr_of[column.to] = column.expr end
  for i, part in ipairs(finding_key(into, expr_of) or {}) do names[i], exprs[i] = ident(part.column), expr_of[part.column] end
  if #names == 0 then
    error(("nothing tells whether a row of %s is in %s"):format(t.name.name, into.name.name), 0)
  end
  return ("%s NOT IN (SELECT %s FROM %s)"):format(row_value(exprs), table.concat(names, ", "), ident(into.name.name))
end

local function copy_statement(work, t, into)
  local targets, exprs, same = {}, {}, {}
  for i, column in ipairs(work.set) do targets[i], exprs[i] = ident(column.to), column.expr end
  local source, target = ident(work.table.name), ident(work.target.name)
  local keys = copy_key(work, t)
  local own = #keys > 0 and not has_columns(into, keys) and by_own_key(work, t, into)
  for i, key in ipairs(keys) do same[i] = "forgelua_t." .. ident(key) .. " = " .. source .. "." .. ident(key) end
  if #keys == 0 then
    local rowid = ddl.rowid_name(t)
    if not rowid then error(("table '%s' has no key to copy it by"):format(work.table.name), 0) end
    table.insert(targets, 1, rowid)
    table.insert(exprs, 1, source .. "." .. rowid)
    same[1] = "forgelua_t." .. rowid .. " = " .. source .. "." .. rowid
  end
  local new = own or "NOT EXISTS (SELECT 1 FROM " .. target .. " AS forgelua_t WHERE " .. table.concat(same, " AND ") .. ")"
  return function(range)
    return "INSERT INTO " .. target .. " (" .. table.concat(targets, ", ") .. ") SELECT " .. table.concat(exprs, ", ")
      .. " FROM " .. source .. " WHERE " .. condition(work, range) .. " AND " .. new
  end
end

local function counts_up(t)
  local alias = t and ddl.rowid_column(t)
  return alias and ddl.counts_up(alias)
end

-- What lets the copy go on counting where the old table stands.
local function counters(work, step)
  if work.kind ~= "copy" or not counts_up(table_of(step, work.table)) or not counts_up(table_of(step, work.target)) then
    return {}
  end
  local from, to = literal(work.table.name), literal(work.target.name)
  return {
    "INSERT INTO sqlite_sequence (name, seq) SELECT " .. to .. ", 0 WHERE NOT EXISTS "
      .. "(SELECT 1 FROM sqlite_sequence WHERE name = " .. to .. ")",
    "UPDATE sqlite_sequence SET seq = max(seq, coalesce((SELECT s.seq FROM sqlite_sequence AS s WHERE s.name = "
      .. from .. "), 0)) WHERE name = " .. to,
  }
end

--- Fills a table from another one. Rows that the sync has brought already are left alone; every other violation is an
--- error, so no row is lost in silence.
function M.copy(out, work, step)
  local t = table_of(step, work.table)
  move(out, work, step, t, copy_statement(work, t, table_of(step, work.target)))
  for _, statement in ipairs(counters(work, step)) do plain(out, statement) end
end

--- What dialects.sqlite.walk needs of the above.
---@return table { table, keys, by_rowid, statement(range), name, tables, counters, max_key }
function M.parts(work, step)
  local t = table_of(step, work.table)
  return {
    keys = walk_key(work, t),
    statement = work.kind == "copy" and copy_statement(work, t, table_of(step, work.target)) or update_statement(work),
    name = progress_name(step), tables = { PROGRESS_SQL, sync.MARKER_SQL }, counters = counters(work, step),
    max_key = MAX_KEY,
  }
end

--- Removes everything of ours that a finished plan could leave behind.
function M.cleanup(out)
  out:add("DROP TABLE IF EXISTS " .. PROGRESS)
  out:add("DROP TABLE IF EXISTS forgelua_marker")
  out:add("DROP TABLE IF EXISTS forgelua_sync_errors")
end

return M
