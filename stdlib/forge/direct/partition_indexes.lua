--- An index or key of a partitioned table: built on each partition beside running writes, then made on the table itself, which
--- takes those that stand for its own and reads no row.

local fold = require("forge.fold")
local words = require("forge.direct.member_words")

local M = {}

local title, object_id = words.title, words.object_id

-- The partitions that hold rows, however deep, and stay as they are. One that comes with the plan is empty, and has the index from
-- its table; one that changes in it gets it under the lock.
local function leaves(ctx, q, list)
  for _, heir in ipairs(ctx.heirs(q, "before")) do
    local options = heir.options or {}
    if (options.partition_bound or "") ~= "" then
      if (options.partition_by or "") ~= "" then
        leaves(ctx, heir.name, list)
      else
        local before, after = ctx.table(heir.name, "before"), ctx.table(heir.name, "after")
        if before and after and fold.same(before, after) then list[#list + 1] = heir.name end
      end
    end
  end
  return list
end

local LISTS = { index = "indexes", key = "uniques" }

-- The name that the partition's own part gets from the server; nil where something may bear it: what that would be called then
-- only the server knows.
local function free_name(b, unit, leaf, kind, object)
  local d, t = b.ctx.d, b:table(leaf)
  local name = d:partition_member(leaf, kind, object)
  for member_kind, field in pairs(LISTS) do
    for _, own in ipairs(t[field] or {}) do
      if own.name == name then return nil end
    end
    for _, other in ipairs(b:table(unit.q)[field] or {}) do
      if d:partition_member(leaf, member_kind, other) == name then return nil end
    end
  end
  return not (object.primary and t.primary_key) and name or nil
end

-- A key of the table needs keys of the partitions, and a primary key columns that are NOT NULL before.
local function can(b, unit, kind, object)
  if not object.primary then return kind == "index" or kind == "key" end
  for _, part in ipairs(object.parts or {}) do
    local column = b:column(unit.q, part.column)
    if not column or column.nullable ~= false then return false end
  end
  return true
end

--- Adds the steps for an index or key of a partitioned table; false where there is no partition to build it on.
---@param add fun(b: table, unit: table, kind: string, object: table, why: string)
function M.add(b, unit, kind, object, add)
  local ctx = b.ctx
  if not ctx.heirs or not ctx.d.partition_member or not can(b, unit, kind, object) then return false end
  local known = ctx.table(unit.before and unit.before.name or unit.q, "before")
  local taken = {}
  for _, leaf in ipairs(known and leaves(ctx, known.name, {}) or {}) do
    b:borrow(leaf)
    local name = b:table(leaf) and free_name(b, unit, leaf, kind, object)
    if name then
      local own = fold.copy(object)
      own.name, own.comment = name, nil
      add(b, b:unit_at(leaf), kind, own, "its rows are read while reads and writes go on")
      taken[#taken + 1] = b:drop_member(leaf, kind, own.name)
    end
  end
  if #taken == 0 then return false end
  taken[#taken + 1] = b:add_member(unit.q, kind, object)
  b:step(object_id(unit.q, object), "from-partitions", {
    title = title("Make of the partitions' own", kind, object, unit.q), form = "from_partitions", ops = taken,
    why = "the server takes what stands on each partition for a part of it: no row is read under the lock",
    compatibility = { old_app = true, new_app = true }, hazards = { kind == "index" and "index_build" or "constraint" },
  })
  return true
end

return M
