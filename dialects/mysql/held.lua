--- What is kept of a row that its target cannot hold: the row as JSON in the log, and in the target every value that it can
--- hold, each column that may fail being computed by itself.

local collations = require("dialects.mysql.collations")
local text = require("dialects.mysql.text")

local M = {}

local function column_of(t, name)
  for _, col in ipairs((t or {}).columns or {}) do if col.name == name then return col end end
  return nil
end

--- A column's type for a variable of a stored program, with the character set that the column has.
---@param d table dialect
---@param t table Table
---@param col table Column
---@return string sql
function M.variable_type(d, t, col)
  local sql = text.type_sql(d, col.type)
  if d.types.map[col.type.name].family ~= "text" then return sql end
  local charset, collation = collations.said(t, col)
  if charset ~= "" then sql = sql .. " CHARACTER SET " .. charset end
  if collation ~= "" then sql = sql .. " COLLATE " .. collation end
  return sql
end

-- JSON takes no bytes, bits or shapes.
local AS_TEXT = {
  binary = function(x) return "HEX(" .. x .. ")" end,
  bit = function(x) return x .. " + 0" end,
  other = function(x) return "HEX(" .. x .. ")" end,
  enum = function(x) return "CAST(" .. x .. " AS CHAR)" end,
}

--- The whole row as JSON.
---@param side string what stands before a column's name: "NEW.", "OLD." or ""
---@return string sql
function M.row_json(d, t, side)
  local out = {}
  for _, col in ipairs(t.columns) do
    if not col.generated then
      local value = side .. d:ident(col.name)
      local as_text = AS_TEXT[d.types.map[col.type.name].family]
      out[#out + 1] = d:literal(col.name) .. ", " .. (as_text and as_text(value) or value)
    end
  end
  return "JSON_OBJECT(" .. table.concat(out, ", ") .. ")"
end

--- The entries of a set with a variable in place of each expression that may fail, and those variables.
---@param set table[] { to, expr, otherwise }
---@param target table|nil the table that is written
---@return table[] set, table[] variables { name, type, expr, otherwise }
function M.split(d, set, target)
  local list, variables = {}, {}
  for i, item in ipairs(set) do
    local col = (item.otherwise or "") ~= "" and column_of(target, item.to)
    list[i] = item
    if col then
      local name = "forgelua_held" .. i
      variables[#variables + 1] = { name = name, type = M.variable_type(d, target, col), expr = item.expr,
                                    otherwise = item.otherwise }
      list[i] = { to = item.to, held = name }
    end
  end
  return list, variables
end

--- The declarations of the variables.
---@return string sql one line each
function M.declared(variables)
  local out = {}
  for i, v in ipairs(variables) do out[i] = ("  DECLARE %s %s DEFAULT NULL;"):format(v.name, v.type) end
  return table.concat(out, "\n")
end

--- The part of a walk that takes what can be held of a row which has just failed (forgelua_skipped = 1); nil where nothing can.
---@param variables table[] as `split` gave them
---@param from string the table that is read
---@param where string the one row
---@param statement fun(): string writes the row with the variables
---@param errors string the conditions that a row's value causes
---@return string|nil sql
function M.rescue(variables, from, where, statement, errors)
  if #variables == 0 then return nil end
  local out = {
    "        IF forgelua_skipped = 1 THEN", "          BEGIN",
    "            DECLARE CONTINUE HANDLER FOR " .. errors .. " SET forgelua_failed = TRUE;",
  }
  for _, v in ipairs(variables) do
    out[#out + 1] = ("            SET forgelua_failed = FALSE, %s = NULL;"):format(v.name)
    out[#out + 1] = ("            SELECT %s INTO %s FROM %s WHERE %s;"):format(v.expr, v.name, from, where)
    out[#out + 1] = ("            IF forgelua_failed THEN SET %s = %s; END IF;"):format(v.name, v.otherwise)
  end
  out[#out + 1] = "            " .. statement() .. ";"
  out[#out + 1] = "          END;"
  out[#out + 1] = "        END IF;"
  return table.concat(out, "\n")
end

return M
