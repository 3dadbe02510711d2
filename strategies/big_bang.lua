--- Everything in one sitting while the application stands still: stop, back up, run, validate, start. For development,
--- for tables that are tiny and not critical, and for a stated window that covers the estimate.

local columns = require("forge.direct.columns")
local direct = require("strategies.direct")
local direct_views = require("forge.direct.views")
local fill_order = require("forge.fill_order")
local fold = require("forge.fold")
local losses = require("forge.losses")
local strategy = require("forge.strategy")

local kTiny = 1000  -- rows that are rewritten before anybody notices

local show = strategy.display

local TAKEN = { column = true, key = true, index = true, check = true, foreign_key = true, exclusion = true, shell = true }

-- It fills columns that come, and the NULLs of those that stand; a column whose values are computed anew needs a second one.
local function computes(change)
  local up, only_nulls = strategy.stated_fill(change)
  return up ~= nil and change.before ~= nil and not only_nulls
end

local function takes(change) return TAKEN[change.kind] and not computes(change) or false end

local function serves(change, group, ctx)
  if computes(change) then
    return false, "it changes columns in place and does not compute the values of one that stands anew, as :backfill asks"
  end
  if not takes(change) then return false, "it serves changes of tables that stand" end
  local q = strategy.change_table(change)
  local facts = strategy.facts(group, ctx, q)
  if facts.environment == "development" then return true end
  local rows = strategy.rows_text(facts.rows)
  if facts.critical then
    return false, ("%s is critical in %s (%s): stopping the application for it is refused. Action: take the strategy "
      .. "that the policy gives without one being asked for, or state critical = false in hints with the owner's consent")
      :format(show(q), facts.environment, rows)
  end
  if facts.rows and facts.rows < kTiny then return true end
  local downtime = ctx.downtime or (change.intent or {}).downtime
  if strategy.window_covers(facts.rows, downtime) then return true end
  if (downtime or "") == "" then
    return false, ("%s has %s and no window is stated. Action: state downtime = \"30m\" (or what you have), and rows in "
      .. "hints"):format(show(q), rows)
  end
  return false, ("the stated window of %s does not cover %s of %s. Action: state a longer one, or leave the strategy to "
    .. "the policy"):format(downtime, rows, show(q))
end

-- Parts of the sitting ------------------------------------------------------------------------------------------------

