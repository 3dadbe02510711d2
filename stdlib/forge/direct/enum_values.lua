--- An enum whose values get other names in place: defaults, checks and indexes that say a value follow it by themselves. So
--- they belong into the step that renames the values: said by themselves, each way would name a value that is not there.

local fold = require("forge.fold")
local sqltext = require("forge.sqltext")
local strategy = require("forge.strategy")

local M = {}

local function followed(text, map)
  return text and (text:gsub("'([^']*)'", function(value) return map[value] and "'" .. map[value] .. "'" end))
end

-- Can a literal in the text only be a value of the type? Beside another column of words it may be another one.
local function of_type_alone(b, t, enum, text)
  for _, column in ipairs(t.columns) do
    local row = b.ctx.d.types.map[column.type.name]
    local words = not row or row.family == "text" or (column.type.ref or "") ~= ""
    if words and column.type.ref ~= enum and sqltext.names(text, column.name) then return false end
  end
  return true
end

local function follow_check(b, t, enum, check, map)
  if not of_type_alone(b, t, enum, check.expr) then return check end
  local made = fold.copy(check)
  made.expr = followed(check.expr, map)
  return made
end

local function follow_index(b, t, enum, index, map)
  if (index.where or "") == "" or not of_type_alone(b, t, enum, index.where) then return index end
  local made = fold.copy(index)
  made.where = followed(index.where, map)
  return made
end

local FOLLOW = { check = follow_check, index = follow_index }

local function stays_in_place(b, change) return ((b.choices or {})[change] or { strategy = "direct" }).strategy == "direct" end

local function default_op(b, unit, change, enum, map)
  local now = change.before and change.after and b:column(unit.q, change.before.name)
  local given = now and now.type.ref == enum and now.default
  local value = given and given.kind == "string" and map[given.text]
  if not value or not change.after.default or change.after.default.text ~= value then return nil end
  return b:patch_column(unit.q, now.name, { default = change.after.default })
end

local function member_op(b, unit, change, enum, map)
  local kind = change.kind
  if not change.before or not change.after or change.before.name ~= change.after.name then return nil end
  local t = b:table(unit.q)
  if not fold.same(FOLLOW[kind](b, t, enum, change.before, map), change.after) then return nil end
  local made = b:alter_member(unit.q, kind, change.before.name, change.after)
  b.settled[change] = true
  return made
end

--- The operations that the engine carries out along with the renamed values.
---@param b table builder
---@param before table EnumType
---@param after table EnumType
---@return table[] ops
function M.following(b, before, after)
  local renamed = b.ctx.d.renamed_values and b.ctx.d.renamed_values(before.values, after.values)
  if not renamed then return {} end
  local map, out, enum = {}, {}, strategy.display(before.name)
  for _, pair in ipairs(renamed) do map[pair[1]] = pair[2] end
  for _, unit in ipairs(b.units) do
    for _, change in ipairs(b:table(unit.q) and unit.changes or {}) do
      if stays_in_place(b, change) and not b.settled[change] then
        if change.kind == "column" then out[#out + 1] = default_op(b, unit, change, enum, map)
        elseif FOLLOW[change.kind] then out[#out + 1] = member_op(b, unit, change, enum, map) end
      end
    end
  end
  return out
end

return M
