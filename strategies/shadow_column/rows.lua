--- The tables whose columns move, each with its pairs of an old and a new column, their members and their sync.

local members = require("forge.direct.members")
local filler = require("forge.direct.filler")
local fold = require("forge.fold")
local pairs_of = require("forge.pairs")
local strategy = require("forge.strategy")

local M = {}

local show = strategy.display

local CONSTANT = { string = true, number = true, boolean = true }

-- May a rule refuse the default, which stands in the new column until the trigger has put its value there?
local function bound(unit, name)
  for _, spec in ipairs(strategy.MEMBERS) do
    for _, object in ipairs(unit.after[spec.field] or {}) do
      if (spec.kind ~= "index" or object.unique) and strategy.member_names(spec.kind, object, name) then return true end
    end
  end
  return false
end

-- Has the new column the old one's default from the beginning? Where the engine gives a column a default only as it adds it, a row
-- then tells which of both was stated: the one that is not its default.
local function early_default(ctx, unit, p)
  local default = p.after.default
  return ctx.features.rebuild and default ~= nil and CONSTANT[default.kind] and fold.same(p.before.default, default)
    and p.after.nullable and p.up_total and p.down_total and strategy.comparable(p.after) and not bound(unit, p.final) or false
end

--- The lists, made once: { unit, list = pairs (forge.pairs; `early`: its new column has its default from the beginning), object }.
function M.lists(sub, ctx, b)
  if sub.shadow then return sub.shadow end
  sub.shadow = {}
  for _, unit in ipairs(b.units) do
    local taken, list = {}, {}
    for _, column in ipairs((unit.before or { columns = {} }).columns) do taken[column.name] = true end
    for _, change in ipairs(sub.changes) do
      if b:unit(change) == unit and change.kind == "column" and change.after then
        local p = pairs_of.make(change, sub, ctx, taken)
        p.early = early_default(ctx, unit, p)
        list[#list + 1] = p
      end
    end
    if #list > 0 then
      unit.moves = true
      sub.shadow[#sub.shadow + 1] = { unit = unit, list = list, object = show(unit.q) .. "." .. list[1].final }
    end
  end
  return sub.shadow
end

function M.names(list, field)
  local out = {}
  for i, p in ipairs(list) do out[i] = p[field] end
  return table.concat(out, ", ")
end

function M.sync(b, row, swapped, lead)
  return {
    name = row.sync or b:sync_name(row.unit.q), kind = "columns", table = row.unit.q,
    pairs = pairs_of.sync_pairs(row.list, swapped, lead), columns = {}, key = {},
  }
end

function M.old_leads() return "old" end

--- What stands in a NOT NULL old column for a value that it cannot hold; nil where nothing may.
---@return string? expr
---@return string? said the same for people
---@return table? question what the way back asks first
function M.zero(ctx, unit, p) return filler.instead(ctx, unit.before, p.before) end

-- The kind of what bears the name until now; nil where it is free.
local function holder_of(ctx, b, q, kind, name)
  if b:member(q, kind, name) then return kind end
  local other = strategy.shares_names_with(ctx, kind)
  return other and b:member(q, other, name) and other or nil
end

-- Two indexes of which each gets the columns of the other, one of them a column that moves: no order of names leads there.
local function refuse_exchanged(row)
  local function moves(object)
    for _, p in ipairs(row.list) do
      if strategy.member_names("index", object, p.old) then return true end
    end
    return false
  end
  local function takes(a, c) return fold.same(strategy.plain_columns(a.after.parts), strategy.plain_columns(c.before.parts)) end
  local altered = {}
  for _, change in ipairs(row.unit.changes) do
    if change.kind == "index" and change.before and change.after then altered[#altered + 1] = change end
  end
  for i, a in ipairs(altered) do
    for j = i + 1, #altered do
      local c = altered[j]
      if takes(a, c) and takes(c, a) and (moves(a.before) or moves(c.before)) then
        strategy.refuse(a, ("the indexes %s and %s of %s exchange their columns while %s moves: let them exchange in a migration of "
          .. "its own, before or after this one"):format(a.before.name, c.before.name, show(row.unit.q), M.names(row.list, "old")))
      end
    end
  end
end

-- The members of the finished table that name a moved column, each with what it is called until the swap.
function M.member_plans(ctx, b, row)
  if row.members then return row.members end
  row.members = {}
  refuse_exchanged(row)
  local map, unit = pairs_of.to_new(row.list), row.unit
  for _, spec in ipairs(strategy.MEMBERS) do
    for _, object in ipairs(spec.kind ~= "exclusion" and unit.after[spec.field] or {}) do
      local named = false
      for _, p in ipairs(row.list) do named = named or strategy.member_names(spec.kind, object, p.final) end
      if named then
        local made = members.as_now(b, unit, spec.kind, fold.renamed_member(spec.kind, object, map))
        local held = holder_of(ctx, b, unit.q, spec.kind, made.name)
        local clash = held ~= nil
        local m = { kind = spec.kind, name = made.name, final = object, clash = clash, held = held,
                    renames = strategy.can_rename(ctx, spec.kind, object) }
        if clash and m.renames then
          made = fold.copy(made)
          made.name = strategy.derived_name(ctx, m.name, "__new")
          m.retired = strategy.derived_name(ctx, m.name, "__old")
        end
        m.object = made
        row.members[#row.members + 1] = m
      end
    end
  end
  return row.members
end

return M
