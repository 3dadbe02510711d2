--- What keeps a column from having a second one beside it that takes its place, and a table from being altered under a lock.

local M = {}

--- The column whose default takes its number from a sequence. MariaDB (10.11.19) alters no table under LOCK TABLES that has
--- such a default afterwards (error 1100), though the sequence be locked, too.
---@param d table dialect
---@param t table|nil
---@return table|nil column
function M.numbered(d, t)
  for _, col in ipairs(d.features.sequences and (t or {}).columns or {}) do
    local default = col.default and col.default.kind == "sql" and col.default.text:lower() or ""
    if default:find("nextval%s*%(") or default:find("next%s+value%s+for%s") then return col end
  end
end

local function spatial_index(t, name)
  for _, index in ipairs((t or {}).indexes or {}) do
    for _, part in ipairs((index.method or ""):lower() == "spatial" and index.parts or {}) do
      if part.column == name then return index end
    end
  end
end

--- The reason why no second column can take over; nil where one can. (Error 1252 for a spatial index.)
---@param d table dialect
---@param t table|nil the table, before or after
---@param name string what the column is called in it
---@return string|nil
function M.keeps(d, t, name)
  local index = spatial_index(t, name)
  if index then
    return ("the spatial index %s takes no column that may be NULL, as a second one is until every row has its value"):format(index.name)
  end
  local column = M.numbered(d, t)
  return column and ("the default of %s is a sequence's next number, and the server alters no such table under LOCK TABLES, "
    .. "which the change-over needs"):format(column.name) or nil
end

return M
