--- A column that the old schema lacks (or leaves empty) and that must be filled: added without insisting, kept filled
--- for rows that the deployed application writes, backfilled in batches, enforced, and then left alone.

local columns = require("forge.direct.columns")
local fill_order = require("forge.fill_order")
local fold = require("forge.fold")
local losses = require("forge.losses")
local members = require("forge.direct.members")
local sqltext = require("forge.sqltext")
local strategy = require("forge.strategy")
local words = require("forge.direct.member_words")

local show = strategy.display

-- What fills the column: the user's expression, else its default where adding it with one would rewrite the table.
local function filler(change, ctx)
  local up = strategy.stated_fill(change)
  if up then return up end
  if change.after.default and not change.before then return strategy.expr_sql(ctx, change.after.default) end
end

local function fillable(change)
  if change.kind ~= "column" or not change.after or change.after.generated then return false end
  if not change.before then return true end
  return change.before.name == change.after.name and fold.same(change.before.type, change.after.type)
    and change.before.nullable and not change.after.nullable
end

local function serves(change, group, ctx)
  if not fillable(change) then
    return false, "it fills columns that are new, or that become NOT NULL; it cannot change or drop what stands"
  end
  if not filler(change, ctx) then
    return false, "nothing says what the column is to hold for the rows that stand: state :backfill"
  end
  if change.after.identity then return false, "values that the engine numbers by itself are not backfilled" end
  local unseen = strategy.unseen_heir(group, change.table)
  if unseen then return false, unseen end
  return true
end

-- The column while it is being filled.
local function soft(ctx, column)
  local made = fold.copy(column)
  made.nullable, made.default, made.on_update = true, nil, nil
  if ctx.features.invisible_column then made.invisible = true end
  return made
end

