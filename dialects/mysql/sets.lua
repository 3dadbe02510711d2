--- What becomes a SET: members in the order in which the type keeps them.

local M = {}

-- The members of a value, in this order.
local function members_of(x, values, d)
  local list = {}
  for i, value in ipairs(values) do
    local member = d:literal(value)
    list[i] = ("CASE WHEN FIND_IN_SET(%s, %s) > 0 THEN %s END"):format(member, x, member)
  end
  return "CONCAT_WS(',', " .. table.concat(list, ", ") .. ")"
end

-- A SET is read in the order of its type's members, whatever order they were written in, and must equal what it was given.
-- Members that the type lacks are given, too: the server refuses them.
local function set_of(x, ra, to, from, d)
  if ra.family == "text" then
    local known = members_of(x, to.values, d)
    return ("CASE WHEN CHAR_LENGTH(%s) = CHAR_LENGTH(%s) THEN %s ELSE %s END"):format(known, x, known, x)
  end
  local values, held, has = {}, {}, {}
  for _, value in ipairs(from.values) do has[value] = true end
  for _, value in ipairs(to.values) do
    held[value] = true
    if has[value] then values[#values + 1] = value end
  end
  for _, value in ipairs(from.values) do
    if not held[value] then values[#values + 1] = value end
  end
  return ("CASE WHEN %s IS NULL THEN NULL ELSE %s END"):format(x, members_of(x, values, d))
end

-- Do the members that both types have stand in one order?
local function one_order(from, to)
  local at, last = {}, 0
  for i, value in ipairs(to.values) do at[value] = i end
  for _, value in ipairs(from.values) do
    local place = at[value]
    if not place or place < last then return false end
    last = place
  end
  return true
end

--- The value with its members in the order of the new type; nil where they have it already.
---@param x string SQL of a text, an ENUM or a SET
---@param ra table the row of its type
---@param to table Type
---@param from table Type
---@param d table dialect
---@return string|nil sql
function M.ordered(x, ra, to, from, d)
  if to.name ~= "set" or #to.values < 2 then return nil end
  if ra.family ~= "text" and (from.name ~= "set" or one_order(from, to)) then return nil end
  return set_of(x, ra, to, from, d)
end

return M
