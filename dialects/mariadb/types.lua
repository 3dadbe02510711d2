--- MariaDB's types: MySQL's, with a uuid of its own from 10.7 on, and json as a longtext that is checked.

local mysql = require("dialects.mysql.types")

local M = {}
for key, value in pairs(mysql) do M[key] = value end

-- The widths at which integers are shown, which MariaDB keeps: signed and unsigned, where none is stated.
local WIDTHS = {
  tinyint = { 4, 3 }, smallint = { 6, 5 }, mediumint = { 9, 8 }, integer = { 11, 10 }, bigint = { 20, 20 },
}

local function shown(row)
  return {
    family = row.family, zero = row.zero, args = { 0, 1 },
    sql = function(_, args) return args[1] and ("%s(%d)"):format(row.sql, args[1]) or row.sql end,
  }
end

--- An integer of the usual width states none.
function M.canonical(t)
  local usual, width = WIDTHS[t.name], (t.args or {})[1]
  if not usual or not width or width ~= usual[t.unsigned and 2 or 1] then return mysql.canonical(t) end
  return { name = t.name, args = {}, unsigned = t.unsigned, array = t.array }
end

local function map_of(version_has_uuid)
  local map = {}
  for word, row in pairs(mysql.map) do map[word] = WIDTHS[word] and shown(row) or row end
  if version_has_uuid then
    map.uuid = { sql = "uuid", family = "uuid", zero = "'00000000-0000-0000-0000-000000000000'" }
  end
  return map
end

M.map = map_of(true)

local without_uuid = {}
for key, value in pairs(M) do without_uuid[key] = value end
without_uuid.map = map_of(false)

--- The types of one version.
---@param d table dialect
function M.at(d) return d:since(10, 7) and M or without_uuid end

M.to = {}
for family, make in pairs(mysql.to) do M.to[family] = make end
function M.to.json(x) return x end
function M.to.uuid(x) return "CAST(" .. x .. " AS UUID)" end

--- As MySQL's, with uuid as a family of its own.
function M.castable(from, to)
  local a, b = from.name == "uuid", to.name == "uuid"
  if a and b then return "free" end
  if not a and not b then return mysql.castable(from, to) end
  local other = mysql.map[(a and to or from).name]
  if not other or other.family ~= "text" then return nil end
  if not a then return "checked" end
  return mysql.castable({ name = "char", args = { 36 } }, to)
end

without_uuid.castable, without_uuid.to = mysql.castable, M.to

local names = {}
for key, value in pairs(mysql.names) do names[key] = value end
M.names, without_uuid.names = names, names

--- A check at a column bears the column's name; one at the table is CONSTRAINT_1, CONSTRAINT_2 …
function names.check(_, col) return col or "CONSTRAINT_1" end

return M