-- Changes of one table, in the order of the specification; each of its tables is filled in one pass.
local function by_unit(sub, b, visit)
  for _, unit in ipairs(b.units) do
    local list, others = {}, {}
    for _, change in ipairs(sub.changes) do
      if b:unit(change) == unit then
        if change.kind == "column" then list[#list + 1] = change else others[#others + 1] = change end
      end
    end
    if #list > 0 then visit(unit, list, others) end
  end
end

local function names_of(list)
  local out = {}
  for i, change in ipairs(list) do out[i] = change.after.name end
  return out
end

local function expand(sub, ctx, b)
  by_unit(sub, b, function(unit, list)
    local t, added, texts = b:table(unit.q), {}, {}
    -- While the column is invisible, a star does not hold it: there they are made again for the way back, which finds the
    -- column gone here.
    local starred = b:starred_views(unit.q)
    local taken = b:take_views(starred)
    for _, change in ipairs(list) do
      if not change.before then
        added[#added + 1] = b:add_column(unit.q, soft(ctx, change.after))
        texts[#texts + 1] = change.after.name
      end
    end
    local form, brought = strategy.form_of(ctx, t, added), b:bring_views(starred, {}, false)
    if #added == 0 then return end
    b:step(show(unit.q) .. "." .. texts[1], "add-column", {
      title = ("Add %s to %s, empty and not insisting"):format(table.concat(texts, ", "), show(unit.q)),
      why = "adding it with its values would rewrite or lock the table; empty, it costs nothing",
      ops = { taken, added, brought }, form = form, checks_first = strategy.check_unheld(ctx, unit.q, texts),
      compatibility = {
        old_app = true, new_app = true,
        note = "an INSERT without a column list and a prepared SELECT * notice the added column",
      },
      hazards = { "added_column" },
    })
  end)
end

local function fill_sync(ctx, b, unit, list)
  local pairs_of = {}
  for i, change in ipairs(fill_order.sorted(list, filler, ctx)) do
    -- A column that stood before the plan holds values of its own: only its NULLs are filled.
    local lead = change.before and "new" or "old"
    pairs_of[i] = { old = "", new = change.after.name, up = fill_order.or_default(ctx, change, filler(change, ctx)), down = "",
                    lead = lead }
  end
  return { name = b:sync_name(unit.q), kind = "fill", table = unit.q, pairs = pairs_of, columns = {}, key = {} }
end

-- What an application has stated in one column stays beside another that may be NULL.
local function apart(change) return change.before ~= nil or change.after.nullable end

local function work(ctx, b, unit, pass)
  local set, empty, wrong = {}, {}, {}
  for i, change in ipairs(pass) do
    local name, up = change.after.name, filler(change, ctx)
    set[i] = { to = name, expr = up }
    empty[i] = strategy.is_null(ctx, name)
    wrong[i] = strategy.left_empty(ctx, name, up)
  end
  return b:backfill(unit, set, strategy.any(ctx, empty), strategy.count_where(ctx, unit.q, strategy.any(ctx, wrong)))
end

local function unfilled(ctx, unit, list)
  local checks = {}
  for _, change in ipairs(list) do
    if not change.after.nullable then checks[#checks + 1] = strategy.check_nulls(ctx, unit.q, change.after.name) end
  end
  return #checks > 0 and checks or nil
end

-- NULLs of columns that stand are no longer told from values afterwards.
local function overwritten(unit, list)
  local out = {}
  for _, change in ipairs(list) do
    if change.before then out[#out + 1] = losses.filled_nulls(unit.q, change.before.name) end
  end
  return #out > 0 and table.concat(out, "; ") or nil
end

-- Rows of another table may change without this one being written.
local function hazards_of(moved)
  local out = { "backfill", "replica_lag", "own_values" }
  for _, entry in ipairs(moved.set) do
    if sqltext.reads_rows(entry.expr) then out[4] = "other_source" end
  end
  return out
end

-- No trigger fills what the deployed application leaves out: it has to write the field before the backfill can end.
local function promise(_, b, unit, _, object, what, sync)
  return b:step(object, "keep-filled", {
    title = ("The application writes %s of %s from here"):format(what, show(unit.q)),
    why = "no triggers exist; documents that are written without it would be left behind by the backfill",
    ops = { b:create_sync(sync) },
    app = ("Deploy a version that writes %s into every new document of %s, before the backfill."):format(what, show(unit.q)),
    compatibility = { old_app = true, new_app = true }, hazards = { "dual_write" },
  })
end

local function migrate(sub, ctx, b)
  by_unit(sub, b, function(unit, list, others)
    local object = show(unit.q) .. "." .. list[1].after.name
    local what = table.concat(names_of(list), ", ")
    local facts = strategy.facts(sub, ctx, unit.before and unit.before.name or unit.q)
    local sync = fill_sync(ctx, b, unit, list)
    unit.fill_sync = sync.name
    local promised = ctx.features.documents and promise(ctx, b, unit, list, object, what, sync)
    local _ = promised or b:step(object, "keep-filled", {
      title = ("Keep %s of %s filled for new rows"):format(what, show(unit.q)),
      why = "the deployed application does not write it; a trigger does, so that the backfill has an end",
      ops = { b:create_sync(sync) },
      app = ("From here the new application may write %s itself; what it writes stands."):format(what),
      compatibility = { old_app = true, new_app = true }, hazards = { "trigger" },
    })
    local passes = fill_order.passes(list, filler, ctx, apart)
    for _, pass in ipairs(passes) do
      local moved = work(ctx, b, unit, pass)
      b:step(#passes == 1 and object or show(unit.q) .. "." .. pass[1].after.name, "backfill", {
        title = ("Backfill %s of %s"):format(table.concat(names_of(#passes == 1 and list or pass), ", "), show(unit.q)),
        why = ("%s, %d a batch: no batch holds its locks for long"):format(strategy.rows_text(facts.rows),
          moved.batch_rows),
        work = moved, checks_after = unfilled(ctx, unit, pass), loses = overwritten(unit, pass),
        compatibility = { old_app = true, new_app = true }, hazards = hazards_of(moved),
      })
    end
    for _, change in ipairs(others) do
      if change.kind == "index" and not change.before and not change.after.unique
        and not words.waits(b:table(unit.q), "index", change.after) then
        members.add(b, unit, "index", members.as_now(b, unit, "index", change.after),
          "built after the backfill, which is cheaper than keeping it up to date row by row")
        b.settled[change] = true
      end
    end
  end)
end

-- Where the column was invisible, a star holds it from here.
local function star_again(ctx, b, unit)
  local views = ctx.features.invisible_column and b:starred_views(unit.q) or {}
  if #views == 0 then return end
  b:step(show(unit.q), "starred-views", {
    title = ("Make the views again that say a star of %s"):format(show(unit.q)),
    why = "they hold the columns that were visible when they were made",
    ops = strategy.seq(b:take_views(views), b:bring_views(views, {}, true)),
    compatibility = { old_app = true, new_app = true },
  })
end

-- The default waits for the trigger's end: the trigger fills what is NULL, and would take a default for the application's own.
local function without_default(b, unit, column)
  local made = fold.copy(column)
  made.default = b:column(unit.q, column.name).default
  return made
end

local function enforce(b, unit, list)
  for _, change in ipairs(list) do
    local filled = unit.fill_sync and not change.before
    columns.enforce(b, unit, change.after.name, filled and without_default(b, unit, change.after) or change.after)
  end
  columns.flush_unit(b, unit)
  star_again(b.ctx, b, unit)
end

-- Just before the trigger goes, so that no INSERT finds neither.
local function set_defaults(b, unit, list)
  for _, change in ipairs(list) do
    if change.after.default and not change.before then
      local name, object = change.after.name, show(unit.q) .. "." .. change.after.name
      b:step(object, "default", {
        title = "Set the default of " .. object,
        why = "until now rows that left it out were filled from their other columns",
        ops = strategy.seq(b:alter_column(unit.q, name, change.after)),
        compatibility = { old_app = true, new_app = true, note = "INSERTs that leave the column out get the default" },
      })
    end
  end
end

local function switch(sub, ctx, b)
  by_unit(sub, b, function(unit, list, others)
    -- A trigger that cannot set the value before NOT NULL is tested would refuse the old application's rows: where
    -- columns are enforced by a rebuild, enforcement waits until nobody leaves the column out.
    if not ctx.features.rebuild then enforce(b, unit, list) end
    for _, change in ipairs(others) do
      if not change.before and change.after and not b.settled[change] then
        members.add(b, unit, change.kind, members.as_now(b, unit, change.kind, change.after))
        b.settled[change] = true
      end
    end
    columns.flush_unit(b, unit)
  end)
end

local function end_promise(b, unit, list)
  local names = table.concat(names_of(list), ", ")
  b:step(show(unit.q) .. "." .. list[1].after.name, "stop-filling", {
    title = ("The contract about %s of %s has been kept"):format(names, show(unit.q)), why = "the validator asks for it by now",
    ops = { b:drop_sync(unit.fill_sync) }, compatibility = { old_app = true, new_app = true },
  })
  unit.fill_sync = nil
end

local function stop_filling(ctx, b, unit, list)
  if ctx.features.documents then return end_promise(b, unit, list) end
  local object = show(unit.q) .. "." .. list[1].after.name
  b:step(object, "stop-filling", {
    title = ("Drop the trigger that filled %s of %s"):format(table.concat(names_of(list), ", "), show(unit.q)),
    why = "every application writes the column by itself now",
    ops = { b:drop_sync(unit.fill_sync) }, checks_before = unfilled(ctx, unit, list),
    app = "Check that every deployed version writes " .. table.concat(names_of(list), ", ") .. ".",
    compatibility = { old_app = ctx.features.rebuild and true or false, new_app = true,
                      note = "rows of an application that leaves the column out are no longer filled" },
  })
  unit.fill_sync = nil
end

-- Is a column filled from one that a second column takes over from?
local function reads_moved(b, unit, list)
  for _, change in ipairs(unit.changes) do
    local moves = change.kind == "column" and change.before and (b.choices[change] or {}).strategy == "shadow_column"
    for _, own in ipairs(moves and list or {}) do
      if sqltext.names((own.intent or {}).backfill_up or "", change.before.name) then return true end
    end
  end
  return false
end

-- The trigger goes before the old column that it reads.
local function contract_first(sub, ctx, b)
  by_unit(sub, b, function(unit, list)
    if not reads_moved(b, unit, list) then return end
    if not ctx.features.rebuild then set_defaults(b, unit, list) end
    stop_filling(ctx, b, unit, list)
  end)
end

local function contract(sub, ctx, b)
  by_unit(sub, b, function(unit, list)
    if unit.fill_sync then
      if not ctx.features.rebuild then set_defaults(b, unit, list) end
      stop_filling(ctx, b, unit, list)
    end
    if ctx.features.rebuild then enforce(b, unit, list) end
  end)
end

-- Members that stand on a column which is being filled are built on it in their time.
local function absorbs(change, moved)
  if change.kind == "column" or change.before or not change.after then return false end
  for _, own in ipairs(moved) do
    if not own.before and strategy.member_names(change.kind, change.after, own.after.name) then return true end
  end
  return false
end

local function explain()
  return "adds the column empty, fills new rows by a trigger and old ones in batches, and only then insists on it"
end

return strategy.define {
  name = "expand_migrate_contract", serves = serves, explain = explain, absorbs = absorbs,
  expand = expand, migrate = migrate, switch = switch, contract_first = contract_first, contract = contract,
}
