--- Columns changed in place: added, altered part by part (each part in its phase), dropped.

local archive = require("forge.archive")
local altering = require("forge.direct.alter_column")
local merging = require("forge.direct.merging")
local not_null = require("forge.direct.not_null")
local filler = require("forge.direct.filler")
local fold = require("forge.fold")
local no_rows = require("forge.no_rows")
local sqltext = require("forge.sqltext")
local strategy = require("forge.strategy")

local M = {}

local show = strategy.display

M.ddl, M.join, M.flush, M.flush_unit = merging.ddl, merging.join, merging.flush, merging.flush_unit
M.enforce, M.has_readers, M.release_key = not_null.enforce, altering.has_readers, altering.release_key
M.release_keys, M.target_goes = altering.release_keys, altering.target_goes
M.uncross = altering.uncross

local needs_value = no_rows.needs_value
M.needs_value = needs_value

-- Do columns of the table get other names, or move to second ones?
local function columns_move(b, unit)
  for _, change in ipairs(unit.changes) do
    if change.kind == "column" and change.after then
      local choice = (b.choices or {})[change]
      if choice and choice.strategy == "shadow_column" then return true end
      if change.before and change.before.name ~= change.after.name then return true end
    end
  end
  return false
end

-- Does it read a column of a foreign key that goes? MySQL and MariaDB store no value computed from one that a key's SET NULL
-- or CASCADE may change.
local function under_key(change, unit)
  for _, fk in ipairs((unit.before or {}).foreign_keys or {}) do
    for _, name in ipairs(fk.columns) do
      if not fold.find((unit.after or {}).foreign_keys, fk.name) and sqltext.names(change.after.generated.expr, name) then
        return true
      end
    end
  end
  return false
end

-- Does it read a column that gets another type in its place? The expression may be one over the new type alone.
local function over_new_type(change, unit)
  for _, other in ipairs(unit.changes) do
    if other.kind == "column" and other.before and other.after and strategy.retyped(other.before, other.after)
      and sqltext.names(change.after.generated.expr, other.after.name) then
      return true
    end
  end
  return false
end

-- A generated column reads others: it comes when those that are renamed, moved or retyped are what they will be, and when keys that
-- go have let go of them.
local function add_phase(change, b)
  local unit = b:unit(change)
  if not change.after.generated then return "expand" end
  return (columns_move(b, unit) or under_key(change, unit) or over_new_type(change, unit)) and "switch" or "expand"
end

-- The key that must come with the column; it is then added.
local function key_with(b, unit, column)
  for _, change in ipairs(unit.changes) do
    if change.kind == "key" and not change.before and strategy.counts_as_key(b.ctx, change.after, column) then
      unit.added = unit.added or {}
      unit.added[change] = true
      return b:add_member(unit.q, "key", change.after)
    end
  end
end

-- The key that stood until now because the column counted up: both go together.
local function key_without(b, unit, column)
  local key = b:table(unit.q).primary_key
  if strategy.counts_as_key(b.ctx, key, column) then return b:drop_member(unit.q, "key", key.name) end
end

local function add(change, sub, ctx, b)
  local unit, column = b:unit(change), change.after
  local object = show(unit.q) .. "." .. column.name
  local facts = strategy.facts(sub, ctx, unit.q)
  if needs_value(column) and facts.rows ~= 0 and not facts.created then
    strategy.refuse(change, ("%s is NOT NULL and has neither a default nor a backfill: the rows that stand would have "
      .. "no value. State :default or :backfill, or hints with rows = 0"):format(object))
  end
  local t, starred = b:table(unit.q), b:starred_views(unit.q)
  local required = needs_value(column)
  merging.ddl(b, unit, object, "add-column", {
    title = "Add " .. object,
    why = required and "there is no row that would have no value in it"
      or "the deployed application does not know the column and does not miss it",
    ops = strategy.seq(b:take_views(starred), b:add_column(unit.q, column), key_with(b, unit, column),
      b:bring_views(starred, {}, false)),
    compatibility = {
      old_app = not required, new_app = true,
      note = required and "INSERTs that give it no value fail from here"
        or "an INSERT without a column list and a prepared SELECT * notice the added column",
    },
    hazards = { "added_column" },
  }, t)
end

local function refers_to(sub, b, unit, name)
  for _, view in ipairs(b:views_on(unit.q)) do
    if sqltext.names(view.query, name) and not b:view_goes(view.name) then return "the view " .. show(view.name) end
  end
  for _, row in ipairs(sub.incoming or {}) do
    if fold.same_q(row.foreign_key.ref, unit.before.name) and b:key_stays(row)
      and strategy.contains(row.foreign_key.ref_columns, name) then
      return ("the foreign key %s of %s"):format(row.foreign_key.name, show(row.table))
    end
  end
