--- An alteration of a column, cut into parts that each belong to one phase.

local fold = require("forge.fold")
local queries = require("forge.strategy.queries")

local M = {}

local function field_differs(before, after, name) return not fold.same(before[name], after[name]) end

local function default_phase(before, after)
  if not before.default then return "expand" end
  return after.default and "switch" or "contract"
end

-- Fields that change together with the type, in one operation.
local TYPE_FIELDS = { "type", "collation", "charset" }

local COUNTS = { tinyint = true, smallint = true, mediumint = true, integer = true, bigint = true }

local function type_part(ctx, before, after)
  local part
  for _, name in ipairs(TYPE_FIELDS) do
    if field_differs(before, after, name) then
      part = part or { what = "type", fields = {} }
      part.fields[#part.fields + 1] = name
    end
  end
  if not part then return nil end
  part.phase = (queries.total(ctx, before.type, after.type) and #part.fields == 1) and "expand" or "switch"
  return part
end

--- Cuts an alteration of a column into parts that each belong to one phase, in the order in which they run.
---@param before table
---@param after table
---@param in_key? boolean it stands in a primary key that goes without it: until then nothing can allow NULL in it
---@return table[] parts { what = "type"|"default"|"relax"|"not_null"|"rename"|"generated"|"identity"|…, phase, fields }
function M.column_parts(ctx, before, after, in_key)
  if field_differs(before, after, "generated") then
    return { { what = "generated", phase = "switch", fields = { "*" } } }
  end
  local list = {}
  local function add(what, phase, field) list[#list + 1] = { what = what, phase = phase, fields = { field } } end
  if field_differs(before, after, "comment") then add("comment", "expand", "comment") end
  local kind, counter = type_part(ctx, before, after), nil
  if kind then list[#list + 1] = kind end
  if field_differs(before, after, "default") then
    -- What a number makes of TRUE no server works out of a default by itself.
    local unlike = kind and before.default and (before.type.name == "boolean") ~= (after.type.name == "boolean")
    if unlike then kind.phase = "switch" end
    -- A type that holds every value holds the old default, too, which the deployed application counts on until the switch.
    local together = kind and (kind.phase == "switch" or not before.default)
    if together then kind.fields[#kind.fields + 1] = "default" else add("default", default_phase(before, after), "default") end
  end
  if field_differs(before, after, "rules") then add("rules", "switch", "rules") end
  if field_differs(before, after, "on_update") then add("on_update", "switch", "on_update") end
  if field_differs(before, after, "invisible") then
    add("visibility", after.invisible and "contract" or "expand", "invisible")
  end
  local counts_no_more = before.identity and not after.identity
  local relaxed = after.nullable and not before.nullable
  if counts_no_more and kind and not COUNTS[after.type.name] then
    -- No text counts up: the counter goes with the numbers.
    kind.phase = "switch"
    table.insert(kind.fields, "identity")
    if relaxed and not in_key then table.insert(kind.fields, "nullable") end
    relaxed = relaxed and in_key
  elseif field_differs(before, after, "identity") then
    counter = counts_no_more and "contract" or "switch"
  end
  if relaxed and not counts_no_more then add("relax", in_key and "contract" or "expand", "nullable") end
  if before.nullable and not after.nullable then add("not_null", "switch", "nullable") end
  if counter then add("identity", counter, "identity") end
  if relaxed and counts_no_more then add("relax", "contract", "nullable") end
  if before.name ~= after.name then add("rename", "switch", "name") end
  return list
end

--- Is the column to get another type or collation in its place?
---@param before table
---@param after table
function M.retyped(before, after)
  return before.name == after.name and (field_differs(before, after, "type") or field_differs(before, after, "collation"))
end

--- The column with the fields of a part taken from its final form.
function M.with_part(now, after, part)
  if part.fields[1] == "*" then return after end
  local made = fold.copy(now)
  for _, field in ipairs(part.fields) do made[field] = after[field] end
  return made
end

return M
