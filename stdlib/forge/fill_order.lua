--- The order in which columns of one table are filled. A backfill is computed over the old row, but a trigger, and MySQL's
--- UPDATE, fill one column after another: what another column's value is computed from is filled after that.

local sqltext = require("forge.sqltext")
local strategy = require("forge.strategy")

local M = {}

local function reads(up, column) return column.before ~= nil and sqltext.names(up, column.before.name) end

-- The first change of the list whose column no other one of it reads.
local function free(list, filler, ctx)
  for i, change in ipairs(list) do
    local read = false
    for j, other in ipairs(list) do
      read = read or (i ~= j and reads(filler(other, ctx) or "", change))
    end
    if not read then return i end
  end
end

--- The changes, each before those whose columns it reads; else in their own order.
---@param list table[] changes of columns, those that stand before it among them
---@param filler fun(change: table, ctx: table): string? what a column gets
---@param ctx table
---@return table[]
function M.sorted(list, filler, ctx)
  local left, out = {}, {}
  for i, change in ipairs(list) do left[i] = change end
  while #left > 0 do
    local at = free(left, filler, ctx)
    if not at then
      strategy.refuse(left[1], ("%s and %s are each filled from the other's old value: fill one of them in a migration of its own")
        :format(left[1].after.name, left[2].after.name))
    end
    out[#out + 1] = table.remove(left, at)
  end
  return out
end

--- The changes in passes. One pass writes all of its columns in every row that lacks one of them: a column that may hold a value of
--- somebody's there goes by itself.
---@param list table[] as for `sorted`
---@param filler fun(change: table, ctx: table): string?
---@param ctx table
---@param apart fun(change: table): boolean may the column hold a value where another one is empty?
---@return table[][]
function M.passes(list, filler, ctx, apart)
  local out, joins = {}, false
  for _, change in ipairs(M.sorted(list, filler, ctx)) do
    if joins and not apart(change) then table.insert(out[#out], change) else out[#out + 1] = { change } end
    joins = not apart(change)
  end
  return out
end

--- What a trigger gives a new column that must have a value: where the backfill gives none, the default, as it will later on.
function M.or_default(ctx, change, up)
  local column = change.after
  if change.before and not change.before.generated or column.nullable or not column.default then return up end
  local default = strategy.expr_sql(ctx, column.default)
  return up == default and up or ("COALESCE(%s, %s)"):format(up, default)
end

return M
