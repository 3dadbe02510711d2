--- What the functions of dual-writes are made of, be it between columns or between tables.

local sqltext = require("forge.sqltext")

local M = {}

--- The handler that writes to the log. That the log cannot be written is no reason to refuse the application's row.
---@param when string? a condition under which it is written
function M.log_lines(sync, column, row, indent, d, when)
  local lines = {
    "EXCEPTION WHEN OTHERS THEN",
    "  DECLARE",
    "    forgelua_code text := SQLSTATE;",
    "    forgelua_text text := SQLERRM;",
    "  BEGIN",
    "    INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)",
    ("    SELECT %s, TG_OP, %s, to_jsonb(%s), forgelua_code, forgelua_text%s;"):format(
      d:literal(sync.name.name), column and d:literal(column) or "NULL", row, when and " WHERE " .. when or ""),
    "  EXCEPTION WHEN OTHERS THEN",
    "    RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;",
    "  END;",
  }
  for i, line in ipairs(lines) do lines[i] = indent .. line end
  return lines
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

--- An expression over a row's bare column names, without reading the table.
function M.over_row(expr, sync, d, side)
  return ("(SELECT %s FROM (SELECT %s.*) AS %s)"):format(expr, side or "NEW", row_alias(expr, sync, d))
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
