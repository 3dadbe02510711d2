--- Switch: the new column obeys all that the old one obeyed, and takes its name.

local columns = require("forge.direct.columns")
local members = require("forge.direct.members")
local fold = require("forge.fold")
local losses = require("forge.losses")
local strategy = require("forge.strategy")
local words = require("forge.direct.member_words")
local rows = require("strategies.shadow_column.rows")

local M = {}

local show = strategy.display

-- A constraint that the engine cannot rename changes over before the columns do: the sync makes the new column obey
-- wherever the old one would have had to.
local function move_member(b, unit, m)
  local t = b:table(unit.q)
  columns.ddl(b, unit, show(unit.q) .. "." .. m.name, "move", {
    title = ("Move %s of %s to the new column"):format(words.label(m), show(unit.q)),
    why = "this engine cannot rename it, so it is made again under its own name; the sync keeps both columns equal",
    ops = strategy.seq(b:drop_member(unit.q, m.kind, m.name), b:add_member(unit.q, m.kind, m.object)),
    checks_before = words.checks_for(b.ctx, unit.q, m.kind, m.object),
    compatibility = { old_app = true, new_app = true }, hazards = { "constraint" },
  }, t)
  m.built = true
end

-- Does the new schema hold a rule no longer, or another one in its place that is this strategy's to bring?
local function binds_less(sub, kind, name)
  for _, change in ipairs(sub.changes) do
    if change.kind == kind and change.before and change.before.name == name then
      return not change.after or not losses.same_rule(kind, change.before, change.after)
    end
  end
  return false
end

-- Does it bind what the sync writes to the old column, or stand under the name of one that names the new column from now on?
local function in_the_way(row, kind, object)
  for _, p in ipairs(row.list) do
    if strategy.member_names(kind, object, p.old) then return true end
  end
  for _, m in ipairs(row.members) do
    if m.clash and m.held == kind and m.name == object.name then return true end
  end
  return false
end

-- The finished member of that name finds the name free.
local function take_name(row, kind, name)
  for _, m in ipairs(row.members or {}) do
    if m.held == kind and m.name == name and m.clash then
      m.clash, m.retired = false, nil
      m.late_name = m.built  -- it stands under another name already
      if not m.built then
        m.object = fold.copy(m.object)
        m.object.name = name
      end
    end
  end
end

-- A rule of the old column that the new schema no longer holds would refuse what the new application writes, for the sync
-- writes the old column too: it goes before the new column leads.
local function release_rules(sub, ctx, b, row)
  local unit, released = row.unit, false
  rows.member_plans(ctx, b, row)
  for _, spec in ipairs(strategy.MEMBERS) do
    for _, object in ipairs(b:table(unit.q)[spec.field] or {}) do
      if in_the_way(row, spec.kind, object) and (spec.kind ~= "index" or object.unique) and binds_less(sub, spec.kind, object.name) then
        members.drop(b, unit, spec.kind, object.name, "the new schema no longer holds it, and the sync writes the old column, too")
        take_name(row, spec.kind, object.name)
        released = true
      end
    end
  end
  if released then columns.flush_unit(b, unit) end
end

local function build_rest(ctx, b, row)
  for _, m in ipairs(rows.member_plans(ctx, b, row)) do
    if not m.built then
      local final = m.kind == "foreign_key" and m.final
      if final and b:key_waits(final, row.unit.after, row.unit.after) then
        -- The copy of its target takes it along where it keeps its name.
        if not m.clash then b:postpone_key(row.unit, final) end
        m.built = true
      elseif m.clash and not m.renames then
        move_member(b, row.unit, m)
      else
        members.add(b, row.unit, m.kind, m.object)
        m.built = true
      end
    end
  end
  columns.flush_unit(b, row.unit)
end

-- May NOT NULL stand while both columns live? Where a trigger comes too late for the test, or a conversion may fail, a
-- write of the other application would be refused.
-- MariaDB has no invisible column that is NOT NULL without a default, and the new column is invisible until the swap.
local function enforce_early(ctx, p)
  return not p.after.nullable and p.up_total and not ctx.features.rebuild and not ctx.d.invisible_needs_default
end

-- Setting a default there would rewrite the table within the swap: the old column keeps it, and leads, until contract.
local function late_default(ctx, p)
  return ctx.features.rebuild and not p.early and (p.before.default ~= nil or p.after.default ~= nil) or false
end

local function swapped_old(ctx, p, now)
  local made = fold.copy(now)
  made.name = p.retired
  if not late_default(ctx, p) and not p.early then made.default = nil end
  made.on_update = nil
  return made
end

local function swapped_new(ctx, p, now)
  local made = fold.copy(now)
  made.name, made.invisible = p.final, p.after.invisible
  if not late_default(ctx, p) then made.default = p.after.default end
  made.on_update = p.after.on_update
  return made
end

