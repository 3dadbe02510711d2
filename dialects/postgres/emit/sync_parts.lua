--- What the functions of dual-writes are made of, be it between columns or between tables.

local sqltext = require("forge.sqltext")

local M = {}

--- The handler that writes to the log, as a template. That the log cannot be written is no reason to refuse the application's row.
M.HANDLER = [[
EXCEPTION WHEN OTHERS THEN
  DECLARE
    forgelua_code text := SQLSTATE;
    forgelua_text text := SQLERRM;
  BEGIN
    INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
    SELECT %s, TG_OP, %s, to_jsonb(%s), forgelua_code, forgelua_text%s;
  EXCEPTION WHEN OTHERS THEN
    RAISE WARNING 'forgelua_sync_errors: %%', forgelua_text;
  END;]]

local set_in_by = {}

--- A template whose lines are set in by `indent`, each made once.
function M.set_in(template, indent)
  local made = set_in_by[indent] or {}
  set_in_by[indent] = made
  if not made[template] then made[template] = indent .. template:gsub("\n", "\n" .. indent) end
  return made[template]
end

--- The handler in one text of several lines.
function M.log_lines(sync, row, indent, d)
  return M.set_in(M.HANDLER, indent):format(d:literal(sync.name.name), "NULL", row, "")
end

--- Adds lines to lines.
function M.append(list, more)
  for _, line in ipairs(more) do list[#list + 1] = line end
end

--- The row goes by the name of its table, where an expression says `orders.total`.
local function row_alias(expr, sync, d)
  return sqltext.qualifies(expr, sync.table.name) and d:ident(sync.table.name) or "r"
end

M.row_alias = row_alias

--- An expression over a row's bare column names, without reading the table unless the sync says where a row's image is.
function M.over_row(expr, sync, d, side)
  return ("(SELECT %s FROM (%s) AS %s)"):format(expr, sync.image or ("SELECT %s.*"):format(side or "NEW"), row_alias(expr, sync, d))
end

--- Image comparison sees what an operator of the type would hide: other letters in citext, another scale in numeric. The
--- cast keeps the parser from taking the two rows apart.
function M.changed(columns, d)
  local new, old = {}, {}
  for i, column in ipairs(columns) do
    new[i], old[i] = "NEW." .. d:ident(column), "OLD." .. d:ident(column)
  end
  return ("ROW(%s)::record *<> ROW(%s)::record"):format(table.concat(new, ", "), table.concat(old, ", "))
end

return M
