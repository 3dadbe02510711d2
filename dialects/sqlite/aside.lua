--- Tables that step aside in a swap and refer to one another go on doing so. (Else a table that stands aside would point at
--- the one in its neighbour's place, which may lack the column: with foreign keys on, SQLite then refuses every write to it,
--- and with that the application's own.)

local dialect = require("forge.dialect")
local ddl = require("dialects.sqlite.ddl")

local M = {}

local ident, literal = ddl.ident, ddl.literal

-- Renames of tables whose old name another table of the step takes, and whose new one they keep.
local function stepping_aside(step)
  local list = {}
  for i, o in ipairs(step.ops) do
    local from, to = o.kind == "shell" and o.before.name.name, o.kind == "shell" and o.after.name.name
    local renamed, retaken, moves_on = from ~= to, false, false
    for j = i + 1, renamed and #step.ops or 0 do
      local later = step.ops[j]
      if later.kind == "shell" then
        retaken = retaken or later.after.name.name == from
        moves_on = moves_on or later.before.name.name == to
      end
    end
    if retaken and not moves_on then list[#list + 1] = { op = o, from = from, to = to } end
  end
  return list
end

local function over(parts, columns)
  local wanted = {}
  for _, name in ipairs(columns) do wanted[name:lower()] = true end
  for _, part in ipairs(parts) do
    if not wanted[(part.column or ""):lower()] then return false end
  end
  return #parts == #columns
end

-- Has the table a key over these columns, as a foreign key to it needs one?
local function has_key(t, columns)
  if not t then return true end
  if t.primary_key and over(t.primary_key.parts, columns) then return true end
  for _, key in ipairs(t.uniques or {}) do
    if over(key.parts, columns) then return true end
  end
  for _, index in ipairs(t.indexes or {}) do
    if index.unique and (index.where or "") == "" and over(index.parts, columns) then return true end
  end
  return false
end

--- The renames to carry out so: none where every reference between the tables fits those that take their places, too. (They
--- then point there, where every row is that the application has written.)
---@param step table
---@return table[] { op, from, to }
function M.renames(step)
  local list, names = stepping_aside(step), {}
  for _, row in ipairs(list) do names[row.from] = true end
  for _, row in ipairs(list) do
    local t = (step.tables.before or {})[dialect.key(row.op.before.name)]
    for _, fk in ipairs(t and t.foreign_keys or {}) do
      local follower = names[fk.ref.name] and (step.tables.after or {})[dialect.key(fk.ref)]
      if follower and not has_key(follower, fk.ref_columns) then return list end
    end
  end
  return {}
end

--- Renames the tables, and lets nothing follow but themselves: all other texts are set aside and put back.
---@param add fun(sql: string)
---@param list table[]
function M.move(add, list)
  local names = {}
  for i, row in ipairs(list) do names[i] = literal(row.from:lower()) end
  local own = " NOT IN (" .. table.concat(names, ", ") .. ")"
  add("CREATE TEMP TABLE forgelua_texts AS SELECT type, name, sql FROM main.sqlite_master "
    .. "WHERE type IN ('table', 'view', 'trigger') AND lower(name)" .. own .. " AND lower(tbl_name)" .. own)
  for _, row in ipairs(list) do add("ALTER TABLE " .. ident(row.from) .. " RENAME TO " .. ident(row.to)) end
  local kept = " FROM temp.forgelua_texts AS k WHERE k.type = m.type AND k.name = m.name"
  add("PRAGMA writable_schema = ON")
  add("UPDATE main.sqlite_master AS m SET sql = (SELECT k.sql" .. kept .. ") WHERE EXISTS (SELECT 1" .. kept
    .. " AND k.sql <> m.sql)")
  add("PRAGMA writable_schema = RESET")
  add("DROP TABLE temp.forgelua_texts")
end

return M
