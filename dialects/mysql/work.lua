--- Rows moved by hand: a stored procedure that walks a key in committed batches, made, called and dropped again.
--- Run again, it goes on where the last commit left it. Rows that cannot be converted are logged and skipped.

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

-- Errors that one row's value causes: that row is skipped. Any other error ends the run at the last commit.
-- 1048 null, 1062 duplicate, 1264 range, 1265 cut, 1292 conversion, 1365 division, 1366 value, 1406 too long, 1411 date,
-- 1452 foreign key, 1644 raised by a trigger, 1690 arithmetic, 3140/3141/3143 JSON, 3819/4025 check, 4078 cast.
local kRowErrors = "SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032',"
  .. " SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025"

local kRetries = 20  -- tries of one batch after a deadlock or a lock wait, a second apart at most

local KEY_FAMILY = {
  integer = true, number = true, text = true, date = true, time = true, binary = true, uuid = true,
}

local function column_of(t, name)
  for _, col in ipairs((t or {}).columns or {}) do if col.name == name then return col end end
  return nil
end

--- The key columns to walk along; none where their order is not that of their values.
function M.key_columns(d, t, names)
  local out = {}
  for i, name in ipairs(names or {}) do
    local col = column_of(t, name)
    local map_row = col and d.types.map[col.type.name]
    if not map_row or not KEY_FAMILY[map_row.family] or col.type.name == "float" then return {} end
    out[i] = col
  end
  return out
end

local function variable(col_index, prefix) return "forgelua_" .. prefix .. col_index end

local function declared(d, t, cols, prefix)
  local out = {}
  for i, col in ipairs(cols) do
    out[i] = "  DECLARE " .. variable(i, prefix) .. " " .. held.variable_type(d, t, col) .. ";"
  end
  return table.concat(out, "\n")
end

-- Composite keys are compared column by column: the servers do not use an index for (a, b) > (x, y).
local function compare(d, cols, prefix, op, of)
  local function build(i)
    local name = d:ident(cols[i].name)
    local value = (of or variable)(i, prefix)
    if i == #cols then return name .. " " .. op .. " " .. value end
    local strict = op:sub(1, 1)
    return ("%s %s= %s AND (%s %s %s OR (%s))"):format(name, strict, value, name, strict, value, build(i + 1))
  end
  return build(1)
end

local function names_sql(d, cols, suffix, owner)
  local out = {}
  for i, col in ipairs(cols) do out[i] = (owner or "") .. d:ident(col.name) .. (suffix or "") end
  return table.concat(out, ", ")
end

local function variables(cols, prefix)
  local out = {}
  for i in ipairs(cols) do out[i] = variable(i, prefix) end
  return table.concat(out, ", ")
end

-- A key as JSON text, which keeps every part apart; bytes as hexadecimal digits.
local function pack(d, cols, prefix)
  local out = {}
  for i, col in ipairs(cols) do
    local binary = d.types.map[col.type.name].family == "binary"
    local value = variable(i, prefix)
    out[i] = binary and "HEX(" .. value .. ")" or "CAST(" .. value .. " AS CHAR)"
  end
  return "JSON_ARRAY(" .. table.concat(out, ", ") .. ")"
end

local function unpack_cursor(d, cols, prefix)
  local out = {}
  for i, col in ipairs(cols) do
    local value = ("JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[%d]'))"):format(i - 1)
    if d.types.map[col.type.name].family == "binary" then value = "UNHEX(" .. value .. ")" end
    out[i] = ("    SET %s = %s;"):format(variable(i, prefix), value)
  end
  return table.concat(out, "\n")
