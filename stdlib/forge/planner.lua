--- Asks the policy which strategy serves each change, and the strategies for their steps.

local absorb = require("forge.absorb")
local fold = require("forge.fold")
local joint = require("forge.joint_groups")
local members = require("forge.direct.members")
local no_rows = require("forge.no_rows")
local pairs_of = require("forge.pairs")
local policy_of = require("forge.policy")
local wrong_wish = require("forge.policy.names").wrong_wish
local checked = require("forge.steps").new
local strategy = require("forge.strategy")
local tables = require("forge.policy.tables")

local M = {}

-- In this order strategies add to a phase: what creates comes first, and swaps come before what enforces on them.
local ORDER = {
  expand = { "direct", "expand_migrate_contract", "dual_write", "shadow_column", "shadow_table", "blue_green", "big_bang" },
  migrate = { "direct", "expand_migrate_contract", "dual_write", "shadow_column", "shadow_table", "blue_green", "big_bang" },
  switch = { "dual_write", "shadow_column", "shadow_table", "blue_green", "expand_migrate_contract", "big_bang", "direct" },
  contract = { "dual_write", "shadow_column", "shadow_table", "blue_green", "expand_migrate_contract", "direct", "big_bang" },
}

local function object_of(change)
  local object = (change.after or change.before).name
  if type(object) == "table" then object = strategy.display(object) end
  if change.table and change.table.name then object = strategy.display(change.table) .. "." .. tostring(object or "") end
  return tostring(object or change.kind)
end

-- Choosing ------------------------------------------------------------------------------------------------------------

