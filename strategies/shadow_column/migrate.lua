--- Expand and migrate: the second column is added, kept equal by triggers, and filled in batches.

local columns = require("forge.direct.columns")
local members = require("forge.direct.members")
local fold = require("forge.fold")
local losses = require("forge.losses")
local sqltext = require("forge.sqltext")
local strategy = require("forge.strategy")
local rows = require("strategies.shadow_column.rows")

local M = {}

local show = strategy.display

local function shadow_form(ctx, p)
  local made = fold.copy(p.after)
  made.name, made.nullable, made.default, made.on_update = p.new, true, p.early and p.after.default or nil, nil
  if ctx.features.invisible_column then made.invisible = true end
  return made
end

function M.expand(sub, ctx, b)
  for _, row in ipairs(rows.lists(sub, ctx, b)) do
    local unit, t, added = row.unit, b:table(row.unit.q), {}
    local starred = b:starred_views(unit.q)
    local taken = b:take_views(starred)
    for i, p in ipairs(row.list) do added[i] = b:add_column(unit.q, shadow_form(ctx, p)) end
    local form = strategy.form_of(ctx, t, added)
    added = strategy.flat { taken, added, b:bring_views(starred, {}, false) }
    b:step(row.object, "add-column", {
      title = ("Add %s beside %s in %s"):format(rows.names(row.list, "new"), rows.names(row.list, "old"), show(unit.q)),
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

-- Migrate -------------------------------------------------------------------------------------------------------------

-- Must the old column accept NULL while both are kept equal?
local function must_relax(ctx, p)
  return not p.before.nullable and (p.after.nullable or not p.down or not p.down_total or ctx.features.rebuild)
end

local function relax(ctx, b, row)
  local unit = row.unit
  for _, p in ipairs(row.list) do
    if must_relax(ctx, p) then
      local zero, said, doubt = rows.zero(ctx, unit, p)
      local name = ctx.d:ident(p.old)
      local t = b:table(unit.q)
      local holds_all, relaxed, check = p.down and p.down_total, nil, nil
      if p.after.nullable then relaxed, check = losses.relaxed_null(ctx, unit, p.old) end
      if doubt and not holds_all then check = check or { doubt } end
      if not zero and not holds_all then check = check or { strategy.check_nulls(ctx, unit.q, p.old) } end
      columns.ddl(b, unit, show(unit.q) .. "." .. p.old, "relax", {
        title = ("Allow NULL in %s.%s for as long as both columns live"):format(show(unit.q), p.old),
        why = relaxed and "the new application may write NULL, and what it writes reaches this column"
          or holds_all and "this engine tests NOT NULL before the trigger has filled the column"
          or "a value of the new column that the old one cannot hold is left out there, never refused",
        ops = { b:patch_column(unit.q, p.old, { nullable = true }) },
        reverse_work = zero and b:backfill(unit, { { to = p.old, expr = zero } }, name .. " IS NULL",
          strategy.count_where(ctx, unit.q, name .. " IS NULL")) or nil,
        loses = not holds_all and ("values of %s that %s cannot hold: %s named in forgelua_sync_errors"):format(p.final, p.old,
          zero and ("they come back as %s, and are"):format(said)
            or "the way back stops at them until they are changed; they are") or relaxed,
        checks_back = check,
        compatibility = { old_app = true, new_app = true,
                          note = "the deployed application may read NULL where the new one wrote what it cannot hold" },
      }, t)
      columns.flush_unit(b, unit)
    end
  end
end

local function work(ctx, b, row)
  local set, open, wrong = {}, {}, {}
  for i, p in ipairs(row.list) do
    local new = ctx.d:ident(p.new)
    -- What a user states may be of a type that the engine does not compare with the column's.
    local value = strategy.stated_fill(p.change) and ctx.d.stored_value and ctx.d:stored_value(p.up, p.after.type) or p.up
    set[i] = { to = p.new, expr = p.up }
    local differs = strategy.differs(strategy.exact(ctx, strategy.mixed(ctx, p.up, row.unit.before, p.after, row.unit.before), new, value))
    open[i] = p.early and differs or new .. " IS NULL"
    -- What is another value each time that it is computed is only looked at for being there.
    wrong[#wrong + 1] = strategy.comparable(p.after) and not sqltext.volatile(p.up) and "(" .. differs .. ")"
      or ("(%s IS NULL AND (%s) IS NOT NULL)"):format(new, p.up)
  end
  return b:backfill(row.unit, set, table.concat(open, " OR "),
    strategy.count_where(ctx, row.unit.q, table.concat(wrong, " OR ")))
end

local function preconditions(ctx, row)
  local checks = {}
  for _, p in ipairs(row.list) do
    local length = strategy.check_length(ctx, row.unit.q, p.before, p.after, (strategy.stated_fill(p.change)))
    if length then checks[#checks + 1] = length end
    local convertible = strategy.check_convertible(ctx, row.unit.q, p.before, p.after, p.up)
    if convertible then checks[#checks + 1] = convertible end
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

-- A trigger cannot tell a NULL that is written from a column that is left out, which gets the old one's default, unless the new
-- one has it, too.
local function hazards_of(row)
  local out = { "trigger", "sync" }
  for _, p in ipairs(row.list) do
    if p.before.nullable and p.before.default and p.after.nullable and not p.early then out[3] = "default_for_null" end
  end
  return out
end

local function build_indexes(ctx, b, row)
  for _, m in ipairs(rows.member_plans(ctx, b, row)) do
    if m.kind == "index" and not m.object.unique and not (m.clash and not m.renames) then
      members.add(b, row.unit, "index", m.object,
        "built after the backfill, which is cheaper than keeping it up to date row by row")
      m.built = true
    end
  end
  columns.flush_unit(b, row.unit)
end

-- What may be deployed before the switch: an application that uses the new names. A column that keeps its name has its new type
-- under that from the switch on, and nothing is written for its second one.
local function named_anew(row)
  local list = {}
  for _, p in ipairs(row.list) do
    if p.old ~= p.final then list[#list + 1] = p end
  end
  if #list == 0 then return nil end
  return ("From here the new application may read and write %s once the backfill is done."):format(rows.names(list, "new"))
end

function M.migrate(sub, ctx, b)
  for _, row in ipairs(rows.lists(sub, ctx, b)) do
    local unit = row.unit
    relax(ctx, b, row)
    local facts = strategy.facts(sub, ctx, unit.before.name)
    local made = rows.sync(b, row, false, rows.old_leads)
    row.sync = made.name
    local lost = one_way(row)
    b:step(row.object, "sync", {
      title = ("Keep %s and %s of %s equal"):format(rows.names(row.list, "old"), rows.names(row.list, "new"), show(unit.q)),
      why = "what either application writes reaches the column that the other one reads",
      ops = { b:create_sync(made) },
      loses = lost and ("what is written to %s alone: nothing says how it becomes the old value"):format(
        table.concat(lost, ", ")) or nil,
      checks_before = preconditions(ctx, row),
      app = named_anew(row),
      compatibility = { old_app = true, new_app = true }, hazards = hazards_of(row),
    })
    local moved = work(ctx, b, row)
    b:step(row.object, "backfill", {
      title = ("Convert %s of %s into %s"):format(rows.names(row.list, "old"), show(unit.q), rows.names(row.list, "new")),
      why = ("%s, %d a batch: no batch holds its locks for long"):format(strategy.rows_text(facts.rows), moved.batch_rows),
      work = moved,
      checks_after = { strategy.must_be_none("every row holds the converted value", moved.verify) },
      compatibility = { old_app = true, new_app = true }, hazards = { "backfill", "replica_lag" },
    })
    build_indexes(ctx, b, row)
  end
end

return M
