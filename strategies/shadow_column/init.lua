--- A second column beside the one that changes: both are kept equal in both directions while the old and the new
--- application run; the rows are converted in batches; then the new one takes over.

local fold = require("forge.fold")
local pairs_of = require("forge.pairs")
local sqltext = require("forge.sqltext")
local strategy = require("forge.strategy")
local ending = require("strategies.shadow_column.contract")
local filling = require("strategies.shadow_column.migrate")
local switching = require("strategies.shadow_column.switch")

local show = strategy.display

local function incoming(group, table_name, name)
  local function hits(fk) return fold.same_q(fk.ref, table_name) and strategy.contains(fk.ref_columns, name) end
  for _, row in ipairs(group.incoming or {}) do
    if hits(row.foreign_key) then return ("foreign key %s of %s"):format(row.foreign_key.name, show(row.table)) end
  end
  for key, t in pairs(group.before) do
    for _, fk in ipairs(t.foreign_keys or {}) do
      if hits(fk) then return ("foreign key %s of %s"):format(fk.name, key) end
    end
  end
end

-- The index that keeps the column from being renamed when the second one takes its name.
local function expression_index(ctx, t, name)
  for _, index in ipairs(ctx.d.expression_index_keeps_name and t.indexes or {}) do
    if fold.on_expression(index) and strategy.member_names("index", index, name) then return index end
  end
end

local WRITES = { cascade = true, ["set null"] = true, ["set default"] = true }

-- The foreign key whose action changes the column without any trigger.
local function written_unseen(ctx, t, name)
  for _, fk in ipairs(ctx.features.unseen_cascades and t and t.foreign_keys or {}) do
    local on_delete = fk.on_delete ~= "cascade" and fk.on_delete or ""
    if strategy.contains(fk.columns, name) and (WRITES[fk.on_update or ""] or WRITES[on_delete]) then return fk end
  end
end

local function bound(group, t, name)
  if strategy.in_primary_key(t, name) then return "it is part of the primary key" end
  local by = incoming(group, t.name, name)
  if by then return "the " .. by .. " refers to it" end
  for _, other in ipairs(t.columns) do
    if other.name ~= name and strategy.member_names("column", other, name) then
      return "the generated column " .. other.name .. " is computed from it"
    end
  end
  for _, exclusion in ipairs(t.exclusions or {}) do
    if strategy.member_names("exclusion", exclusion, name) then
      return "the exclusion constraint " .. exclusion.name .. " has no online form"
    end
  end
  if sqltext.names((t.options or {}).partition_by, name) then return "the table is partitioned by it" end
end

-- What of the table the engine cannot have beside a second column, in its old or its new form.
local function beyond_doubling(change, group, ctx, before)
  local old, new = group.before[show(change.table)], group.after[show(change.table)]
  local why = ctx.d.keeps_from_doubling
  return why and (why(ctx.d, old, before.name) or why(ctx.d, new, change.after.name)) or nil
end

local function serves(change, group, ctx)
  if ctx.features.documents then return false, "no triggers exist that would keep two fields equal" end
  if change.kind ~= "column" or not change.after then return false, "it serves columns that are renamed or altered" end
  local counterpart = not change.before and pairs_of.counterpart(change, group)
  if not change.before and not counterpart then
    return false, "a new column has no old one that it could be kept equal to"
  end
  local before = change.before or counterpart.before
  if before.generated or change.after.generated then return false, "generated columns cannot be written by a trigger" end
  if strategy.counts_up(before) or strategy.counts_up(change.after) then return false, "the engine numbers the column by itself" end
  local t = group.before[show(change.table)]
  if not t then return false, "the table is new" end
  local why = bound(group, t, before.name) or strategy.unseen_heir(group, t.name)
  if why then return false, why end
  local new = group.after[show(change.table)]
  if new and strategy.in_primary_key(new, change.after.name) then return false, "the new primary key holds it" end
  why = beyond_doubling(change, group, ctx, before)
  if why then return false, why end
  local key = written_unseen(ctx, t, before.name) or written_unseen(ctx, group.after[show(change.table)], change.after.name)
  if key then return false, "what the foreign key " .. key.name .. " does to it by itself fires no trigger" end
  local index = before.name == change.after.name and expression_index(ctx, t, before.name)
  if index then return false, "the expression of the index " .. index.name .. " holds the column to its name" end
  local p = pairs_of.make(change, group, ctx, {})
  if not p.up then
    return false, ("nothing says how %s becomes %s: state :backfill"):format(before.type.name, change.after.type.name)
  end
  return true
end

local MEMBERS = { key = true, index = true, check = true, foreign_key = true }

local function moved_names(own, group)
  local goes = not own.before and pairs_of.counterpart(own, group)
  return (own.before or goes.before).name, own.after.name, goes
end

-- A member that names a moved column from now on, or that did and goes. One that lets go of it for another definition needs none
-- of the second columns: it is replaced as ever.
local function absorbs(change, moved, group)
  local held = false
  for _, own in ipairs(moved) do
    local old, new, goes = moved_names(own, group)
    if goes == change then return true end
    if MEMBERS[change.kind] then
      if change.after and strategy.member_names(change.kind, change.after, new) then return true end
      held = held or change.before and (strategy.member_names(change.kind, change.before, old)
        or strategy.member_names(change.kind, change.before, new))
    end
  end
  return held and not change.after
end

local function explain(sub)
  local n = #sub.changes
  return ("keeps a second column beside the old one, both written by triggers, until nobody uses the old one (%d %s)")
    :format(n, n == 1 and "change" or "changes")
end

return strategy.define {
  name = "shadow_column", serves = serves, explain = explain, absorbs = absorbs,
  expand = filling.expand, migrate = filling.migrate, switch = switching.switch, contract = ending.contract,
}