local function choose_all(b, ctx, policy)
  local choices, refused = {}, {}
  for _, change in ipairs(b.group.changes) do
    local choice, why = policy_of.choose(policy, change, b.group, ctx)
    if choice then choices[change] = choice else refused[#refused + 1] = object_of(change) .. ": " .. why end
  end
  if #refused > 0 then return nil, table.concat(refused, "; ") end
  absorb.all(b, choices, ctx)
  return choices
end

-- Running the phases ----------------------------------------------------------------------------------------------------

-- The strategies that were chosen, in the order of the changes.
local function strategies_of(group, choices)
  local list, seen = {}, {}
  for _, change in ipairs(group.changes) do
    local name = choices[change].strategy
    if not seen[name] then list[#list + 1] = name end
    seen[name] = true
  end
  return list, seen
end

-- The same, the built-in ones in the order of ORDER, others after them.
local function chosen(group, choices, phase)
  local names, present = strategies_of(group, choices)
  if #names == 1 then return names end
  local list, extra = {}, {}
  for _, name in ipairs(ORDER[phase]) do
    if present[name] then list[#list + 1] = name end
    present[name] = nil
  end
  for _, name in ipairs(names) do
    if present[name] then extra[#extra + 1] = name end
  end
  table.sort(extra)
  for _, name in ipairs(extra) do list[#list + 1] = name end
  return list
end

local function sub_of(group, choices, name)
  local list = {}
  for _, change in ipairs(group.changes) do
    if choices[change].strategy == name then list[#list + 1] = change end
  end
  return strategy.cut(group, list)
end

-- The steps of a strategy that gives them as a whole, each checked as the builder checks its own.
local function whole_steps(module, sub, ctx)
  local list = module.plan(sub, ctx)
  if type(list) ~= "table" then
    error(("strategy '%s': plan must give a list of steps, and gives %s"):format(module.name, tostring(list)), 0)
  end
  for _, step in ipairs(list) do
    if type(step) ~= "table" then
      error(("strategy '%s': plan must give a list of steps, and one is %s"):format(module.name, tostring(step)), 0)
    end
    step.strategy = step.strategy or module.name
    checked(step)
  end
  return list
end

-- A strategy that gives its steps as a whole: they are folded in phase by phase.
local function run_whole(module, sub, ctx, b, phase)
  sub.steps = sub.steps or whole_steps(module, sub, ctx)
  for _, step in ipairs(sub.steps) do
    if step.phase == phase then
      for _, op in ipairs(step.ops) do b:op(op) end
      b.steps[#b.steps + 1] = step
    end
  end
end

local function run_phases(group, choices, ctx, b)
  local subs = {}
  b.choices, b.subs = choices, subs
  for _, unit in ipairs(b.units) do unit.choices = choices end
  for _, phase in ipairs(strategy.PHASES) do
    b.phase = phase
    local names = chosen(group, choices, phase)
    for _, name in ipairs(names) do
      local module, first = policy_of.strategy_module(name), phase .. "_first"
      subs[name] = subs[name] or sub_of(group, choices, name)
      b.strategy = name
      if module[first] then module[first](subs[name], ctx, b) end
    end
    for _, name in ipairs(names) do
      local module = policy_of.strategy_module(name)
      b.strategy = name
      if module[phase] then
        module[phase](subs[name], ctx, b)
      elseif not (module.expand or module.migrate or module.switch or module.contract) then
        run_whole(module, subs[name], ctx, b, phase)
      end
    end
    members.add_postponed(b)
  end
end

-- A table whose foreign keys say the final names of tables and columns that other groups rename.
local function with_final_references(ctx, t)
  if #(t.foreign_keys or {}) == 0 then return t end
  local made = fold.copy(t)
  made.foreign_keys = {}
  for i, fk in ipairs(t.foreign_keys or {}) do
    local key = strategy.display(fk.ref)
    local final, columns = ctx.renamed[key], ctx.renamed_columns[key] or {}
    made.foreign_keys[i] = fold.copy(fk)
    made.foreign_keys[i].ref = final or fk.ref
    made.foreign_keys[i].ref_columns = {}
    for j, name in ipairs(fk.ref_columns or {}) do made.foreign_keys[i].ref_columns[j] = columns[name] or name end
  end
  return made
end

local function difference(b, group, ctx)
  local have, want = {}, {}
  for key, t in pairs(b.state.tables) do have[key] = with_final_references(ctx, t) end
  for key, t in pairs(group.after) do want[key] = with_final_references(ctx, t) end
  for key, t in pairs(b.borrowed) do want[key] = with_final_references(ctx, t) end
  return fold.difference(have, want)
end

-- Answers -----------------------------------------------------------------------------------------------------------------

-- What goes back to the engine: only the fields that it knows.
local function choice_list(changes, choices)
  local list, items = {}, {}
  for i, change in ipairs(changes) do
    local choice = choices[change]
    list[i] = { change = i, strategy = choice.strategy, rule = choice.rule, reason = choice.reason,
                file = choice.file or "", facts = choice.facts or {} }
    if choice.action_item then items[#items + 1] = object_of(change) .. ": " .. choice.action_item end
  end
  return list, items
end

local function explanation(group, choices, ctx)
  local lines = {}
  for _, name in ipairs(chosen(group, choices, "expand")) do
    lines[#lines + 1] = name .. " " .. policy_of.strategy_module(name).explain(sub_of(group, choices, name), ctx)
  end
  return table.concat(lines, "; ")
end

local function answer(group, choices, ctx, steps)
  local list, items = choice_list(group.changes, choices)
  for _, item in ipairs(no_rows.action_items(group)) do items[#items + 1] = item end
  return { id = group.id, choices = list, steps = steps, action_items = items,
           explanation = explanation(group, choices, ctx) }
end

local function number_of(group, change)
  for i, one in ipairs(group.changes) do
    if one == change then return i end
  end
end

local function refusal(group, choices, text, change)
  local list, items = {}, {}
  if choices then list, items = choice_list(group.changes, choices) end
  return { id = group.id, choices = list, steps = {}, action_items = items, refused = text, refused_change = number_of(group, change) }
end

-- Steps of one group, or of several that move together; nil and why they are refused; or nil, nil and what they leave undone.
local function steps_of(group, choices, ctx)
  local b = strategy.builder(group, ctx)
  local ok, problem = pcall(run_phases, group, choices, ctx, b)
  if not ok then
    if type(problem) == "table" and problem.forge_refused then return nil, problem end
    error(problem, 0)
  end
  local different, at = difference(b, group, ctx)
  if different then
    return nil, nil, { table = at, hint = "let another strategy do it (:strategy \"…\"), or make this change in a migration of its own",
      message = ("the steps for %s do not end in the new schema: table %s (strategies: %s)"):format(group.id, different,
        table.concat(chosen(group, choices, "expand"), ", ")) }
  end
  no_rows.ask(group, ctx, b.steps)
  return b.steps
end

local function choose_group(group, ctx, policy)
  no_rows.assume(group)
  local b = strategy.builder(group, ctx)
  local choices, why = choose_all(b, ctx, policy)
  return { choices = choices, refused = why, copied = choices and absorb.copied(b, choices) or {} }
end

-- What steps leave undone, with the first change of the table that is not as it should be.
local function at_its_change(unfinished, numbers, groups)
  local out = { message = unfinished.message, hint = unfinished.hint, group = numbers[1], change = 1 }
  for _, number in ipairs(numbers) do
    for i, change in ipairs(groups[number].changes) do
      local q = strategy.change_table(change)
      if q and strategy.display(q) == unfinished.table then
        out.group, out.change = number, i
        return out
      end
    end
  end
  return out
end

local function plan_set(numbers, groups, plans, ctx, out)
  local list, choices = {}, {}
  for i, number in ipairs(numbers) do
    list[i] = groups[number]
    for _, change in ipairs(groups[number].changes) do choices[change] = plans[number].choices[change] end
  end
  local whole = #list == 1 and list[1] or joint.joined(list)
  if #list > 1 then absorb.all(strategy.builder(whole, ctx), choices, ctx) end
  local steps, refused, unfinished = steps_of(whole, choices, ctx)
  if unfinished then return at_its_change(unfinished, numbers, groups) end
  for i, number in ipairs(numbers) do
    if refused then
      out[number] = refusal(groups[number], choices, refused.message, refused.change)
    else
      out[number] = answer(groups[number], choices, ctx, i == 1 and steps or {})
    end
  end
end

-- Entry -------------------------------------------------------------------------------------------------------------------

local function policy_for(ctx)
  local named = ctx.policy
  if type(named) == "table" then return named end
  local name = type(named) == "string" and named ~= "" and named or "strategies.policy"
  local policy = require(name)
  if type(policy) ~= "table" or type(policy.rules) ~= "table" then
    local got = type(policy) == "table" and "a table without rules" or type(policy) == "boolean" and "nothing" or tostring(policy)
    error(("the policy '%s' returns %s, and must return a policy: local policy = require(\"forge.override\").extend "
      .. "\"builtin:strategies.policy\" … return policy"):format(name, got), 0)
  end
  -- Where a table is stated it is judged there; its rows can have been changed since.
  for _, field in ipairs({ "batching", "thresholds" }) do
    local ok, problem = pcall(tables["check_" .. field], policy[field] or require("strategies." .. field), 0)
    if not ok then error(("the policy '%s': %s"):format(name, (tostring(problem):gsub("^.-policy: ", ""))), 0) end
  end
  return policy
end

-- Renamed tables of all groups, both ways, { old → new } and { new → old }, and renamed columns by table (under either of
-- its names).
local function renames(groups)
  local forth, back, columns = {}, {}, {}
  for _, group in ipairs(groups) do
    for _, change in ipairs(group.changes) do
      if change.kind == "shell" and not fold.same_q(change.before.name, change.after.name) then
        forth[strategy.display(change.before.name)] = change.after.name
        back[strategy.display(change.after.name)] = change.before.name
      elseif change.kind == "column" and change.before and change.after and change.before.name ~= change.after.name then
        local key = strategy.display(change.table)
        columns[key] = columns[key] or {}
        columns[key][change.before.name] = change.after.name
      end
    end
  end
  for key, final in pairs(forth) do columns[strategy.display(final)] = columns[key] end
  return forth, back, columns
end

-- Only triggers keep a log of what they could not carry over.
local function without_syncs(thresholds)
  local out = {}
  for _, row in ipairs(thresholds) do
    if row.name ~= "sync_errors" then out[#out + 1] = row end
  end
  return out
end

local function whole_context(ctx, policy, groups)
  local out = fold.copy(ctx)
  out.renamed, out.renamed_back, out.renamed_columns = renames(groups)
  out.features = out.features or ctx.d.features
  out.version = out.version or ctx.d.version
  if (out.environment or "") == "" then out.environment = "production" end
  out.batching = policy.batching or ctx.batching or require("strategies.batching")
  out.thresholds = policy.thresholds or ctx.thresholds or require("strategies.thresholds")
  if out.features.documents then out.thresholds = without_syncs(out.thresholds) end
  return out
end

--- A strategy that the specification asks for, and that there is not; nil where all are known.
---@return table? { message, hint?, group?, change? }: numbers that count from 1; none where it is asked for as a whole
function M.unserved_wish(groups, ctx)
  local fine = {}
  local function wrong(name)
    if (name or "") == "" or fine[name] then return nil end
    local message, hint = wrong_wish(name)
    fine[name] = not message
    return message and { message = message, hint = hint }
  end
  local whole = wrong(ctx.strategy)
  if whole then return whole end
  for number, group in ipairs(groups) do
    for i, change in ipairs(group.changes) do
      local own = wrong((change.intent or {}).strategy)
      if own then
        own.group, own.change = number, i
        return own
      end
    end
  end
end

-- What a specification computes for a column, as the engine can assign it: some tell a value that storing rounds from one that
-- is wrong by nothing.
local function make_assignable(groups, d)
  local function made(text, t, stays)
    if not t or (text or "") == "" or stays and text:find("^[%w_]+$") then return text end
    return d:assignable(text, t)
  end
  for _, group in ipairs(groups) do
    for _, change in ipairs(group.changes) do
      local intent = change.kind == "column" and change.after and change.intent
      local goes = intent and (change.before or (pairs_of.counterpart(change, group) or {}).before)
      local stays = intent and change.before and fold.same(change.before.type, change.after.type)
      if intent then
        intent.backfill_down = made(intent.backfill_down, goes and goes.type, stays)
        intent.backfill_up = made(intent.backfill_up, change.after.type, stays)
      end
    end
  end
end

--- The steps of every group.
---@param groups table[]
---@param ctx table
---@return table { groups = { { id, choices, steps, explanation, refused?, action_items } … }, thresholds }, or { unserved }
function M.plan(groups, ctx)
  local policy = policy_for(ctx)
  local unserved = M.unserved_wish(groups, ctx)
  if unserved then return { groups = {}, thresholds = {}, unserved = unserved } end
  if ctx.d.assignable then make_assignable(groups, ctx.d) end
  local whole = whole_context(ctx, policy, groups)
  local plans, out = {}, {}
  for i, group in ipairs(groups) do plans[i] = choose_group(group, whole, policy) end
  for _, numbers in ipairs(joint.sets(groups, plans, whole)) do
    local first = plans[numbers[1]]
    if first.choices then
      local unfinished = plan_set(numbers, groups, plans, whole, out)
      if unfinished then return { groups = {}, thresholds = {}, unserved = unfinished } end
    else
      out[numbers[1]] = refusal(groups[numbers[1]], nil, first.refused)
    end
  end
  return { groups = out, thresholds = whole.thresholds }
end

return M
