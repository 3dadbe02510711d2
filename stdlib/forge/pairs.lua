--- Pairs of columns that live side by side: what each side is called before and after the swap, and the expressions that
--- lead from one to the other.

local fold = require("forge.fold")
local sqltext = require("forge.sqltext")
local strategy = require("forge.strategy")

local M = {}

local function same_table(a, b) return fold.same_q(a.table, b.table) end

--- The one column of the same table that goes, that the expression for a new column reads, and that its inverse can give
--- back; nil where there is none or more than one.
function M.counterpart(change, group)
  local intent = change.intent or {}
  if change.before or (intent.backfill_up or "") == "" or (intent.backfill_down or "") == "" then return nil end
  local found
  for _, other in ipairs(group.changes) do
    local goes = other.kind == "column" and not other.after and same_table(other, change)
    if goes and sqltext.names(intent.backfill_up, other.before.name) then
      if found then return nil end
      found = other
    end
  end
  return found
end

local function expression(ctx, stated, from, to, name)
  if stated and stated ~= "" then return stated, fold.same(from, to) and stated == name end
  local sql = strategy.convert(ctx, ctx.d:ident(name), from, to)
  return sql, sql ~= nil and strategy.total(ctx, from, to)
end

-- Does another column of the finished table have the name? Then the old one must leave it at the swap.
local function taken_after(group, change, name)
  if not change.table then return false end
  for _, other in ipairs(group.changes) do
    local comes = other ~= change and other.kind == "column" and other.after and same_table(other, change)
    if comes and other.after.name == name then return true end
  end
  return false
end

-- Is the name that of a column which stands?
local function stands(ctx, taken, name)
  if taken[name] then return true end
  for other in pairs(taken) do
    if strategy.same_column_name(ctx, other, name) then return true end
  end
  return false
end

--- The pair that a change makes.
---@param change table of a column, altered, or added beside its counterpart
---@param group table
---@param ctx table
---@param taken table<string, boolean> names of the table's columns before
---@return table pair { change, old, new, before, after, up?, down?, up_total, down_total, swap, retired }
function M.make(change, group, ctx, taken)
  local goes = not change.before and M.counterpart(change, group)
  local before = change.before or goes.before
  local after = change.after
  local intent = change.intent or {}
  local p = { change = change, goes = goes or nil, old = before.name, final = after.name, before = before, after = after }
  local up, only_nulls = strategy.stated_fill(change)
  if only_nulls then up = ("COALESCE(%s, %s)"):format(ctx.d:ident(before.name), up) end
  p.up, p.up_total = expression(ctx, up, before.type, after.type, before.name)
  p.down, p.down_total = expression(ctx, intent.backfill_down, after.type, before.type, after.name)
  p.swap = stands(ctx, taken, after.name)
  local function in_use(name) return stands(ctx, taken, name) or taken_after(group, change, name) end
  p.new = p.swap and strategy.free_name(ctx, after.name, "__new", in_use) or after.name
  p.retired = (p.swap or taken_after(group, change, before.name)) and strategy.free_name(ctx, before.name, "__old", in_use)
    or before.name
  return p
end

local function map_of(list, from, to)
  local map = {}
  for _, p in ipairs(list) do
    if p[from] ~= p[to] then map[p[from]] = p[to] end
  end
  return map
end

--- The sync's pairs while the columns have their first names (`swapped` false) or their last ones.
function M.sync_pairs(list, swapped, lead)
  local up_map = swapped and map_of(list, "old", "retired") or {}
  local down_map = swapped and {} or map_of(list, "final", "new")
  local out = {}
  for i, p in ipairs(list) do
    out[i] = {
      old = swapped and p.retired or p.old, new = swapped and p.final or p.new,
      up = sqltext.rename(p.up, up_map), down = sqltext.rename(p.down or "", down_map), lead = lead(p),
    }
  end
  return out
end

--- Renames from the final names of columns to those that they have beside the old ones.
function M.to_new(list) return map_of(list, "final", "new") end

return M
