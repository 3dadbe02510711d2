--- Contract: the old column goes, and with it the sync and what hangs on it.

local columns = require("forge.direct.columns")
local fold = require("forge.fold")
local losses = require("forge.losses")
local ops = require("forge.ops")
local pairs_of = require("forge.pairs")
local strategy = require("forge.strategy")
local rows = require("strategies.shadow_column.rows")
local switching = require("strategies.shadow_column.switch")

local M = {}

local show = strategy.display

-- Does the column insist on a value from whoever puts a row in?
local function insists(column) return not column.nullable and not column.default and not column.identity and not column.generated end

-- Can the column go and come without the table being written anew?
local function brief(ctx, q, column, t)
  return not strategy.impact(ctx, ops.drop_column(q, column), t).rewrite
    and not strategy.impact(ctx, ops.add_column(q, column), t).rewrite
end

-- It comes back before its values do, and stays for a moment when nothing fills it any more, so it must accept NULL when it goes. Where
-- that would write the whole table anew, the engine gives a NOT NULL column that comes its type's zero by itself, if the type has
-- one, and the values follow; what fills it then goes with it at one moment.
local function relax_for_return(ctx, b, row)
  local out, q = {}, row.unit.q
  local t = b:table(q)
  for _, p in ipairs(row.list) do
    local now = b:column(q, p.retired)
    if not now.nullable then
      local soft = fold.copy(now)
      soft.nullable = true
      local zero = not (ctx.d.has_no_zero and ctx.d:has_no_zero(now.type))
      if not zero or not strategy.impact(ctx, ops.alter_column(q, now, soft), t).rewrite
        or insists(now) and not ctx.features.rebuild and not brief(ctx, q, now, t) then
        out[#out + 1] = b:patch_column(q, p.retired, { nullable = true })
      end
    end
  end
  return out
end

-- On the way back the old column stands again, empty: its values are computed from the new one before it leads.
-- Values that stop the way back half way, as nothing can be put in their place: they are asked for before it begins.
local function unheld(ctx, row)
  local out, unit = {}, row.unit
  local keyless = ctx.d.keyless_at_once and #strategy.key(unit.before) == 0
  for _, p in ipairs(row.list) do
    local needed = not p.before.nullable and not rows.zero(ctx, unit, p)
    local plain = (p.change.intent or {}).backfill_down or ""
    if p.down and not p.down_total and plain == "" and (keyless or needed) then
      out[#out + 1] = losses.check_held(ctx, unit.q, p.before, p.after)
    end
  end
  return #out > 0 and out or nil
end

local function refill(ctx, b, row, asked)
  local set, wrong = {}, {}
  for i, p in ipairs(pairs_of.sync_pairs(row.list, true, rows.old_leads)) do
    if p.down ~= "" then
      set[#set + 1] = { to = p.old, expr = p.down, otherwise = not row.list[i].down_total and "NULL" or nil }
      local before, unit = row.list[i].before, row.unit
      local mixed = strategy.mixed(ctx, p.down, unit.after, before, unit.before)
      local old, down = strategy.exact(ctx, mixed, ctx.d:ident(p.old), p.down)
      wrong[#wrong + 1] = ("(%s)"):format(strategy.differs_in(ctx, before, old, down))
    end
  end
  local relaxed = relax_for_return(ctx, b, row)
  if #set == 0 and #relaxed == 0 then return end
  local where = table.concat(wrong, " OR ")
  b:step(row.object, "point-of-return", {
    title = ("From here the way back computes %s of %s again"):format(rows.names(row.list, "retired"), show(row.unit.q)),
    why = "the old column is about to go; a rollback fills it from the new one before the application reads it",
    ops = relaxed, checks_before = asked, checks_back = unheld(ctx, row),
    reverse_work = #set > 0 and b:backfill(row.unit, set, where, strategy.count_where(ctx, row.unit.q, where)) or nil,
    compatibility = { old_app = true, new_app = true },
  })
  return true
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
    -- One that does not name the old column, and gave its name at the swap to one that names the new column.
    for _, m in ipairs(row.members or {}) do
      if m.held == spec.kind and m.retired and b:member(q, spec.kind, m.retired) then gone[m.retired] = true end
    end
    local list = {}
    for name in pairs(gone) do list[#list + 1] = name end
    table.sort(list)
    for _, name in ipairs(list) do out[#out + 1] = b:drop_member(q, spec.kind, name) end
  end
  return out
end

local function lost(row)
  local out = {}
  for _, p in ipairs(row.list) do out[#out + 1] = losses.pair(p) end
  return #out > 0 and table.concat(out, "; ") or nil
end

-- Does the old column come back with the same value in every row, which a key of it refuses?
local function comes_back_doubled(b, row)
  local t = b:table(row.unit.q)
  for _, p in ipairs(row.list) do
    for _, key in ipairs(strategy.column(t, p.retired).default and t.uniques or {}) do
      if strategy.member_names("key", key, p.retired) then return true end
    end
  end
  return false
end

-- Asked before anything of the old column goes: a NULL that is found later has no old value beside it.
local function no_nulls(ctx, b, row)
  local out = {}
  for _, p in ipairs(row.list) do
    if b:column(row.unit.q, p.final).nullable and not p.after.nullable then
      out[#out + 1] = strategy.check_nulls(ctx, row.unit.q, p.final)
    end
  end
  return #out > 0 and out or nil
end

-- Indexes and constraints of the old column go before its values do: on the way back they are made when the values are
-- there again. Where each would cost a copy of the table, they go with the column, if they can come back with it.
local function drop_old_members(ctx, b, row, asked)
  if ctx.features.rebuild and not comes_back_doubled(b, row) then return end
  local unit = row.unit
  local t, gone = b:table(unit.q), drop_members(b, row)
  if #gone == 0 then return end
  columns.ddl(b, unit, row.object, "drop-old-members", {
    title = ("Drop what hangs on the old column %s of %s"):format(rows.names(row.list, "retired"), show(unit.q)),
    why = "the new column has indexes and constraints of its own",
    ops = gone, checks_before = asked,
    compatibility = { old_app = true, new_app = true,
                      note = "queries of an application that still reads the old column lose its indexes" },
  }, t)
  if ctx.features.rebuild then columns.flush_unit(b, unit) end
  return true
end

-- Would an application's new row be refused once nothing fills the old column?
local function fills_to_the_end(ctx, b, row)
  for _, p in ipairs(row.list) do
    if insists(b:column(row.unit.q, p.retired)) then return not ctx.features.rebuild end
  end
  return false
end

local function drop_old(b, row, with_sync, asked)
  local unit, dropped = row.unit, {}
  local t = b:table(unit.q)
  local starred = b:starred_views(unit.q)
  local sync = with_sync and b:drop_sync(row.sync) or nil
  local taken, gone = b:take_views(starred), drop_members(b, row)
  for _, p in ipairs(row.list) do dropped[#dropped + 1] = b:drop_column(unit.q, p.retired) end
  local last = {
    title = ("Drop the old column %s of %s%s"):format(rows.names(row.list, "retired"), show(unit.q),
      with_sync and " and what filled it" or ""),
    why = "every application uses the new one",
    ops = { sync or {}, taken, gone, dropped, b:bring_views(starred, {}, true) }, checks_before = asked,
    loses_forward = ("%s of %s as the old schema held it"):format(rows.names(row.list, "retired"), show(unit.q)),
    loses = lost(row),
    app = "Check that no application, report or job names " .. rows.names(row.list, "retired") .. " any more.",
    compatibility = { old_app = fold.bare(switching.view_map(row)), new_app = true,
                      note = fold.bare(switching.view_map(row)) and "the column's name stays"
                        or "statements that name " .. rows.names(row.list, "old") .. " fail from here" },
    hazards = { "drop" },
  }
  if not with_sync then return columns.ddl(b, unit, row.object, "drop-old", last, t) end
  last.form = "swap"
  b:step(row.object, "drop-old", last)
end

function M.contract(sub, ctx, b)
  for _, row in ipairs(rows.lists(sub, ctx, b)) do
    local unit = row.unit
    local asked = no_nulls(ctx, b, row)
    if drop_old_members(ctx, b, row, asked) then asked = nil end
    if refill(ctx, b, row, asked) then asked = nil end
    if fills_to_the_end(ctx, b, row) then
      drop_old(b, row, true, asked)
    else
      b:step(row.object, "stop-sync", {
        title = ("Stop keeping %s and %s of %s equal"):format(rows.names(row.list, "retired"), rows.names(row.list, "final"),
          show(unit.q)),
        why = "no application uses the old column any more",
        ops = { b:drop_sync(row.sync) }, checks_before = asked,
        compatibility = { old_app = fold.bare(switching.view_map(row)), new_app = true,
                          note = "what an application writes to the old column is no longer seen" },
      })
      drop_old(b, row)
    end
    for _, p in ipairs(row.list) do columns.enforce(b, unit, p.final, p.after) end
    columns.flush_unit(b, unit)
  end
end

return M
