--- The stored procedure by which a script moves rows: it walks a key in committed batches and notes how far it has come. Run again,
--- it goes on where the last commit left it. Rows that cannot be converted are logged and skipped.

local held = require("dialects.mysql.held")

local M = {}

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

--- A condition on the key's columns. Composite keys are compared column by column: the servers do not use an index for
--- (a, b) > (x, y).
---@param prefix string of the variables that the columns are compared with
---@param op string ">", ">=", "<" or "<="
---@param of? fun(index: integer, prefix: string): string what stands for a variable
function M.compare(d, cols, prefix, op, of)
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
      list, into, from, M.compare(d, cols, "l", ">"), list),
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
      list, into, from, M.compare(d, cols, "s", ">="), list, math.max(work.batch_rows, 1) - 1),
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
      list, variables(cols, "s"), d:qname(work.table), M.compare(d, cols, "s", ">"), M.compare(d, cols, "e", "<="), list),
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

--- The statement that makes the procedure, `forgelua_backfill`.
---@param cols table[] Column: the key to walk along
---@param make fun(range: string, rescued: boolean?): string the statement for the rows of a range
---@param kept table[] what is held apart for each row (dialects/mysql/held.lua)
function M.procedure(d, t, cols, work, step, make, kept)
  local id = step.id or work.kind
  local rescued = held.rescue(kept, d:qname(work.table), equal(d, cols), function() return make(equal(d, cols), true) end,
    kRowErrors)
  local range = M.compare(d, cols, "s", ">=") .. " AND " .. M.compare(d, cols, "e", "<=")
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

return M
