--- Expressions over one row of a trigger. `NEW.a` stands for the column where an expression is nothing else; otherwise the
--- row's columns are given to it by name, so that nothing of it needs to be parsed.

local algorithm = require("dialects.mysql.algorithm")
local text = require("dialects.mysql.text")
local sqltext = require("forge.sqltext")

local M = {}

-- The name between the back-ticks of a text that is nothing else; those of the name itself stand doubled.
local function unquoted(expr)
  local inside = expr:match("^%s*`(.*)`%s*$")
  if not inside or inside:gsub("``", ""):find("`", 1, true) then return nil end
  return (inside:gsub("``", "`"))
end

local function reads(expr, name) return algorithm.mentions(expr, name) or expr:find(text.ident(nil, name), 1, true) end

--- The column that an expression consists of, if it does.
---@param t table Table
---@param expr string
---@return table|nil column
function M.bare(t, expr)
  local name = unquoted(expr) or expr:match("^%s*([%w_$]+)%s*$")
  if not name then return nil end
  for _, col in ipairs(t.columns) do
    if col.name:lower() == name:lower() then return col end
  end
  return nil
end

-- The row goes by the name of its table, where an expression says `orders.total`.
local function row_name(d, t, expr)
  local name = t.name.name
  return sqltext.qualifies(expr, name) and d:ident(name) or "forgelua_row"
end

--- An expression over the row `side` ("NEW" or "OLD").
---@return string sql
function M.expr(d, t, expr, side)
  local col = M.bare(t, expr)
  if col then return side .. "." .. d:ident(col.name) end
  local given = {}
  for _, other in ipairs(t.columns) do
    if reads(expr, other.name) then given[#given + 1] = ("%s.%s AS %s"):format(side, d:ident(other.name), d:ident(other.name)) end
  end
  if #given == 0 then return "(SELECT " .. expr .. ")" end
  return ("(SELECT %s FROM (SELECT %s) AS %s)"):format(expr, table.concat(given, ", "), row_name(d, t, expr))
end

--- The columns of a table that an expression reads, apart from one.
---@return string[] names
function M.inputs(t, expr, except)
  local names = {}
  for _, other in ipairs(t.columns) do
    if reads(expr, other.name) and other.name:lower() ~= except:lower() then names[#names + 1] = other.name end
  end
  return names
end

local TEXTS = { text = true, enum = true }

--- Did a column's value change? Texts are compared byte by byte: 'a' and 'A' are two values, whatever the collation.
---@return string condition
function M.changed(d, t, name)
  local a, b = "NEW." .. d:ident(name), "OLD." .. d:ident(name)
  local col = M.bare(t, name)
  local map_row = col and d.types.map[col.type.name]
  if not map_row or TEXTS[map_row.family] then
    a, b = "CAST(" .. a .. " AS BINARY)", "CAST(" .. b .. " AS BINARY)"
  end
  return "NOT (" .. a .. " <=> " .. b .. ")"
end

return M
