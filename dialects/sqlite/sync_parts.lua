--- What the triggers of dual-writes are made of, be it between columns or between tables.

local ddl = require("dialects.sqlite.ddl")
local types = require("dialects.sqlite.types")

local M = {}

local ident, literal = ddl.ident, ddl.literal

function M.bare(text)
  return (text:gsub("^%s+", ""):gsub("%s+$", ""):gsub('^"(.*)"$', "%1"))
end

--- The row NEW as a table of one row: its columns stand under their bare names and under the table's.
function M.new_row(t)
  local list = {}
  for i, col in ipairs(t.columns) do list[i] = "NEW." .. ident(col.name) .. " AS " .. ident(col.name) end
  return "(SELECT " .. table.concat(list, ", ") .. ") AS " .. ident(t.name.name)
end

--- May the text name the column? Letter case and quotes do not count.
function M.may_name(text, name)
  local low, word = text:lower(), name:lower()
  if word:find("[^%w_]") then
    return low:find(word, 1, true) ~= nil or low:find((word:gsub('"', '""')), 1, true) ~= nil
  end
  return low:find("%f[%w_]" .. word .. "%f[^%w_]") ~= nil
end

--- An expression over NEW or OLD. Columns that it does not name stay out of the trigger, so that it outlives them.
function M.over_row(t, expr, side)
  local list = {}
  for _, col in ipairs(t.columns) do
    if M.may_name(expr, col.name) then list[#list + 1] = side .. "." .. ident(col.name) .. " AS " .. ident(col.name) end
  end
  if #list == 0 then list[1] = "1" end
  return "(SELECT " .. expr .. " FROM (SELECT " .. table.concat(list, ", ") .. ") AS " .. ident(t.name.name) .. ")"
end

-- In a STRICT table a value of the wrong class is an error that OR IGNORE does not catch: it must not get that far.
local STRICT_TEST = {
  integer = "typeof(%s) IN ('integer', 'null') OR CAST(%s AS INTEGER) = %s",
  int = "typeof(%s) IN ('integer', 'null') OR CAST(%s AS INTEGER) = %s",
  real = "typeof(%s) IN ('real', 'integer', 'null') OR CAST(%s AS REAL) = %s",
  text = "typeof(%s) <> 'blob'", blob = "typeof(%s) IN ('blob', 'null')",
}

function M.held(t, name, value)
  local col = ddl.find(t.columns, name)
  if not col or not (t.options and t.options.strict) then return value end
  local test = STRICT_TEST[types.strict_sql(col.type):lower()]
  if not test then return value end
  return "(SELECT CASE WHEN " .. test:gsub("%%s", "v") .. " THEN v END FROM (SELECT " .. value .. " AS v))"
end

--- How rows are found again: by rowid where there is one, else by the primary key.
function M.row_columns(t)
  local rowid = ddl.rowid_name(t)
  if rowid then return { rowid } end
  local list = {}
  if not t.primary_key then error(("table '%s' has no key that a trigger could find its rows by"):format(t.name.name), 0) end
  for i, part in ipairs(t.primary_key.parts) do list[i] = ident(part.column) end
  return list
end

function M.matches(columns, row)
  local parts = {}
  for i, name in ipairs(columns) do parts[i] = name .. " = " .. row .. "." .. name end
  return table.concat(parts, " AND ")
end

local function key_text(columns, row)
  local parts = {}
  for i, name in ipairs(columns) do parts[i] = "quote(" .. row .. "." .. name .. ")" end
  return table.concat(parts, " || ',' || ")
end

function M.log_sql(sync, t, keys, row, column, value, from)
  return "  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT "
    .. table.concat({ literal(sync.name.name), literal(t.name.name), key_text(keys, row), literal(column), value }, ", ")
    .. " " .. from
end

function M.trigger(sync, suffix, event, t, marker, body)
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

return M
