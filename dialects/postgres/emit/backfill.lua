--- Rows moved by a script that a person runs: a DO block that commits after every batch, goes on where it was broken
--- off, and keeps bad rows aside. Not inside a transaction: the block ends its own.

local dialect = require("forge.dialect")
local rows = require("dialects.postgres.rows")
local sql = require("dialects.postgres.sql")

local M = {}

local kAttempts = 10        -- how often a batch that met a deadlock or a lock timeout is tried again
local kDefaultBatch = 10000  -- rows of a batch where the plan states none
local kRowsPerPage = 50     -- rows of an 8 KiB page where the table has no statistics

local OUTSIDE = { transactional = false }

local function progress_tables(out)
  out:add(rows.PROGRESS, OUTSIDE)
  out:add(rows.ERRORS, OUTSIDE)
end

-- A template as texts with the names of values between them: cut once, as it is filled for every step.
local function template(text)
  local parts, at = {}, 1
  while true do
    local from, to, name = text:find("@([%w_]+)@", at)
    parts[#parts + 1] = text:sub(at, (from or 0) - 1)
    if not from then return parts end
    parts[#parts + 1] = name
    at = to + 1
  end
end

local function fill(parts, values)
  local out = {}
  for i, part in ipairs(parts) do
    out[i] = part
    if i % 2 == 0 then
      out[i] = values[part]
      if out[i] == nil then error("backfill template without a value for " .. part, 0) end
    end
  end
  return table.concat(out)
end

-- What a resumed run must find unchanged: the tables, the columns written and our triggers. A column dropped and added
-- again is another column, and what was done to the first says nothing about it.
local TOKEN = template([[(SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = @target_lit@::regclass AND attname IN (@written_lit@)
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = @table_lit@::regclass AND tgname ~ '^[!~]?zz_') AS parts)]])

local HEAD = template([[

#variable_conflict use_column
<<forgelua>>
DECLARE
  this_work CONSTANT text := @id@;
  token text := @token@;
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
@declare@  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, @total@, forgelua.token);
    held.cursor := NULL;
  END IF;
@start@  COMMIT;
  LOOP
@next@    EXIT WHEN @finished@;
    PERFORM set_config('forgelua.backfill', '@marker@', true);
    n := NULL;
    bad := 0;
    BEGIN
      @batch@;
      GET DIAGNOSTICS n = ROW_COUNT;
    EXCEPTION
      WHEN deadlock_detected OR serialization_failure OR lock_not_available THEN
        attempt := attempt + 1;
        IF attempt >= @attempts@ THEN RAISE; END IF;
      WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
        bad := 1;
    END;
    IF n IS NULL AND bad = 0 THEN
      ROLLBACK;
      PERFORM pg_sleep(0.2);
      CONTINUE;
    END IF;
    IF n IS NULL THEN
      -- One row of the batch cannot be converted or held: row by row, and those that cannot are kept aside.
      n := 0;
      bad := 0;
      FOR one IN @rows@ LOOP
        BEGIN
          @one_row@;
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, @one_key@, to_jsonb(one), SQLSTATE, SQLERRM);
@salvage@        END;
      END LOOP;
    END IF;
    attempt := 0;
    UPDATE forgelua_backfill_progress AS p
    SET cursor = @cursor@, rows_done = p.rows_done + forgelua.n, bad_rows = p.bad_rows + forgelua.bad,
        updated_at = clock_timestamp()
    WHERE p.id = forgelua.this_work;
    COMMIT;
@advance@@pause@  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE @severity@ '% of @table_text@ could not be carried over@as_they_are@', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
]])

local function each(list, format_one)
  local out = {}
  for i, value in ipairs(list) do out[i] = format_one(value, i) end
  return table.concat(out, ", ")
end

local function tuple(text, n) return n > 1 and "(" .. text .. ")" or text end