end

-- Does another table that the view reads have a column of that name? Then its text alone does not tell which is meant.
local function ambiguous(ctx, b, unit, name)
  for _, view in ipairs(b:views_on(unit.q)) do
    for _, used in ipairs(view.uses or {}) do
      local other = not fold.same_q(used, unit.q) and (b:table(used) or (ctx.table and ctx.table(used, "after")))
      if other and strategy.column(other, name) then return true end
    end
  end
  return false
end

-- A default, too, would give every row the same value on the way back.
local function insists(t, column)
  if needs_value(column) then return true end
  local given = column.default ~= nil or not column.nullable
  return given and not column.generated and not column.identity and filler.unique(t, column)
end

-- Does a column stand as it is through the whole plan?
local function stays(unit, column)
  local after = unit.after and strategy.column(unit.after, column.name)
  return after ~= nil and fold.same(after.type, column.type)
end

--- The new application does not write a column that goes, so until contract the column must not insist.
---@param b table
---@param unit table
---@param name string
function M.stop_insisting(b, unit, name)
  local ctx, q = b.ctx, unit.q
  local t = b:table(q)
  local now = strategy.column(t, name)
  if not now or not insists(t, now) or strategy.in_primary_key(t, name) then return end
  local object, empty = show(q) .. "." .. name, strategy.is_null(ctx, name)
  local value, said, question = filler.made_up(b, unit.before or t, now, function(other) return stays(unit, other) end)
  if now.nullable then value, said, question = nil, "NULL", nil end
  merging.ddl(b, unit, object, "stop-insisting", {
    title = "Allow NULL in " .. object .. ", which goes",
    why = "the new application no longer writes it; its INSERTs must pass until the column is dropped",
    ops = { b:patch_column(q, name, { nullable = true }, { "default" }) },
    reverse_work = value and b:backfill(unit, { { to = name, expr = value } }, empty, strategy.count_where(ctx, q, empty))
      or nil,
    loses = said and ("rows written without %s get %s there on the way back"):format(name, said)
      or ("rows written without %s stop the way back until they are given a value"):format(name),
    checks_back = question and { question } or nil,
    compatibility = { old_app = true, new_app = true,
                      note = "the deployed application reads NULL in rows that the new one wrote" },
  }, t)
end

local function relax(change, _, _, b) M.stop_insisting(b, b:unit(change), change.before.name) end

local function loss_on_return(ctx, column)
  if column.identity then return "a number counted anew" end
  if column.default and not column.nullable then return "its default" end
  if column.nullable then return "NULL" end
  return strategy.zero(ctx, column) or "the zero of its type"
end

local function drop(change, sub, ctx, b)
  local unit = b:unit(change)
  local name = change.before.name
  local object = show(unit.q) .. "." .. name
  local column = b:column(unit.q, name)
  local by = refers_to(sub, b, unit, name)
  if by and not ambiguous(ctx, b, unit, name) then
    strategy.refuse(change, ("%s cannot be dropped: %s still refers to it. Change or drop that too"):format(object, by))
  end
  local kept = (change.intent or {}).archive and archive.column(b, unit, column)
  local blocked = b:starred_views(unit.q)
  if kept then
    merging.flush_unit(b, unit)
    b:step(object, "archive", kept)
  end
  local generated = column.generated ~= nil
  local t = b:table(unit.q)
  merging.ddl(b, unit, object, "drop-column", {
    title = "Drop " .. object, why = "no application reads or writes it any more",
    ops = strategy.seq(b:take_views(blocked), key_without(b, unit, column), b:drop_column(unit.q, name), b:bring_views(blocked, {}, false)),
    loses_forward = not generated and not kept and "every value of " .. object or nil,
    loses = not generated and not kept
      and ("the values of %s: the way back adds it again with %s in every row"):format(object, loss_on_return(ctx, column))
      or nil,
    app = "Check that no application, report or job names " .. object .. " any more.",
    compatibility = { old_app = false, new_app = true, note = "statements that name " .. object .. " fail from here" },
    hazards = { "drop" },
  }, t)
end

M.column = {
  expand = function(change, sub, ctx, b)
    if not change.before then
      if add_phase(change, b) == "expand" then add(change, sub, ctx, b) end
      return
    end
    if change.after then altering.alter(change, b, "expand") end
  end,
  switch = function(change, sub, ctx, b)
    if not change.before then
      if add_phase(change, b) == "switch" then add(change, sub, ctx, b) end
      return
    end
    if change.after then return altering.alter(change, b, "switch") end
    relax(change, sub, ctx, b)
  end,
  contract = function(change, sub, ctx, b)
    if not change.before then return end
    if change.after then return altering.altered_in_contract(change, b) end
    drop(change, sub, ctx, b)
  end,
}

return M
