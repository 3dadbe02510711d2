--- Rows moved by the engine that runs a plan, batch by batch (Walk in engine/plan/step.hpp).

local ddl = require("dialects.sqlite.ddl")
local sync = require("dialects.sqlite.sync")
local walk = require("forge.walk")
local work_of = require("dialects.sqlite.work")

local M = {}

local gap, gaps = walk.gap, walk.gaps
local ident, literal = ddl.ident, ddl.literal

local function tuple(list) return #list > 1 and "(" .. table.concat(list, ", ") .. ")" or list[1] end

local function each(list, format_one)
  local out = {}
  for i, value in ipairs(list) do out[i] = format_one(value, i) end
  return table.concat(out, ", ")
end

local function quoted(list) return each(list, function(value) return "quote(" .. value .. ")" end) end

local function along(fields, work, parts, asked)
  local keys, name, n = parts.keys, ident(work.table.name), #parts.keys
  local at = tuple(keys)
  local function descending(list) return each(list, function(key) return key .. " DESC" end) end
  local lo, hi = at .. " > " .. tuple(gaps("lo", n)), at .. " <= " .. tuple(gaps("hi", n))
  local to_last = at .. " <= " .. tuple(gaps("last", n))
  local function upper(range)
    return ("SELECT %s FROM %s WHERE %s ORDER BY %s LIMIT 1 OFFSET %s"):format(
      quoted(keys), name, range, table.concat(keys, ", "), gap("others"))
  end
  fields.last = ("SELECT %s FROM %s ORDER BY %s LIMIT 1"):format(quoted(keys), name, descending(keys))
  fields.upper, fields.upper_after = upper(to_last), upper(lo .. " AND " .. to_last)
  fields.move, fields.move_after = parts.statement(hi), parts.statement(lo .. " AND " .. hi)
  fields.compare, fields.compare_after = walk.compare(work, asked, hi), walk.compare(work, asked, lo .. " AND " .. hi)
  fields.list = ("SELECT %s FROM %s WHERE %s"):format(quoted(keys), name, hi)
  fields.list_after = ("SELECT %s FROM %s WHERE %s AND %s"):format(quoted(keys), name, lo, hi)
  fields.move_row = parts.statement(at .. " = " .. tuple(gaps("key", n)))
  if n > parts.max_key then return "" end
  local stored = {}
  for i = 1, n do stored[i] = "key_" .. i end
  fields.resume = ("SELECT %s FROM forgelua_backfill_progress WHERE step = %s AND key_1 IS NOT NULL"):format(
    quoted(stored), literal(parts.name))
  local shown = {}
  for i, value in ipairs(gaps("hi", n)) do shown[i] = "quote(" .. value .. ")" end
  return each(gaps("hi", n), function(value, i) return "key_" .. i .. " = " .. value end) .. ", cursor = "
    .. table.concat(shown, " || ',' || ") .. ", "
end

--- How the rows of a work are moved.
function M.walk(work, step, d)
  local parts = work_of.parts(work, step)
  local name = literal(parts.name)
  local total = (work.rows or -1) >= 0 and ("%d"):format(work.rows) or "NULL"
  local fields = {
    keys = #parts.keys, open = parts.tables, close = parts.counters,
    ensure = { ("INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES (%s, %s)"):format(name, total) },
    forget = { "DELETE FROM forgelua_backfill_progress WHERE step = " .. name },
    begin = { sync.batch_begins(sync.side(work, step)) },
    ["end"] = { sync.kBatchEnds },
    finish = "UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = " .. name,
    move = parts.statement("1"),
  }
  local cursor = #parts.keys > 0 and along(fields, work, parts, d:qname(work.table)) or ""
  fields.checkpoint = ("UPDATE forgelua_backfill_progress SET %srows_done = rows_done + %s, updated_at = CURRENT_TIMESTAMP"
    .. " WHERE step = %s"):format(cursor, gap("moved"), name)
  return walk.new(fields)
end

return M
