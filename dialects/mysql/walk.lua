--- Rows moved by the engine that runs a plan, batch by batch (Walk in engine/plan/step.hpp).

local held = require("dialects.mysql.held")
local walk = require("forge.walk")
local batches = require("dialects.mysql.batches")
local work_of = require("dialects.mysql.work")

local M = {}

local gap = walk.gap

local NUMBERS = { integer = true, number = true }

local function family(d, col) return d.types.map[col.type.name].family end

-- A value of a key as an SQL literal, and what the table of progress keeps of it, both ways.
local function literal(d, col, value)
  if family(d, col) == "binary" then return "CONCAT('X''', HEX(" .. value .. "), '''')" end
  if NUMBERS[family(d, col)] then return "CAST(" .. value .. " AS CHAR)" end
  return "QUOTE(" .. value .. ")"
end

local function packed(d, col, value)
  return family(d, col) == "binary" and "HEX(" .. value .. ")" or "CAST(" .. value .. " AS CHAR)"
end

local function unpacked(d, col, i)
  local value = ("JSON_UNQUOTE(JSON_EXTRACT(cursor_key, '$[%d]'))"):format(i - 1)
  if family(d, col) == "binary" then return "CONCAT('X''', " .. value .. ", '''')" end
  return NUMBERS[family(d, col)] and value or "QUOTE(" .. value .. ")"
end

local function each(list, format_one)
  local out = {}
  for i, value in ipairs(list) do out[i] = format_one(value, i) end
  return table.concat(out, ", ")
end

local function along(fields, work, d, cols, parts)
  local name = d:qname(work.table)
  local function compare(prefix, op)
    return "(" .. batches.compare(d, cols, prefix, op, function(i, p) return gap(p .. i) end) .. ")"
  end
  local keys = each(cols, function(col) return literal(d, col, d:ident(col.name)) end)
  local plain = each(cols, function(col) return d:ident(col.name) end)
  local down = each(cols, function(col) return d:ident(col.name) .. " DESC" end)
  local first, range = compare("hi", "<="), compare("lo", ">") .. " AND " .. compare("hi", "<=")
  local function upper(where)
    return ("SELECT %s FROM %s WHERE %s ORDER BY %s LIMIT 1 OFFSET %s"):format(keys, name, where, plain, gap("others"))
  end
  local one = {}
  for i, col in ipairs(cols) do one[i] = d:ident(col.name) .. " = " .. gap("key" .. i) end
  one = table.concat(one, " AND ")
  fields.last = ("SELECT %s FROM %s ORDER BY %s LIMIT 1"):format(keys, name, down)
  fields.upper, fields.upper_after = upper(compare("last", "<=")), upper(compare("lo", ">") .. " AND " .. compare("last", "<="))
  fields.move, fields.move_after = parts.statement(first), parts.statement(range)
  fields.list = ("SELECT %s FROM %s WHERE %s"):format(keys, name, first)
  fields.list_after = ("SELECT %s FROM %s WHERE %s"):format(keys, name, range)
  fields.compare, fields.compare_after = walk.compare(work, name, first), walk.compare(work, name, range)
  fields.move_row = parts.statement(one)
  fields.log_row = ("INSERT INTO forgelua_backfill_errors (step, row_key, row_data, message) SELECT %s, JSON_ARRAY(%s), %s, %s"
    .. " FROM %s WHERE %s"):format(parts.id, each(cols, function(col, i) return packed(d, col, gap("key" .. i)) end),
    held.row_json(d, parts.table, ""), gap("message"), name, one)
  fields.resume = ("SELECT %s FROM forgelua_backfill_progress WHERE step = %s AND cursor_key IS NOT NULL"):format(
    each(cols, function(col, i) return unpacked(d, col, i) end), parts.id)
  return "cursor_key = JSON_ARRAY(" .. each(cols, function(col, i) return packed(d, col, gap("hi" .. i)) end) .. "), "
end

--- How the rows of a work are moved; nil where only the script can.
function M.walk(work, step, d)
  -- What the script takes out of a copy before it copies anew has no batches of its own here.
  if walk.salvages(work) or #(work.refresh or {}) > 0 then return nil end
  local parts = work_of.parts(work, step, d)
  local cols = batches.key_columns(d, parts.table, work.key)
  local opened = { parts.tables[1], parts.tables[2] }
  for _, statement in ipairs(parts.settings) do opened[#opened + 1] = statement end
  local fields = {
    keys = #cols, open = opened, close = parts.settings_back,
    ensure = { ("INSERT IGNORE INTO forgelua_backfill_progress (step, table_name, rows_total, state)"
      .. " VALUES (%s, %s, %s, 'running')"):format(parts.id, d:literal(work.table.name), parts.total) },
    forget = { "DELETE FROM forgelua_backfill_progress WHERE step = " .. parts.id },
    finish = "UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = " .. parts.id,
    move = parts.statement("TRUE"),
  }
  local cursor = #cols > 0 and along(fields, work, d, cols, parts) or ""
  fields.checkpoint = ("UPDATE forgelua_backfill_progress SET %srows_done = rows_done + %s, rows_skipped = rows_skipped + %s,"
    .. " updated_at = CURRENT_TIMESTAMP WHERE step = %s"):format(cursor, gap("moved"), gap("bad"), parts.id)
  return walk.new(fields)
end

return M
