--- Rows moved by a script: the statements that fill or copy them, and the procedure that runs these in batches, made, called and
--- dropped again.

local batches = require("dialects.mysql.batches")
local collations = require("dialects.mysql.collations")
local held = require("dialects.mysql.held")
local row = require("dialects.mysql.row")
local state = require("dialects.mysql.state")
local sync = require("dialects.mysql.sync")

local M = {}

local kProgress = [[CREATE TABLE IF NOT EXISTS forgelua_backfill_progress (
  step varchar(255) NOT NULL PRIMARY KEY,
  table_name varchar(129) NOT NULL,
  cursor_key text NULL,
  rows_done bigint NOT NULL DEFAULT 0,
  rows_skipped bigint NOT NULL DEFAULT 0,
  rows_total bigint NULL,
  state varchar(16) NOT NULL,
  started_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
) CHARACTER SET utf8mb4]]

local kErrors = [[CREATE TABLE IF NOT EXISTS forgelua_backfill_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  step varchar(255) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
) CHARACTER SET utf8mb4]]

local function where_of(work)
  return (work.where or "") ~= "" and " AND (" .. work.where .. ")" or ""
end

-- ON UPDATE CURRENT_TIMESTAMP must not tell of a change that nobody made.
local function assignments(d, t, work)
  local out, set = {}, {}
  for _, item in ipairs(work.set) do
    set[item.to] = true
    out[#out + 1] = d:ident(item.to) .. " = " .. (item.held or item.expr)
  end
  for _, col in ipairs((t or {}).columns or {}) do
    if (col.on_update or "") ~= "" and not set[col.name] then
      out[#out + 1] = d:ident(col.name) .. " = " .. d:ident(col.name)
    end
  end
  return table.concat(out, ", ")
end

local function update_sql(d, t, work, range)
  return ("UPDATE %s SET %s WHERE %s%s"):format(d:qname(work.table), assignments(d, t, work), range, where_of(work))
end

-- Rows that the target holds already came by the sync triggers, and are newer. They are looked for as they are once the source's row is
-- locked: one that a trigger puts there while the lock is waited for would be put there twice else. As a join, the target's rows might
-- be locked first, the other way round than the triggers do it; MariaDB takes the hint for a comment.
local function missing(d, t, target, work)
  local names = {}
  if target and target.primary_key then
    for _, part in ipairs(target.primary_key.parts) do names[#names + 1] = part.column end
  else
    names = work.key or {}
  end
  local out = {}
  for _, name in ipairs(names) do
    local expr
    for _, item in ipairs(work.set) do if item.to == name then expr = item.expr end end
    local col = expr and row.bare(t, expr)
    if not col then return "" end
    local value = ("%s.%s"):format(d:qname(work.table), d:ident(col.name))
    out[#out + 1] = ("forgelua_t.%s = %s"):format(d:ident(name), collations.keyed_as(d, value, t, target, name) or value)
  end
  if #out == 0 then return "" end
  return (" AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM %s AS forgelua_t WHERE %s LOCK IN SHARE MODE)"):format(
    d:qname(work.target), table.concat(out, " AND "))
end

-- The table bears its own name, by which expressions may say its columns.
local function copy_sql(d, t, target, work, range)
  local names, values = {}, {}
  for i, item in ipairs(work.set) do
    names[i], values[i] = d:ident(item.to), item.held or item.expr
  end
  return ("INSERT INTO %s (%s) SELECT %s FROM %s WHERE %s%s%s LOCK IN SHARE MODE"):format(
    d:qname(work.target), table.concat(names, ", "), table.concat(values, ", "), d:qname(work.table),
    range, where_of(work), missing(d, t, target, work))
end

-- What a session needs that moves rows. READ COMMITTED locks rows and no gaps between them, where the application inserts. The
-- triggers are told which side of a pair is written.
local function settings(d, work, step)
  local side = work.kind == "copy" and sync.side.copy or sync.side[step.direction or "forward"]
  local isolation = d.flavour == "mariadb" and "tx_isolation" or "transaction_isolation"
  return { sync.strict_on,
    ("SET @forgelua_isolation = @@SESSION.%s, SESSION %s = 'READ-COMMITTED', @forgelua_backfill = %d"):format(
      isolation, isolation, side) }
end

local function settings_back(d)
  local isolation = d.flavour == "mariadb" and "tx_isolation" or "transaction_isolation"
  return { ("SET @forgelua_backfill = NULL, SESSION %s = @forgelua_isolation"):format(isolation), sync.strict_off }
end

local function total_of(work) return (work.rows or -1) >= 0 and ("%d"):format(work.rows) or "NULL" end

local function begin(out, work, step, d)
  out:add(kProgress)
  out:add(kErrors)
  -- A state that is done begins anew: rows may have come since.
  out:add(("INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES (%s, %s, %s, 'running')"
    .. " ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END,"
    .. " rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running',"
    .. " updated_at = CURRENT_TIMESTAMP"):format(
    d:literal(step.id or work.kind), d:literal(work.table.name), total_of(work)))
  for _, statement in ipairs(settings(d, work, step)) do out:add(statement) end
end

local function finish(out, d)
  for _, statement in ipairs(settings_back(d)) do out:add(statement) end
end

local function run(out, work, step, d, t, make, kept)
  local cols = batches.key_columns(d, t, work.key)
  begin(out, work, step, d)
  if #cols == 0 then
    out:add(make("TRUE"))
    out:add(("UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = %s")
      :format(d:literal(step.id or work.kind)))
  else
    out:add("DROP PROCEDURE IF EXISTS forgelua_backfill")
    out:add(batches.procedure(d, t, cols, work, step, make, kept), { delimiter = "//" })
    out:add("CALL forgelua_backfill()")
    out:add("DROP PROCEDURE forgelua_backfill")
  end
  finish(out, d)
end

local function table_of(step, name) return state.table(step, name) end

--- Fills columns of work.table in batches.
function M.backfill(out, work, step, d)
  local t = table_of(step, work.table)
  local set, kept = held.split(d, work.set, t)
  local part = setmetatable({ set = set }, { __index = work })
  run(out, work, step, d, t, function(range, rescued) return update_sql(d, t, rescued and part or work, range) end, kept)
end

-- What a row refers to may be copied after it.
local kKeysOff = "SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0"
local kKeysBack = "SET SESSION foreign_key_checks = @forgelua_fk_checks"

-- Rows of the target that the table no longer holds so. The table's rows are locked first, as the application's statements
-- do, and read as they are by then: a row that comes meanwhile is not taken for one that is gone.
local function stale_sql(d, t, target, work, range)
  local expr_of, same = {}, {}
  for _, item in ipairs(work.set) do expr_of[item.to] = item.expr end
  for i, name in ipairs(work.refresh) do
    local there = d:qname(work.target) .. "." .. d:ident(name)
    same[i] = ("%s <=> (%s)"):format(collations.keyed_as(d, there, target, t, name) or there,
      expr_of[name] or d:qname(work.table) .. "." .. d:ident(name))
  end
  local from = d:qname(work.table)
  return ("DO (SELECT COUNT(*) FROM %s WHERE %s LOCK IN SHARE MODE);\n      "):format(from, range)
    .. ("DELETE FROM %s WHERE %s AND NOT EXISTS (SELECT 1 FROM %s WHERE %s LOCK IN SHARE MODE)"):format(
      d:qname(work.target), range, from, table.concat(same, " AND "))
end

local function take_out_stale(out, work, step, d, t, target)
  local walk = setmetatable({ table = work.target }, { __index = work })
  local named = setmetatable({ id = (step.id or "copy") .. "/stale" }, { __index = step })
  run(out, walk, named, d, target, function(range) return stale_sql(d, t, target, work, range) end, {})
end

--- Copies the rows of work.table into work.target in batches.
function M.copy(out, work, step, d)
  local t, target = table_of(step, work.table), table_of(step, work.target)
  out:add(kKeysOff)
  local set, kept = held.split(d, work.set, target)
  local part = setmetatable({ set = set }, { __index = work })
  if #(work.refresh or {}) > 0 then take_out_stale(out, work, step, d, t, target) end
  run(out, work, step, d, t, function(range, rescued) return copy_sql(d, t, target, rescued and part or work, range) end,
    kept)
  out:add(kKeysBack)
end

--- What dialects.mysql.walk needs of the above.
---@return table { statement(range), settings, settings_back, tables, id, total }
function M.parts(work, step, d)
  local t = table_of(step, work.table)
  local before, after = settings(d, work, step), settings_back(d)
  local statement = function(range) return update_sql(d, t, work, range) end
  if work.kind == "copy" then
    local target = table_of(step, work.target)
    statement = function(range) return copy_sql(d, t, target, work, range) end
    table.insert(before, 1, kKeysOff)
    after[#after + 1] = kKeysBack
  end
  return {
    table = t, statement = statement, settings = before, settings_back = after,
    tables = { kProgress, kErrors }, id = d:literal(step.id or work.kind), total = total_of(work),
  }
end

-- A log with rows holds values that are nowhere else: it stays until somebody has looked.
local function drop_if_empty(out, name, create)
  out:add(create)
  out:add(("SET @forgelua_drop = IF((SELECT COUNT(*) FROM %s) = 0, 'DROP TABLE %s', 'DO 0')"):format(name, name))
  out:add("PREPARE forgelua_drop FROM @forgelua_drop")
  out:add("EXECUTE forgelua_drop")
  out:add("DEALLOCATE PREPARE forgelua_drop")
end

--- Removes what the scripts keep while a plan is under way; logs only where they are empty.
function M.cleanup(out)
  out:add("DROP PROCEDURE IF EXISTS forgelua_backfill")  -- a client that was killed in a backfill has left it
  out:add("DROP TABLE IF EXISTS forgelua_backfill_progress")
  drop_if_empty(out, "forgelua_backfill_errors", kErrors)
  drop_if_empty(out, "forgelua_sync_errors", sync.errors_sql)
end

return M