local function units_of(sub, b)
  local list, seen = {}, {}
  for _, change in ipairs(sub.changes) do
    local unit = b:unit(change)
    if not seen[unit] then
      seen[unit] = true
      list[#list + 1] = unit
    end
  end
  return list
end

local function names(units)
  local out = {}
  for i, unit in ipairs(units) do out[i] = show(unit.q) end
  return table.concat(out, ", ")
end

local function open_sitting(b, units, title)
  b:step(title, "stop", {
    title = "Stop every application that writes " .. title, why = "nobody may write while the tables change in one go",
    app = "Stop or set to maintenance: web, workers, cron. Check that no session is left that writes " .. title .. ".",
    compatibility = { old_app = false, new_app = false, note = "the application stands still from here to the start" },
    hazards = { "downtime" },
  })
  local counts = {}
  for i, unit in ipairs(units) do
    counts[i] = b.ctx.d.ask and b.ctx.d.ask.count(unit.q) or "SELECT COUNT(*) FROM " .. b.ctx.d:qname(unit.q)
  end
  b:step(title, "backup", {
    title = "Back up " .. title, why = "what this sitting breaks is restored from here",
    app = "Back up the database and note the row counts: " .. table.concat(counts, "; ") .. ".",
    compatibility = { old_app = false, new_app = false },
  })
end

local function filled(change) return strategy.stated_fill(change) ~= nil end

local function stated(change) return (strategy.stated_fill(change)) end

local function stands(change) return change.before ~= nil end

local function fill_pass(ctx, b, unit, pass, object)
  local set, where, wrong, lost = {}, {}, {}, {}
  for i, change in ipairs(pass) do
    local name = change.before and change.before.name or change.after.name
    set[i] = { to = name, expr = stated(change) }
    where[i] = strategy.is_null(ctx, name)
    wrong[i] = strategy.left_empty(ctx, name, stated(change))
    if change.before then lost[#lost + 1] = losses.filled_nulls(unit.q, name) end
  end
  local condition = strategy.any(ctx, where)
  b:step(object, "fill", {
    title = "Fill them", why = "nobody writes, so one pass is enough",
    loses = #lost > 0 and table.concat(lost, "; ") or nil,
    work = b:backfill(unit, set, condition, strategy.count_where(ctx, unit.q, strategy.any(ctx, wrong))),
    compatibility = { old_app = false, new_app = false }, hazards = { "backfill" },
  })
end

local function fill(ctx, b, unit, list)
  local added, names_added = {}, {}
  for _, change in ipairs(fill_order.sorted(list, stated, ctx)) do
    local soft = fold.copy(change.after)
    soft.nullable, soft.default = true, nil
    if not change.before then
      added[#added + 1] = b:add_column(unit.q, soft)
      names_added[#names_added + 1] = soft.name
    end
  end
  b:step(show(unit.q), "add-columns", {
    title = "Add the columns of " .. show(unit.q) .. " that are to be filled", why = "empty, they cost nothing",
    ops = added, compatibility = { old_app = false, new_app = false }, checks_first = strategy.check_unheld(ctx, unit.q, names_added),
  })
  local passes = fill_order.passes(list, stated, ctx, stands)
  for _, pass in ipairs(passes) do
    fill_pass(ctx, b, unit, pass, #passes == 1 and show(unit.q) or show(unit.q) .. "." .. pass[1].after.name)
  end
end

local function by_unit(sub, b, unit, wanted)
  local list = {}
  for _, change in ipairs(sub.changes) do
    if b:unit(change) == unit and wanted(change) then list[#list + 1] = change end
  end
  return list
end

-- Views that the plan changes or drops must not stand in the way of what they read.
local function settle_views(sub, ctx, b)
  for _, change in ipairs(b.group.changes) do
    -- One that reads a table which another strategy has yet to rename comes with that rename.
    local early = change.kind == "view" and change.after and not b:renames_done(change.after)
    if change.kind == "view" and change.before and not b.settled[change] and not early then
      if change.after then direct_views.switch(change, sub, ctx, b)
      else direct_views.contract(change, sub, ctx, b) end
      b.settled[change] = true
    end
  end
end

-- Does it take or bring a foreign key to a table of another group whose keys change? Each of the two waits for a part of the other then.
local function between_groups(ctx, b, step)
  for _, op in ipairs(step.ops or {}) do
    local fk = op.kind == "foreign_key" and (op.after or op.before)
    if fk and not b.by_key[show(fk.ref)] then
      local before, after = ctx.table(fk.ref, "before"), ctx.table(fk.ref, "after")
      if before and after and not (fold.same(before.primary_key, after.primary_key) and fold.same(before.uniques, after.uniques)) then
        return true
      end
    end
  end
  return false
end

-- Consecutive operations in one transaction, where the engine's DDL has any.
local function join_steps(ctx, b, first)
  if not ctx.features.transactional_ddl or ctx.features.rebuild then return end
  local out, run = {}, nil
  for i = 1, first - 1 do out[i] = b.steps[i] end
  for i = first, #b.steps do
    local step = b.steps[i]
    local joins = not step.work and not step.reverse_work and (step.form or "") == "" or step.form == "swap"
    joins = joins and not between_groups(ctx, b, step)
    if joins and run then
      step.checks_before = nil  -- they would be asked before what they ask about is there; the engine tests it anyway
      columns.join(run, step)
    else
      out[#out + 1] = step
      run = joins and step or nil
    end
  end
  b.steps = out
end

local function run(sub, ctx, b, units)
  local plain = fold.copy(ctx)
  plain.plain = true
  local kept = b.ctx
  b.ctx = plain
  sub.big_bang = true
  local first = #b.steps + 1
  local rest = fold.copy(sub)
  rest.changes = {}
  for _, unit in ipairs(units) do
    local list = by_unit(sub, b, unit, filled)
    if #list > 0 then fill(plain, b, unit, list) end
  end
  for _, change in ipairs(sub.changes) do
    if not filled(change) or change.before then rest.changes[#rest.changes + 1] = change end
  end
  direct.expand(rest, plain, b)
  direct.switch(rest, plain, b)
  for _, unit in ipairs(units) do
    for _, change in ipairs(by_unit(sub, b, unit, filled)) do
      columns.enforce(b, unit, change.after.name, change.after)
    end
    columns.flush_unit(b, unit)
  end
  settle_views(sub, plain, b)
  direct.contract(rest, plain, b)
  join_steps(plain, b, first)
  b.ctx = kept
end

local function switch(sub, ctx, b)
  local units = units_of(sub, b)
  local title = names(units)
  open_sitting(b, units, title)
  run(sub, ctx, b, units)
  b:step(title, "validate", {
    title = "Validate " .. title, why = "before anybody writes again",
    app = "Start only when the validation script of what has just run exits with 0. Else roll back: nobody has written yet.",
    compatibility = { old_app = false, new_app = false },
  })
  b:step(title, "start", {
    title = "Start the new application", why = "the schema is the one that it knows",
    app = "Deploy and start the application that knows the new schema; watch errors for 15 minutes.",
    compatibility = { old_app = false, new_app = true },
  })
end

local function explain(_, ctx)
  return "runs in one sitting while the application stands still (environment " .. (ctx.environment or "production") .. ")"
end

return strategy.define {
  name = "big_bang", serves = serves, takes = takes, explain = explain, switch = switch,
}
