--- Texts of two collations: an operator that finds two of them among its columns, neither being the default, is refused (42P22).

local sql = require("dialects.postgres.sql")

local M = {}

--- forge.strategy.collations tells what is asked.
function M.apart(d, _, col, _, column)
  local a, b = d.types.map[col.type.name], d.types.map[column.type.name]
  local texts = a and b and a.family == "text" and b.family == "text"
  return texts and (col.collation or "") ~= (column.collation or "") or false
end

--- The text by its bytes alone.
function M.exact(_, x) return ('(%s) COLLATE "C"'):format(x) end

--- A key of `source` as the column `name` of `target` compares it.
function M.keyed_as(d, x, source, target, name)
  local col, column = sql.column_of(source, name), sql.column_of(target, name)
  if not col or not column or not M.apart(d, nil, col, nil, column) then return x end
  local own = column.collation or ""
  return ("(%s) COLLATE %s"):format(x, own ~= "" and sql.collation(own) or '"default"')
end

return M
