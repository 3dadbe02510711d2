--- Rows moved by the engine that runs a plan, batch by batch (Walk in engine/plan/step.hpp).

local rows = require("dialects.postgres.rows")
local sql = require("dialects.postgres.sql")
local walk = require("forge.walk")

local M = {}

local gap, gaps = walk.gap, walk.gaps
local kRowsPerPage = 50  -- rows of an 8 KiB page where the table has no statistics

local function each(list, format_one)
  local out = {}
  for i, value in ipairs(list) do out[i] = format_one(value, i) end
  return table.concat(out, ", ")
end

local function tuple(list) return #list > 1 and "(" .. table.concat(list, ", ") .. ")" or list[1] end

local function literals(columns) return each(columns, function(name) return "quote_literal(" .. name .. "::text)" end) end

-- Along a key.
local function by_key(work, d)
  local columns = {}
  for i, column in ipairs(work.key) do columns[i] = d:ident(column) end
  local n, name, at = #columns, d:qname(work.table), tuple(columns)
  local list = table.concat(columns, ", ")
  local down = each(columns, function(column) return column .. " DESC" end)
  local lo, hi = at .. " > " .. tuple(gaps("lo", n)), at .. " <= " .. tuple(gaps("hi", n))
  local to_last = at .. " <= " .. tuple(gaps("last", n))
  local function upper(range)
    return ("SELECT %s FROM %s WHERE %s ORDER BY %s LIMIT 1 OFFSET %s"):format(literals(columns), name, range, list, gap("others"))
  end
  return {
    keys = n,
    last = ("SELECT %s FROM %s ORDER BY %s LIMIT 1"):format(literals(columns), name, down),
    upper = upper(to_last), upper_after = upper(lo .. " AND " .. to_last),
    first_range = hi, range = lo .. " AND " .. hi,
    key = literals(columns), one = at .. " = " .. tuple(gaps("key", n)),
    row_key = ("jsonb_build_object(%s)"):format(each(work.key, function(column)
      return d:literal(column) .. ", one." .. d:ident(column)
    end)),
  }
end

-- Along the pages of the table, where it has no key; a part of the "key" is the number of a page.
local function by_page(work, d)
  local pages = ("(SELECT pg_relation_size(oid) / current_setting('block_size')::bigint AS pages,"
    .. " CASE WHEN reltuples > 0 AND relpages > 0 THEN reltuples / relpages ELSE %d END AS per_page"
    .. " FROM pg_class WHERE oid = %s::regclass) AS t"):format(kRowsPerPage, sql.name_literal(work.table, d))
  local function tid(page) return ("format('(%%s,0)', %s)::tid"):format(page) end
  local function upper(from)
    return ("SELECT quote_literal(least(%s::bigint, %s::bigint + greatest(1, (%s / per_page)::bigint))::text) FROM %s"
      .. " WHERE %s::bigint > %s::bigint"):format(gap("last1"), from, gap("rows"), pages, gap("last1"), from)
  end
  local hi = "ctid < " .. tid(gap("hi1"))
  return {
    keys = 1,
    last = "SELECT quote_literal(pages::text) FROM " .. pages .. " WHERE pages > 0",
    upper = upper("0"), upper_after = upper(gap("lo1")),
    first_range = hi, range = "ctid >= " .. tid(gap("lo1")) .. " AND " .. hi,
    key = "quote_literal(ctid::text)", one = "ctid = " .. gap("key1"),
    row_key = "jsonb_build_array(one.ctid::text)",
  }
end

local function progress(work, step, d)
  local id = d:literal(rows.id(step))
  local total = work.rows and work.rows >= 0 and ("%d"):format(work.rows) or "NULL"
  return {
    ensure = { ("INSERT INTO forgelua_backfill_progress (id, rows_total) VALUES (%s, %s) ON CONFLICT DO NOTHING"):format(
      id, total) },
    forget = { "DELETE FROM forgelua_backfill_progress WHERE id = " .. id },
    finish = "UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp() WHERE id = " .. id,
    id = id,
  }
end

--- How the rows of a work are moved; nil where only the script can.
function M.walk(work, step, d)
  if walk.salvages(work) then return nil end
  local along = work.key and #work.key > 0 and by_key(work, d) or by_page(work, d)
  local statement, line = rows.statement(work, step, d), progress(work, step, d)
  local name, needed = d:qname(work.table), rows.condition(work)
  local function move(range) return statement(range .. needed, work.set) end
  local function list(range) return ("SELECT %s FROM %s WHERE %s"):format(along.key, name, range) end
  local cursor = each(gaps("hi", along.keys), function(value) return value .. "::text" end)
  local resumed = {}
  for i = 1, along.keys do resumed[i] = ("quote_literal(cursor ->> %d)"):format(i - 1) end
  return walk.new({
    keys = along.keys, open = { rows.PROGRESS, rows.ERRORS }, ensure = line.ensure, forget = line.forget,
    resume = ("SELECT %s FROM forgelua_backfill_progress WHERE id = %s AND cursor IS NOT NULL"):format(
      table.concat(resumed, ", "), line.id),
    last = along.last, upper = along.upper, upper_after = along.upper_after,
    begin = { ("SELECT set_config('forgelua.backfill', '%s', true)"):format(rows.marker(work, step)) },
    move = move(along.first_range), move_after = move(along.range),
    list = list(along.first_range), list_after = list(along.range),
    compare = walk.compare(work, name, along.first_range), compare_after = walk.compare(work, name, along.range),
    move_row = move(along.one),
    log_row = ("INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)"
      .. " SELECT %s, %s, to_jsonb(one), %s, %s FROM %s AS one WHERE %s"):format(
      line.id, along.row_key, gap("code"), gap("message"), name, along.one),
    checkpoint = ("UPDATE forgelua_backfill_progress SET cursor = jsonb_build_array(%s), rows_done = rows_done + %s,"
      .. " bad_rows = bad_rows + %s, updated_at = clock_timestamp() WHERE id = %s"):format(
      cursor, gap("moved"), gap("bad"), line.id),
    finish = line.finish,
  })
end

return M
