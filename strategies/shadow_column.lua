--- A second column beside the one that changes: both are kept equal in both directions while the old and the new
--- application run; the rows are converted in batches; then the new one takes over.

local columns = require("forge.direct_columns")
local fold = require("forge.fold")
local members = require("forge.direct_members")
local ops = require("forge.ops")
local pairs_of = require("forge.pairs")
local sqltext = require("forge.sqltext")
local strategy = require("forge.strategy")

local show = strategy.display

-- Serving -------------------------------------------------------------------------------------------------------------

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
    if strategy.on_expression(index) and strategy.member_names("index", index, name) then return index end
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

local function serves(change, group, ctx)
  if change.kind ~= "column" or not change.after then return false, "it serves columns that are renamed or altered" end
  local counterpart = not change.before and pairs_of.counterpart(change, group)
  if not change.before and not counterpart then
    return false, "a new column has no old one that it could be kept equal to"
  end
  local before = change.before or counterpart.before
  if before.generated or change.after.generated then return false, "generated columns cannot be written by a trigger" end
  if before.identity or change.after.identity then return false, "the engine numbers the column by itself" end
  local t = group.before[show(change.table)]
  if not t then return false, "the table is new" end
  local why = bound(group, t, before.name)
  if why then return false, why end
  local index = before.name == change.after.name and expression_index(ctx, t, before.name)
  if index then return false, "the expression of the index " .. index.name .. " holds the column to its name" end
  local p = pairs_of.make(change, group, ctx, {})
  if not p.up then
    return false, ("nothing says how %s becomes %s: state :backfill"):format(before.type.name, change.after.type.name)
  end
  return true
end

local MEMBERS = { key = true, index = true, check = true, foreign_key = true }

local function absorbs(change, moved, group)
  for _, own in ipairs(moved) do
    local goes = not own.before and pairs_of.counterpart(own, group)
    if goes == change then return true end
    local old, new = (own.before or goes.before).name, own.after.name
    if MEMBERS[change.kind] then
      if change.before and (strategy.member_names(change.kind, change.before, old)
        or strategy.member_names(change.kind, change.before, new)) then return true end
      if change.after and strategy.member_names(change.kind, change.after, new) then return true end
    end
  end
  return false
end

-- Pairs of a table ------------------------------------------------------------------------------------------------------

