--- What AUTO_INCREMENT gives next, where one table takes the place of another one: a number that was given once is not given again,
--- though its row has gone.

local dialect = require("forge.dialect")

local M = {}

local key = dialect.key

local function counted(t)
  for _, col in ipairs((t or {}).columns or {}) do
    if col.identity or col.type.name:find("serial$") then return true end
  end
  return false
end

local function next_of(d, name)
  return ("(SELECT AUTO_INCREMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %s)"):format(
    d:literal(name.name))
end

--- The table `name`, which is about to be called as `place` is now, goes on where that one is. A copy's triggers carry the numbers of
--- later rows along.
---@param name table QName
---@param place table QName
function M.go_on(out, d, name, place)
  -- The server's catalog shows what it knew up to a day ago; MariaDB's knows no such setting.
  local stale = d.name == "mysql"
  if stale then out:add("SET @forgelua_expiry = @@SESSION.information_schema_stats_expiry, SESSION information_schema_stats_expiry = 0") end
  out:add(("SET @forgelua_alter = CONCAT(%s, GREATEST(COALESCE(%s, 1), COALESCE(%s, 1)))"):format(
    d:literal(("ALTER TABLE %s AUTO_INCREMENT = "):format(d:qname(name))), next_of(d, place), next_of(d, name)))
  out:add("PREPARE forgelua_alter FROM @forgelua_alter")
  out:add("EXECUTE forgelua_alter")
  out:add("DEALLOCATE PREPARE forgelua_alter")
  if stale then out:add("SET SESSION information_schema_stats_expiry = @forgelua_expiry") end
end

--- The same for all tables that a step renames.
---@param step table
---@param after_of table<string, table> what a table is called once all is renamed, by its name before
function M.of_step(out, d, step, after_of)
  local tables = (step.tables or {}).before or {}
  for _, o in ipairs(step.ops) do
    local name = o.kind == "shell" and o.before and o.before.name
    local place = name and after_of[key(name)]
    local taken = place and key(place) ~= key(name) and after_of[key(place)]
    if taken and counted(tables[key(name)]) and counted(tables[key(place)]) then M.go_on(out, d, name, place) end
  end
end

return M
