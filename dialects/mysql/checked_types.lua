--- Types of columns under a CHECK that keep MySQL from altering any column of the table in place: it takes the check for
--- changed ("ALGORITHM=INPLACE is not supported for this operation", 1845). Seen on a 9.7 server with each of these types, in
--- whatever way the check names the column, for MODIFY and RENAME COLUMN; new columns, defaults and indexes are not concerned.

local text = require("dialects.mysql.text")

local M = {}

local TYPES = { date = true, time = true, datetime = true, timestamp = true, enum = true, set = true }

local ALTERED = { "name", "type", "nullable", "comment", "on_update" }

--- Does a check of the table stand in the way of these alterations?
---@param d table the dialect
---@param t table? the table before the operation
---@param facets table<string, boolean> what is altered
---@param mentions fun(expr: string, name: string): boolean
function M.stand_in_the_way(d, t, facets, mentions)
  local altered = false
  for _, facet in ipairs(ALTERED) do altered = altered or facets[facet] or false end
  if not altered or not t then return false end
  for _, column in ipairs(t.columns or {}) do
    if TYPES[text.type_sql(d, column.type):match("^%a+")] then
      for _, check in ipairs(t.checks or {}) do
        if mentions(check.expr, column.name) then return true end
      end
    end
  end
  return false
end

return M