end

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
    out[#out + 1] = ("forgelua_t.%s = %s.%s"):format(d:ident(name), d:qname(work.table), d:ident(col.name))
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

local function seconds(ms) return ("%d.%03d"):format(math.floor(ms / 1000), ms % 1000) end

-- It stands between batches: none after the last.
local function pause(work)
  if (work.pause_ms or 0) <= 0 then return "" end
  return "\n    IF forgelua_begun THEN DO SLEEP(" .. seconds(work.pause_ms) .. "); END IF;"
end

local function first_key(d, cols, work)
  local list, into = names_sql(d, cols), variables(cols, "s")
  local from = d:qname(work.table)
  return table.concat({
    "    SET forgelua_none = FALSE;",
    "    IF forgelua_begun THEN",
    ("      SELECT %s INTO %s FROM %s WHERE %s ORDER BY %s LIMIT 1;"):format(
      list, into, from, compare(d, cols, "l", ">"), list),
    "    ELSE",
    ("      SELECT %s INTO %s FROM %s ORDER BY %s LIMIT 1;"):format(list, into, from, list),
    "    END IF;",
    "    IF forgelua_none THEN LEAVE forgelua_walk; END IF;" .. pause(work),
  }, "\n")
end

local function last_key(d, cols, work)
  local list, into = names_sql(d, cols), variables(cols, "e")
  local from = d:qname(work.table)
  return table.concat({
    ("    SELECT %s INTO %s FROM %s WHERE %s ORDER BY %s LIMIT %d, 1;"):format(
      list, into, from, compare(d, cols, "s", ">="), list, math.max(work.batch_rows, 1) - 1),
    "    IF forgelua_none THEN",
    ("      SELECT %s INTO %s FROM %s ORDER BY %s LIMIT 1;"):format(list, into, from, names_sql(d, cols, " DESC")),
    "    END IF;",
  }, "\n")
end

local function progress(d, cols, prefix, id)
  return ("UPDATE forgelua_backfill_progress SET cursor_key = %s, rows_done = rows_done + forgelua_rows,"
    .. " rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = %s;"):format(
    pack(d, cols, prefix), d:literal(id))
end

-- One batch and its checkpoint, in one transaction.
local function batch(d, cols, id, statement)
  return table.concat({
    "    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;",
    "    BEGIN",
    "      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;",
    "      DECLARE EXIT HANDLER FOR " .. kRowErrors .. " BEGIN ROLLBACK; SET forgelua_outcome = 1; END;",
    "      START TRANSACTION;",
    "      " .. statement .. ";",
    "      SET forgelua_rows = ROW_COUNT();",
    "      " .. progress(d, cols, "e", id),
    "      COMMIT;",
    "    END;",
    "    IF forgelua_outcome = 2 THEN",
    "      SET forgelua_tries = forgelua_tries + 1;",
    ("      IF forgelua_tries > %d THEN"):format(kRetries),
    "        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: the batch met a lock again and again; run it again later';",
    "      END IF;",
    "      DO SLEEP(LEAST(1, 0.05 * forgelua_tries));",
    "      ITERATE forgelua_walk;",
    "    END IF;",
    "    SET forgelua_tries = 0;",
  }, "\n")
end

local function equal(d, cols)
  local out = {}
  for i, col in ipairs(cols) do out[i] = d:ident(col.name) .. " = " .. variable(i, "s") end
  return table.concat(out, " AND ")
end

-- A batch that a bad value stopped is gone through row by row.
local function row_by_row(d, t, cols, work, id, statement, rescued)
  local list = names_sql(d, cols)
  return table.concat({
    "    IF forgelua_outcome = 1 THEN",
    "      forgelua_rows_walk: LOOP",
    "        SET forgelua_rows = 0, forgelua_skipped = 0;",
    "        BEGIN",
    "          DECLARE EXIT HANDLER FOR " .. kRowErrors,
    "          BEGIN",
    "            GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;",
    "            ROLLBACK;",
    "            SET forgelua_skipped = 1, forgelua_rows = 0;",
    "            INSERT INTO forgelua_backfill_errors (step, row_key, row_data, message)",
    ("              SELECT %s, %s, %s, forgelua_message FROM %s WHERE %s;"):format(
      d:literal(id), pack(d, cols, "s"), held.row_json(d, t, ""), d:qname(work.table), equal(d, cols)),
    "          END;",
    "          START TRANSACTION;",
    "          " .. statement .. ";",
    "          SET forgelua_rows = ROW_COUNT();",
    "        END;",
    rescued or "        -- a row that fails is left as it is",
    "        " .. progress(d, cols, "s", id),
    "        COMMIT;",
    "        SET forgelua_none = FALSE;",
    ("        SELECT %s INTO %s FROM %s WHERE %s AND %s ORDER BY %s LIMIT 1;"):format(
      list, variables(cols, "s"), d:qname(work.table), compare(d, cols, "s", ">"), compare(d, cols, "e", "<="), list),
    "        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;",
    "      END LOOP;",
    "    END IF;",
  }, "\n")
end

local function remember(cols)
  local out = {}
  for i in ipairs(cols) do out[i] = variable(i, "l") .. " = " .. variable(i, "e") end
  return "    SET forgelua_begun = TRUE, " .. table.concat(out, ", ") .. ";"
end

local kHead = [[
  DECLARE forgelua_none, forgelua_begun, forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_outcome, forgelua_skipped, forgelua_tries INT DEFAULT 0;
  DECLARE forgelua_rows BIGINT DEFAULT 0;
  DECLARE forgelua_cursor, forgelua_message, forgelua_state TEXT DEFAULT NULL;]]

local function held_variables(kept) return #kept > 0 and "\n" .. held.declared(kept) or "" end

local function procedure(d, t, cols, work, step, make, kept)
  local id = step.id or work.kind
  local rescued = held.rescue(kept, d:qname(work.table), equal(d, cols), function() return make(equal(d, cols), true) end,
    kRowErrors)
  local range = compare(d, cols, "s", ">=") .. " AND " .. compare(d, cols, "e", "<=")
  local quoted = d:literal(id)
  return table.concat({
    "CREATE PROCEDURE forgelua_backfill()", "BEGIN",
    kHead,
    declared(d, t, cols, "l"), declared(d, t, cols, "s"), declared(d, t, cols, "e") .. held_variables(kept),
    "  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;",
    ("  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress"
      .. " WHERE step = %s;"):format(quoted),
    "  IF forgelua_cursor IS NOT NULL THEN",
    "    SET forgelua_begun = TRUE;",
    unpack_cursor(d, cols, "l"),
    "  END IF;",
    "  forgelua_walk: LOOP",
    first_key(d, cols, work),
    last_key(d, cols, work),
    batch(d, cols, id, make(range)),
    row_by_row(d, t, cols, work, id, make(equal(d, cols)), rescued),
    remember(cols),
    "  END LOOP;",
    "  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = " .. quoted .. ";",
    "END",
  }, "\n")
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
  local cols = M.key_columns(d, t, work.key)
  begin(out, work, step, d)
  if #cols == 0 then
    out:add(make("TRUE"))
    out:add(("UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = %s")
      :format(d:literal(step.id or work.kind)))
  else
    out:add("DROP PROCEDURE IF EXISTS forgelua_backfill")
    out:add(procedure(d, t, cols, work, step, make, kept), { delimiter = "//" })
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
local function stale_sql(d, work, range)
  local expr_of, same = {}, {}
  for _, item in ipairs(work.set) do expr_of[item.to] = item.expr end
  for i, name in ipairs(work.refresh) do
    same[i] = ("%s.%s <=> (%s)"):format(d:qname(work.target), d:ident(name), expr_of[name] or d:qname(work.table) .. "." .. d:ident(name))
  end
  local from = d:qname(work.table)
  return ("DO (SELECT COUNT(*) FROM %s WHERE %s LOCK IN SHARE MODE);\n      "):format(from, range)
    .. ("DELETE FROM %s WHERE %s AND NOT EXISTS (SELECT 1 FROM %s WHERE %s LOCK IN SHARE MODE)"):format(
      d:qname(work.target), range, from, table.concat(same, " AND "))
end

local function take_out_stale(out, work, step, d, target)
  local walk = setmetatable({ table = work.target }, { __index = work })
  local named = setmetatable({ id = (step.id or "copy") .. "/stale" }, { __index = step })
  run(out, walk, named, d, target, function(range) return stale_sql(d, work, range) end, {})
end

--- Copies the rows of work.table into work.target in batches.
function M.copy(out, work, step, d)
  local t, target = table_of(step, work.table), table_of(step, work.target)
  out:add(kKeysOff)
  local set, kept = held.split(d, work.set, target)
  local part = setmetatable({ set = set }, { __index = work })
  if #(work.refresh or {}) > 0 then take_out_stale(out, work, step, d, target) end
  run(out, work, step, d, t, function(range, rescued) return copy_sql(d, t, target, rescued and part or work, range) end,
    kept)
  out:add(kKeysBack)
end

--- What dialects.mysql.walk needs of the above.
---@return table { statement(range), compare, settings, settings_back, tables, id, total }
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
    table = t, statement = statement, compare = compare, settings = before, settings_back = after,
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