local function swap_columns(ctx, b, row)
  local out, q = {}, row.unit.q
  for _, p in ipairs(row.list) do
    out[#out + 1] = b:alter_column(q, p.old, swapped_old(ctx, p, b:column(q, p.old)))
  end
  for _, p in ipairs(row.list) do
    out[#out + 1] = b:alter_column(q, p.new, swapped_new(ctx, p, b:column(q, p.new)))
  end
  return out
end

local function swap_members(ctx, b, row)
  local out, q = {}, row.unit.q
  for _, m in ipairs(rows.member_plans(ctx, b, row)) do
    if m.retired then out[#out + 1] = b:rename_member(q, m.held, m.name, m.retired) end
    if m.retired or m.late_name then out[#out + 1] = b:rename_member(q, m.kind, m.object.name, m.name) end
  end
  return out
end

local function concerned_views(b, row)
  local read = {}
  for _, p in ipairs(row.list) do
    read[#read + 1] = p.old
    read[#read + 1] = p.final
  end
  return b:views_naming(row.unit.q, read)
end

function M.view_map(row)
  local map = {}
  for _, p in ipairs(row.list) do
    if p.old ~= p.final then map[p.old] = p.final end
  end
  return map
end

-- Until contract the deployed application may leave out, or set to NULL, what becomes NOT NULL.
local function required(p) return p.before.nullable and not p.after.nullable end

local function lead_after(ctx)
  return function(p)
    if late_default(ctx, p) then return "old" end
    return required(p) and "required" or "new"
  end
end

-- Without its default the new column cannot tell a NULL that is stated from one that is left out.
local function led_by_old(ctx, row)
  local names = {}
  for _, p in ipairs(row.list) do
    if late_default(ctx, p) then names[#names + 1] = p.final end
  end
  if #names == 0 then return "" end
  return ("; until contract a NULL that the new application writes to %s becomes the default"):format(table.concat(names, ", "))
end

-- Does a row that the deployed application inserts without a value get another one than it would have had? The new column's default
-- stands there before the trigger runs, and a column that the application does not know looks like one that was left out.
local function filled_by_default(ctx, p)
  if not p.before.nullable or not p.after.default or p.early or late_default(ctx, p) then return false end
  return not p.before.default or (p.old ~= p.final and not p.after.nullable)
end

local function unset(ctx, row)
  local names = {}
  for _, p in ipairs(row.list) do
    if filled_by_default(ctx, p) then names[#names + 1] = show(row.unit.q) .. "." .. p.old end
  end
  return names
end

-- Columns of the deployed application that hold less from here on: it writes the new column under the name that it knows.
local function holding_less(ctx, row)
  local out = {}
  for _, p in ipairs(row.list) do
    if p.old == p.final and not strategy.total(ctx, p.before.type, p.after.type) then out[#out + 1] = show(row.unit.q) .. "." .. p.old end
  end
  return out
end

local function swap(ctx, b, row)
  local unit = row.unit
  local less, given = holding_less(ctx, row), unset(ctx, row)
  local views = concerned_views(b, row)
  local list = { b:drop_sync(row.sync), b:take_views(views), swap_columns(ctx, b, row), swap_members(ctx, b, row),
                 b:create_sync(rows.sync(b, row, true, lead_after(ctx))),
                 b:bring_views(views, M.view_map(row), true, nil, { [row.unit.q.name] = true }) }
  local renamed = M.view_map(row)
  local old_names = rows.names(row.list, "old")
  b:step(row.object, "swap", {
    title = fold.bare(renamed) and ("Let the new %s of %s take over"):format(rows.names(row.list, "final"), show(unit.q))
      or ("Let %s of %s lead"):format(rows.names(row.list, "final"), show(unit.q)),
    why = "metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards",
    ops = list, form = "swap",
    app = ("Deploy the application that uses %s as the new schema has it."):format(rows.names(row.list, "final")),
    compatibility = { old_app = #less == 0, new_app = true,
                      note = (#less > 0 and ("writes of values that the new type of %s cannot hold fail from here; "):format(
                        table.concat(less, ", ")) or "") .. (fold.bare(renamed) and "both applications find the column under its name"
                        or ("both applications run: %s is kept equal until contract"):format(old_names)) .. led_by_old(ctx, row)
                        .. (#given > 0 and ("; a row that the deployed application inserts without a value for %s gets the new column's "
                        .. "default until contract, not what its NULL is converted to"):format(table.concat(given, ", ")) or "") },
    hazards = strategy.seq("swap", #given > 0 and "default_for_unset" or nil),
  })
end

function M.switch(sub, ctx, b)
  for _, row in ipairs(rows.lists(sub, ctx, b)) do
    for _, p in ipairs(row.list) do
      if enforce_early(ctx, p) then
        local final = fold.copy(b:column(row.unit.q, p.new))
        final.nullable = false
        columns.enforce(b, row.unit, p.new, final)
      end
    end
    release_rules(sub, ctx, b, row)
    build_rest(ctx, b, row)
    swap(ctx, b, row)
  end
end

return M