local function lists(sub, ctx, b)
  if sub.shadow then return sub.shadow end
  sub.shadow = {}
  for _, unit in ipairs(b.units) do
    local taken, list = {}, {}
    for _, column in ipairs((unit.before or { columns = {} }).columns) do taken[column.name] = true end
    for _, change in ipairs(sub.changes) do
      if b:unit(change) == unit and change.kind == "column" and change.after then
        list[#list + 1] = pairs_of.make(change, sub, ctx, taken)
      end
    end
    if #list > 0 then
      unit.moves = true
      sub.shadow[#sub.shadow + 1] = { unit = unit, list = list, object = show(unit.q) .. "." .. list[1].final }
    end
  end
  return sub.shadow
end

local function names(list, field)
  local out = {}
  for i, p in ipairs(list) do out[i] = p[field] end
  return table.concat(out, ", ")
end

local function shadow_form(ctx, p)
  local made = fold.copy(p.after)
  made.name, made.nullable, made.default, made.on_update = p.new, true, nil, nil
  if ctx.features.invisible_column then made.invisible = true end
  return made
end

-- Views that hold every column of the table: a star is written out when the view is made, and a column under one cannot
-- be dropped or breaks it, in contract as on the way back. So they go and come back with it.
local function starred_views(ctx, b, unit)
  if ctx.features.rebuild then return {} end
  return b:views_on(unit.q, function(view) return sqltext.has_star(view.query) end)
end

local function expand(sub, ctx, b)
  for _, row in ipairs(lists(sub, ctx, b)) do
    local unit, t, added = row.unit, b:table(row.unit.q), {}
    local starred = starred_views(ctx, b, unit)
    local taken = b:take_views(starred)
    for i, p in ipairs(row.list) do added[i] = b:add_column(unit.q, shadow_form(ctx, p)) end
    local form = strategy.form_of(ctx, t, added)
    added = strategy.flat { taken, added, b:bring_views(starred, {}, false) }
    b:step(row.object, "add-column", {
      title = ("Add %s beside %s in %s"):format(names(row.list, "new"), names(row.list, "old"), show(unit.q)),
      why = "a second column costs nothing while it is empty; the one that stands is not touched",
      ops = added, form = form,
      compatibility = {
        old_app = true, new_app = true,
        note = "an INSERT without a column list and a prepared SELECT * notice the added column"
          .. (#starred > 0 and ", and so do views with a star" or "")
          .. (ctx.features.invisible_column and ", unless it is invisible, as here" or ""),
      },
      hazards = { "added_column" },
    })
  end
end

-- Migrate ---------------------------------------------------------------------------------------------------------------

-- Must the old column accept NULL while both are kept equal?
local function must_relax(ctx, p)
  return not p.before.nullable and (not p.down or not p.down_total or ctx.features.rebuild)
end

local function relax(ctx, b, row)
  local unit = row.unit
  for _, p in ipairs(row.list) do
    if must_relax(ctx, p) then
      local zero, name = strategy.zero(ctx, p.before), ctx.d:ident(p.old)
      local t = b:table(unit.q)
      local holds_all = p.down and p.down_total
      columns.ddl(b, unit, show(unit.q) .. "." .. p.old, "relax", {
        title = ("Allow NULL in %s.%s for as long as both columns live"):format(show(unit.q), p.old),
        why = holds_all and "this engine tests NOT NULL before the trigger has filled the column"
          or "a value of the new column that the old one cannot hold is left out there, never refused",
        ops = { b:patch_column(unit.q, p.old, { nullable = true }) },
        reverse_work = zero and b:backfill(unit, { { to = p.old, expr = zero } }, name .. " IS NULL",
          strategy.count_where(ctx, unit.q, name .. " IS NULL")) or nil,
        loses = not holds_all and ("values of %s that %s cannot hold: they come back as %s, and are named in "
          .. "forgelua_sync_errors"):format(p.final, p.old, zero or "NULL") or nil,
        compatibility = { old_app = true, new_app = true,
                          note = "the deployed application may read NULL where the new one wrote what it cannot hold" },
      }, t)
      columns.flush_unit(b, unit)
    end
  end
end

local function sync(b, row, swapped, lead)
  return {
    name = row.sync or b:sync_name(row.unit.q), kind = "columns", table = row.unit.q,
    pairs = pairs_of.sync_pairs(row.list, swapped, lead), columns = {}, key = {},
  }
end

local function old_leads() return "old" end

local function work(ctx, b, row)
  local set, open, wrong = {}, {}, {}
  for i, p in ipairs(row.list) do
    local new = ctx.d:ident(p.new)
    set[i] = { to = p.new, expr = p.up }
    open[i] = new .. " IS NULL"
    wrong[#wrong + 1] = strategy.comparable(p.after) and "(" .. strategy.differs(new, p.up) .. ")"
      or ("(%s IS NULL AND (%s) IS NOT NULL)"):format(new, p.up)
  end
  return b:backfill(row.unit, set, table.concat(open, " OR "),
    strategy.count_where(ctx, row.unit.q, table.concat(wrong, " OR ")))
end

local function preconditions(ctx, row)
  local checks = {}
  for _, p in ipairs(row.list) do
    local length = strategy.check_length(ctx, row.unit.q, p.before, p.after)
    if length then checks[#checks + 1] = length end
    if not p.after.nullable and p.before.nullable then
      checks[#checks + 1] = strategy.must_be_none(("every row of %s gives %s a value"):format(show(row.unit.q), p.final),
        strategy.count_where(ctx, row.unit.q, "(" .. p.up .. ") IS NULL"))
    end
  end
  return #checks > 0 and checks or nil
end

local function one_way(row)
  local out = {}
  for _, p in ipairs(row.list) do
    if not p.down then out[#out + 1] = p.final end
  end
  return #out > 0 and out or nil
end

-- The members of the finished table that name a moved column, each with what it is called until the swap.
local function member_plans(ctx, b, row)
  if row.members then return row.members end
  row.members = {}
  local map, unit = pairs_of.to_new(row.list), row.unit
  for _, spec in ipairs(strategy.MEMBERS) do
    for _, object in ipairs(spec.kind ~= "exclusion" and unit.after[spec.field] or {}) do
      local named = false
      for _, p in ipairs(row.list) do named = named or strategy.member_names(spec.kind, object, p.final) end
      if named then
        local made = members.as_now(b, unit, spec.kind, fold.renamed_member(spec.kind, object, map))
        local clash = b:member(unit.q, spec.kind, made.name) ~= nil
        local m = { kind = spec.kind, name = made.name, final = object, clash = clash,
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

local function build_indexes(ctx, b, row)
  for _, m in ipairs(member_plans(ctx, b, row)) do
    if m.kind == "index" and not m.object.unique and not (m.clash and not m.renames) then
      members.add(b, row.unit, "index", m.object,
        "built after the backfill, which is cheaper than keeping it up to date row by row")
      m.built = true
    end
  end
  columns.flush_unit(b, row.unit)
end

local function migrate(sub, ctx, b)
  for _, row in ipairs(lists(sub, ctx, b)) do
    local unit = row.unit
    relax(ctx, b, row)
    local facts = strategy.facts(sub, ctx, unit.before.name)
    local made = sync(b, row, false, old_leads)
    row.sync = made.name
    local lost = one_way(row)
    b:step(row.object, "sync", {
      title = ("Keep %s and %s of %s equal"):format(names(row.list, "old"), names(row.list, "new"), show(unit.q)),
      why = "what either application writes reaches the column that the other one reads",
      ops = { b:create_sync(made) },
      loses = lost and ("what is written to %s alone: nothing says how it becomes the old value"):format(
        table.concat(lost, ", ")) or nil,
      checks_before = preconditions(ctx, row),
      app = ("From here the new application may read and write %s once the backfill is done."):format(
        names(row.list, "new")),
      compatibility = { old_app = true, new_app = true }, hazards = { "trigger", "sync" },
    })
    local moved = work(ctx, b, row)
    b:step(row.object, "backfill", {
      title = ("Convert %s of %s into %s"):format(names(row.list, "old"), show(unit.q), names(row.list, "new")),
      why = ("%s, %d a batch: no batch holds its locks for long"):format(strategy.rows_text(facts.rows), moved.batch_rows),
      work = moved,
      checks_after = { strategy.must_be_none("every row holds the converted value", moved.verify) },
      compatibility = { old_app = true, new_app = true }, hazards = { "backfill", "replica_lag" },
    })
    build_indexes(ctx, b, row)
  end
end

-- Switch ----------------------------------------------------------------------------------------------------------------

-- A constraint that the engine cannot rename changes over before the columns do: the sync makes the new column obey
-- wherever the old one would have had to.
local function move_member(b, unit, m)
  local t = b:table(unit.q)
  columns.ddl(b, unit, show(unit.q) .. "." .. m.name, "move", {
    title = ("Move %s of %s to the new column"):format(m.name, show(unit.q)),
    why = "this engine cannot rename it, so it is made again under its own name; the sync keeps both columns equal",
    ops = strategy.seq(b:drop_member(unit.q, m.kind, m.name), b:add_member(unit.q, m.kind, m.object)),
    checks_before = members.checks_for(b.ctx, unit.q, m.kind, m.object),
    compatibility = { old_app = true, new_app = true }, hazards = { "constraint" },
  }, t)
  m.built = true
end

local function build_rest(ctx, b, row)
  for _, m in ipairs(member_plans(ctx, b, row)) do
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
  return ctx.features.rebuild and (p.before.default ~= nil or p.after.default ~= nil) or false
end

local function swapped_old(ctx, p, now)
  local made = fold.copy(now)
  made.name = p.retired
  if not late_default(ctx, p) then made.default = nil end
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
  for _, m in ipairs(member_plans(ctx, b, row)) do
    if m.retired then
      out[#out + 1] = b:rename_member(q, m.kind, m.name, m.retired)
      out[#out + 1] = b:rename_member(q, m.kind, m.object.name, m.name)
    end
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

local function view_map(row)
  local map = {}
  for _, p in ipairs(row.list) do
    if p.old ~= p.final then map[p.old] = p.final end
  end
  return map
end

local function lead_after(ctx)
  return function(p) return late_default(ctx, p) and "old" or "new" end
end

local function swap(ctx, b, row)
  local unit = row.unit
  local views = concerned_views(b, row)
  local list = { b:drop_sync(row.sync), b:take_views(views), swap_columns(ctx, b, row), swap_members(ctx, b, row),
                 b:create_sync(sync(b, row, true, lead_after(ctx))), b:bring_views(views, view_map(row), true) }
  local renamed = view_map(row)
  local old_names = names(row.list, "old")
  b:step(row.object, "swap", {
    title = fold.bare(renamed) and ("Let the new %s of %s take over"):format(names(row.list, "final"), show(unit.q))
      or ("Let %s of %s lead"):format(names(row.list, "final"), show(unit.q)),
    why = "metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards",
    ops = list, form = "swap",
    app = ("Deploy the application that uses %s as the new schema has it."):format(names(row.list, "final")),
    compatibility = { old_app = true, new_app = true,
                      note = fold.bare(renamed) and "both applications find the column under its name"
                        or ("both applications run: %s is kept equal until contract"):format(old_names) },
    hazards = { "swap" },
  })
end

local function switch(sub, ctx, b)
  for _, row in ipairs(lists(sub, ctx, b)) do
    for _, p in ipairs(row.list) do
      if enforce_early(ctx, p) then
        local final = fold.copy(b:column(row.unit.q, p.new))
        final.nullable = false
        columns.enforce(b, row.unit, p.new, final)
      end
    end
    build_rest(ctx, b, row)
    swap(ctx, b, row)
  end
end

-- Contract --------------------------------------------------------------------------------------------------------------

-- It comes back before its values do, so it must accept NULL when it goes. Where that would write the whole table anew,
-- the engine gives a NOT NULL column that comes its type's zero by itself, if the type has one, and the values follow.
local function relax_for_return(ctx, b, row)
  local out, q = {}, row.unit.q
  local t = b:table(q)
  for _, p in ipairs(row.list) do
    local now = b:column(q, p.retired)
    if not now.nullable then
      local soft = fold.copy(now)
      soft.nullable = true
      local zero = not (ctx.d.has_no_zero and ctx.d:has_no_zero(now.type))
      if not zero or not strategy.impact(ctx, ops.alter_column(q, now, soft), t).rewrite then
        out[#out + 1] = b:patch_column(q, p.retired, { nullable = true })
      end
    end
  end
  return out
end

-- On the way back the old column stands again, empty: its values are computed from the new one before it leads.
local function refill(ctx, b, row)
  local set, wrong = {}, {}
  for _, p in ipairs(pairs_of.sync_pairs(row.list, true, old_leads)) do
    if p.down ~= "" then
      set[#set + 1] = { to = p.old, expr = p.down }
      local old = ctx.d:ident(p.old)
      wrong[#wrong + 1] = ("(%s)"):format(strategy.differs(old, p.down))
    end
  end
  local relaxed = relax_for_return(ctx, b, row)
  if #set == 0 and #relaxed == 0 then return end
  local where = table.concat(wrong, " OR ")
  b:step(row.object, "point-of-return", {
    title = ("From here the way back computes %s of %s again"):format(names(row.list, "retired"), show(row.unit.q)),
    why = "the old column is about to go; a rollback fills it from the new one before the application reads it",
    ops = relaxed,
    reverse_work = #set > 0 and b:backfill(row.unit, set, where, strategy.count_where(ctx, row.unit.q, where)) or nil,
    compatibility = { old_app = true, new_app = true },
  })
end

local function drop_members(b, row)
  local out, q = {}, row.unit.q
  for _, spec in ipairs({ strategy.MEMBERS[4], strategy.MEMBERS[3], strategy.MEMBERS[2], strategy.MEMBERS[1] }) do
    local gone = {}
    for _, object in ipairs(b:table(q)[spec.field] or {}) do
      for _, p in ipairs(row.list) do
        if strategy.member_names(spec.kind, object, p.retired) then gone[object.name] = true end
      end
    end
    local list = {}
    for name in pairs(gone) do list[#list + 1] = name end
    table.sort(list)
    for _, name in ipairs(list) do out[#out + 1] = b:drop_member(q, spec.kind, name) end
  end
  return out
end

local function losses(row)
  local out = {}
  for _, p in ipairs(row.list) do
    if not p.down_total or not p.up_total then
      out[#out + 1] = p.down and ("values of %s that do not come back from %s unchanged"):format(p.old, p.final)
        or ("the values of %s: nothing says how they come back from %s"):format(p.old, p.final)
    end
  end
  return #out > 0 and table.concat(out, "; ") or nil
end

-- Indexes and constraints of the old column go before its values do: on the way back they are made when the values are
-- there again. Where each would cost a copy of the table, they go with the column.
local function drop_old_members(ctx, b, row)
  if ctx.features.rebuild then return end
  local unit = row.unit
  local t, gone = b:table(unit.q), drop_members(b, row)
  if #gone == 0 then return end
  columns.ddl(b, unit, row.object, "drop-old-members", {
    title = ("Drop what hangs on the old column %s of %s"):format(names(row.list, "retired"), show(unit.q)),
    why = "the new column has indexes and constraints of its own",
    ops = gone,
    compatibility = { old_app = true, new_app = true,
                      note = "queries of an application that still reads the old column lose its indexes" },
  }, t)
end

local function drop_old(ctx, b, row)
  local unit, dropped = row.unit, {}
  local t = b:table(unit.q)
  local starred = starred_views(ctx, b, unit)
  local taken, gone = b:take_views(starred), drop_members(b, row)
  for _, p in ipairs(row.list) do dropped[#dropped + 1] = b:drop_column(unit.q, p.retired) end
  columns.ddl(b, unit, row.object, "drop-old", {
    title = ("Drop the old column %s of %s"):format(names(row.list, "retired"), show(unit.q)),
    why = "every application uses the new one",
    ops = { taken, gone, dropped, b:bring_views(starred, {}, true) },
    loses_forward = ("%s of %s as the old schema held it"):format(names(row.list, "retired"), show(unit.q)),
    loses = losses(row),
    app = "Check that no application, report or job names " .. names(row.list, "retired") .. " any more.",
    compatibility = { old_app = fold.bare(view_map(row)), new_app = true,
                      note = fold.bare(view_map(row)) and "the column's name stays"
                        or "statements that name " .. names(row.list, "old") .. " fail from here" },
    hazards = { "drop" },
  }, t)
end

local function contract(sub, ctx, b)
  for _, row in ipairs(lists(sub, ctx, b)) do
    local unit = row.unit
    drop_old_members(ctx, b, row)
    refill(ctx, b, row)
    b:step(row.object, "stop-sync", {
      title = ("Stop keeping %s and %s of %s equal"):format(names(row.list, "retired"), names(row.list, "final"),
        show(unit.q)),
      why = "no application uses the old column any more",
      ops = { b:drop_sync(row.sync) },
      compatibility = { old_app = fold.bare(view_map(row)), new_app = true,
                        note = "what an application writes to the old column is no longer seen" },
    })
    drop_old(ctx, b, row)
    for _, p in ipairs(row.list) do columns.enforce(b, unit, p.final, p.after) end
    columns.flush_unit(b, unit)
  end
end

local function explain(sub)
  local n = #sub.changes
  return ("keeps a second column beside the old one, both written by triggers, until nobody uses the old one (%d %s)")
    :format(n, n == 1 and "change" or "changes")
end

return strategy.define {
  name = "shadow_column", serves = serves, explain = explain, absorbs = absorbs,
  expand = expand, migrate = migrate, switch = switch, contract = contract,
}