-- Batches along a key: each goes from the first key not yet done to the one batch_rows further on.
local function key_values(work, d)
  local key, n = work.key, #work.key
  local name = d:qname(work.table)
  local columns = each(key, function(column) return d:ident(column) end)
  local function vars(prefix) return each(key, function(_, i) return "forgelua." .. prefix .. i end) end
  local lo, hi, stop = tuple(vars("lo"), n), tuple(vars("hi"), n), tuple(vars("stop"), n)
  local at = tuple(columns, n)
  local declare = {}
  for i, column in ipairs(key) do
    local kind = ("%s.%s%%TYPE"):format(name, d:ident(column))
    for _, prefix in ipairs({ "lo", "hi", "stop" }) do
      declare[#declare + 1] = ("  %s%d %s;\n"):format(prefix, i, kind)
    end
  end
  local function into(prefix) return each(key, function(_, i) return prefix .. i end) end
  local down = each(key, function(column) return d:ident(column) .. " DESC" end)
  local restore = {}
  for i in ipairs(key) do restore[i] = ("    hi%d := held.cursor ->> %d;\n"):format(i, i - 1) end
  local start = {
    -- New rows beyond the last key of now come filled, by the trigger that stands before the backfill begins.
    ("  SELECT %s INTO %s FROM %s ORDER BY %s LIMIT 1;\n"):format(columns, into("stop"), name, down),
    "  IF held.cursor IS NULL THEN\n",
    ("    SELECT %s INTO %s FROM %s ORDER BY %s LIMIT 1;\n"):format(columns, into("lo"), name, columns),
    "  ELSE\n", table.concat(restore),
    ("    SELECT %s INTO %s FROM %s WHERE %s > %s ORDER BY %s LIMIT 1;\n"):format(
      columns, into("lo"), name, at, hi, columns),
    "  END IF;\n",
  }
  return {
    declare = table.concat(declare),
    start = table.concat(start),
    finished = ("lo1 IS NULL OR stop1 IS NULL OR %s > %s"):format(lo, stop),
    next = ("    SELECT %s INTO %s FROM (SELECT %s FROM %s WHERE %s >= %s AND %s <= %s ORDER BY %s LIMIT %d) AS b\n"
      .. "    ORDER BY %s LIMIT 1;\n"):format(columns, into("hi"), columns, name, at, lo, at, stop, columns,
      work.batch_rows, down),
    advance = ("    SELECT %s INTO %s FROM %s WHERE %s > %s ORDER BY %s LIMIT 1;\n"):format(
      columns, into("lo"), name, at, hi, columns),
    range = ("%s >= %s AND %s <= %s"):format(at, lo, at, hi),
    cursor = ("jsonb_build_array(%s)"):format(vars("hi")),
    row_columns = "*",
    one_where = ("%s = %s"):format(at, tuple(each(key, function(column) return "one." .. d:ident(column) end), n)),
    one_key = ("jsonb_build_object(%s)"):format(each(key, function(column)
      return d:literal(column) .. ", one." .. d:ident(column)
    end)),
  }
end

-- Batches along the pages of the table, where it has no key to walk along. A row that an update moves to a later page
-- is computed again and counted twice; the result is the same.
local function page_values(work, d)
  local literal = sql.name_literal(work.table, d)
  local function tid(page) return ("format('(%%s,0)', %s)::tid"):format(page) end
  return {
    declare = "  page bigint := 0;\n  pages bigint;\n  pages_at_once bigint;\n",
    start = ("  SELECT pg_relation_size(oid) / current_setting('block_size')::bigint, greatest(1,\n"
      .. "    (%d / CASE WHEN reltuples > 0 AND relpages > 0 THEN reltuples / relpages ELSE %d END)::bigint)\n"
      .. "  INTO pages, pages_at_once FROM pg_class WHERE oid = %s::regclass;\n"
      .. "  IF held.cursor IS NOT NULL THEN page := held.cursor ->> 0; END IF;\n"):format(
      work.batch_rows, kRowsPerPage, literal),
    next = "", finished = "page >= pages",
    range = ("ctid >= %s AND ctid < %s"):format(tid("forgelua.page"), tid("forgelua.page + forgelua.pages_at_once")),
    advance = "    page := page + pages_at_once;\n",
    cursor = "jsonb_build_array(forgelua.page + forgelua.pages_at_once)",
    row_columns = "ctid, *",
    one_where = "ctid = one.ctid",
    one_key = "jsonb_build_array(one.ctid::text)",
  }
end

local function written_names(work)
  local list = {}
  for i, entry in ipairs(work.set) do list[i] = entry.to end
  return list
end

-- What the target can hold of a row that cannot be carried over whole: each column that may fail is computed by itself, and
-- takes the value that its entry states for that case.
local SALVAGE = template([[
          BEGIN
@columns@            @row@;
          EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
            INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
            VALUES (forgelua.this_work, @one_key@, to_jsonb(one), SQLSTATE, SQLERRM);
          END;
]])

local ONE_COLUMN = template([[
            BEGIN
              SELECT @expr@ INTO @variable@ FROM @table@ WHERE @one_where@;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              @variable@ := @otherwise@;
            END;
]])

local function salvage(work, target, values, batch, d)
  local set, columns, declare = {}, {}, {}
  for i, entry in ipairs(work.set) do
    set[i] = entry
    if sql.given(entry.otherwise) then
      local variable = "held" .. i
      declare[#declare + 1] = ("  %s %s.%s%%TYPE;\n"):format(variable, d:qname(target), d:ident(entry.to))
      columns[#columns + 1] = fill(ONE_COLUMN, { expr = entry.expr, variable = "forgelua." .. variable,
        table = d:qname(work.table), one_where = values.one_where, otherwise = entry.otherwise })
      set[i] = { to = entry.to, expr = "forgelua." .. variable }
    end
  end
  if #columns == 0 then return "", "" end
  return fill(SALVAGE, { columns = table.concat(columns), row = batch(values.one_where, set), one_key = values.one_key }),
    table.concat(declare)
end

local function script(out, work, step, d, batch)
  local size = work.batch_rows and work.batch_rows > 0 and work.batch_rows or kDefaultBatch
  work = setmetatable({ batch_rows = size }, { __index = work })
  local keyed = work.key and #work.key > 0
  local values = keyed and key_values(work, d) or page_values(work, d)
  local target = work.kind == "copy" and work.target or work.table
  local pause = work.pause_ms and work.pause_ms > 0
  values.id = d:literal(rows.id(step))
  local back = step.direction == "backward"  -- what the old schema cannot hold whole does not keep the rest from coming back
  values.severity, values.as_they_are = back and "WARNING" or "EXCEPTION", back and " as they are" or ""
  values.table_text = dialect.key(work.table):gsub("%%", "%%%%"):gsub("'", "''")
  values.marker, values.attempts = rows.marker(work, step), tostring(kAttempts)
  values.total = work.rows and work.rows >= 0 and ("%d"):format(work.rows)
    or ("(SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = %s::regclass)"):format(
      sql.name_literal(work.table, d))
  values.token = fill(TOKEN, {
    target_lit = sql.name_literal(target, d), table_lit = sql.name_literal(work.table, d),
    written_lit = each(written_names(work), function(name) return d:literal(name) end),
  })
  -- The pause stands between batches: none after the last.
  values.pause = pause and ("    EXIT WHEN %s;\n    PERFORM pg_sleep(%s);\n"):format(
    values.finished, tostring(work.pause_ms / 1000)) or ""
  values.batch = batch(values.range .. rows.condition(work), work.set)
  values.one_row = batch(values.one_where .. rows.condition(work), work.set)
  -- Whether a row needs it is asked row by row, too: the condition converts, and fails as the conversion does.
  values.rows = ("SELECT %s FROM %s WHERE %s"):format(values.row_columns, d:qname(work.table), values.range)
  local declare
  values.salvage, declare = salvage(work, target, values, batch, d)
  values.declare = values.declare .. declare
  progress_tables(out)
  out:add("DO " .. sql.dollar(fill(HEAD, values)), OUTSIDE)
end

--- Sets columns of a table, batch by batch.
function M.script_backfill(out, work, step, d)
  script(out, work, step, d, rows.statement(work, step, d))
end

--- Copies rows into another table, batch by batch.
function M.script_copy(out, work, step, d)
  script(out, work, step, d, rows.statement(work, step, d))
end

-- A log that holds rows is kept: those rows are what could not be carried over, and nobody may have read it yet.
local DROP_LOG = [[

BEGIN
  IF to_regclass('%s') IS NULL THEN RETURN; END IF;
  IF EXISTS (SELECT FROM %s) THEN
    RAISE WARNING '%s holds rows that could not be carried over; it is kept. Drop it once they are dealt with.';
  ELSE
    DROP TABLE %s;
  END IF;
END
]]

--- Removes what scripts run by hand have left.
function M.script_cleanup(out)
  out:add("DROP TABLE IF EXISTS forgelua_backfill_progress")
  for _, name in ipairs({ "forgelua_backfill_errors", "forgelua_sync_errors" }) do
    out:add("DO " .. sql.dollar(DROP_LOG:format(name, name, name, name)))
  end
end

return M
