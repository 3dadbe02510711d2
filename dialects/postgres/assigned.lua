--- Values as a statement may assign them. PL/pgSQL converts what it assigns, UPDATE and INSERT do not: a text reaches a column
--- of another type by a cast alone, and the result of CASE over literals is a text.

local sql = require("dialects.postgres.sql")
local types = require("dialects.postgres.types")

local M = {}

-- Everything is assigned to them as it is; a cast to one with a length would cut what is too long without a word.
local TEXTS = { varchar = true, char = true, text = true, bit = true, varbit = true }

local GIVES_TEXT = { "substr", "substring", "left", "right", "trim", "ltrim", "rtrim", "btrim", "replace", "split_part", "to_char",
  "concat", "concat_ws", "lower", "upper", "lpad", "rpad", "regexp_replace", "regexp_substr", "translate", "reverse", "overlay",
  "string_agg", "repeat", "format", "max", "min" }

local function calls(low, word) return (" " .. low):find("[^%w_]" .. word .. "%s*%(") ~= nil end

-- May the expression be of another type than its column without saying so?
local function doubtful(expr, boolean)
  local low = expr:lower()
  if low:find("'", 1, true) or low:find("||", 1, true) or low:find("->", 1, true) or calls(low, "select") then return true end
  if low:find("%(%s*select[%s(]") then return true end
  if boolean and (" " .. low):find("[^%w_]case[%s(]") then return true end
  for _, word in ipairs(GIVES_TEXT) do
    if calls(low, word) then return true end
  end
  return not low:find("[%d%+%-%*/<>=]")  -- COALESCE(a, b) is of the columns' type, whatever that is
end

local function name_of(expr)
  return expr:match("^[%l_][%w_]*$") or (expr:match('^"([^"]*)"$'))
end

--- `expr` as it can be assigned to a column of type `t`.
---@param d table dialect
---@param expr string
---@param t table Type
---@param source? table the table whose columns it reads
---@return string
function M.value(d, expr, t, source)
  local held = types.stored(types.canonical(t))
  local limited = held.name == "native" and (held.ref or ""):find("(", 1, true)
  if TEXTS[held.name] or limited or expr:find("^'[^']*'$") or expr:upper() == "NULL" then return expr end
  local name = name_of(expr)
  if name then
    local column = sql.column_of(source, name)
    local free = not column or types.castable(column.type, t, d) == "free"
    return free and expr or ("CAST(%s AS %s)"):format(expr, sql.type_sql(d, held))
  end
  return doubtful(expr, held.name == "boolean" and (held.array or 0) == 0) and sql.stored_value(d, expr, t) or expr
end

return M
