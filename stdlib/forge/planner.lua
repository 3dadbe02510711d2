--- Asks the policy which strategy serves each change, and the strategies for their steps.

local fold = require("forge.fold")
local policy_of = require("forge.policy")
local strategy = require("forge.strategy")

local M = {}

-- In this order strategies add to a phase: what creates comes first, and swaps come before what enforces on them.
local ORDER = {
  expand = { "direct", "expand_migrate_contract", "shadow_column", "shadow_table", "blue_green", "big_bang" },
  migrate = { "direct", "expand_migrate_contract", "shadow_column", "shadow_table", "blue_green", "big_bang" },
  switch = { "shadow_column", "shadow_table", "blue_green", "expand_migrate_contract", "big_bang", "direct" },
  contract = { "shadow_column", "shadow_table", "blue_green", "expand_migrate_contract", "direct", "big_bang" },
}
local WHOLE_TABLE = { big_bang = 3, blue_green = 2, shadow_table = 1 }

-- A strategy that takes a whole table takes every change of it: two ways at once would copy it twice.
local function absorb_tables(b, choices, ctx)
  for _, unit in ipairs(b.units) do
    local lead
    for _, change in ipairs(unit.changes) do
      local name = choices[change] and choices[change].strategy
      if name and WHOLE_TABLE[name] and (not lead or WHOLE_TABLE[name] > WHOLE_TABLE[lead]) then lead = name end
    end
    if lead then
      for _, change in ipairs(unit.changes) do
        local choice = choices[change]
        local module = policy_of.strategy_module(lead)
        if choice and choice.strategy ~= lead and module.takes(change, b.group, ctx) then
          choice.strategy, choice.rule = lead, "one copy of a table"
          choice.reason = ("%s takes %s whole, and this change with it"):format(lead, strategy.display(unit.q))
        end
      end
    end
  end
end

-- Types at both ends of a foreign key move together: engines refuse a key between different types.
local function absorb_references(b, choices, ctx)
  for _, unit in ipairs(b.units) do
    for _, change in ipairs(unit.changes) do
      local choice = choices[change]
      local retyped = change.kind == "column" and change.before and change.after
        and not fold.same(change.before.type, change.after.type)
      if choice and retyped and not WHOLE_TABLE[choice.strategy] then
        for _, fk in ipairs((unit.before or {}).foreign_keys or {}) do
          local parent = b.by_key[strategy.display(fk.ref)]
          local lead = parent and parent ~= unit and M.lead_of(parent, choices)
          if lead and strategy.contains(fk.columns, change.before.name)
            and policy_of.strategy_module(lead).takes(change, b.group, ctx) then
            choice.strategy, choice.rule = lead, "types along a foreign key"
            choice.reason = ("the column follows %s, whose type changes with it"):format(strategy.display(fk.ref))
          end
        end
      end
    end
  end
end

--- The strategy that takes the whole of a table, or nil.
function M.lead_of(unit, choices)
  for _, change in ipairs(unit.changes) do
    local name = choices[change] and choices[change].strategy
    if name and WHOLE_TABLE[name] then return name end
  end
end

-- Members that name a column which a strategy moves go with it.
local function absorb_columns(b, choices, ctx)
  for _, unit in ipairs(b.units) do
    for _, name in ipairs({ "shadow_column", "expand_migrate_contract" }) do
      local module = policy_of.strategy_module(name)
      local moved = {}
      for _, change in ipairs(unit.changes) do
        if choices[change] and choices[change].strategy == name and change.kind == "column" then
          moved[#moved + 1] = change
        end
      end
      for _, change in ipairs(#moved > 0 and unit.changes or {}) do
        local choice = choices[change]
        if choice and choice.strategy == "direct" and module.absorbs and module.absorbs(change, moved, b.group, ctx) then
          choice.strategy, choice.rule = name, "with its column"
          choice.reason = "it names a column that this strategy moves"
        end
      end
    end
  end
end

-- Two hot tables or more that are copied anyway flip together.
local function hot_sets(b, choices, ctx)
  local copied = {}
  for _, unit in ipairs(b.units) do
    if M.lead_of(unit, choices) == "shadow_table" then copied[#copied + 1] = unit end
  end
  if #copied < 2 then return end
  for _, unit in ipairs(copied) do
    if not strategy.facts(b.group, ctx, unit.before and unit.before.name).hot then return end
  end
  for _, unit in ipairs(copied) do
    for _, change in ipairs(unit.changes) do
      local choice = choices[change]
      if choice and choice.strategy == "shadow_table" then
        choice.strategy, choice.rule = "blue_green", "hot tables flip together"
        choice.reason = "hot tables that are copied anyway change over in one short step"
      end
    end
  end
end

local function choose_all(b, ctx, policy)
  local choices, refused = {}, {}
  for i, change in ipairs(b.group.changes) do
    local choice, why = policy_of.choose(policy, change, b.group, ctx)
    if choice then choices[change] = choice else refused[#refused + 1] = { change = i, reason = why } end
  end
  if #refused > 0 then return nil, refused end
  absorb_tables(b, choices, ctx)
  absorb_references(b, choices, ctx)
  absorb_tables(b, choices, ctx)
  absorb_columns(b, choices, ctx)
  hot_sets(b, choices, ctx)
  return choices
end

-- The names of the strategies that were chosen, the built-in ones in the order of ORDER, others after them.
local function chosen(group, choices, phase)
  local present, list, extra = {}, {}, {}
  for _, change in ipairs(group.changes) do present[choices[change].strategy] = true end
  for _, name in ipairs(ORDER[phase]) do
    if present[name] then list[#list + 1] = name end
    present[name] = nil
  end
  for name in pairs(present) do extra[#extra + 1] = name end
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

-- A strategy that gives its steps as a whole: they are folded in phase by phase.
local function run_whole(module, sub, ctx, b, phase)
  sub.steps = sub.steps or module.plan(sub, ctx)
  for _, step in ipairs(sub.steps) do
    if step.phase == phase then
      for _, op in ipairs(step.ops) do b:op(op) end
      step.strategy = step.strategy or module.name
      b.steps[#b.steps + 1] = step
    end
  end
end

local function run_phases(group, choices, ctx, b)
  local subs = {}
  b.choices = choices
  for _, phase in ipairs(strategy.PHASES) do
    b.phase = phase
    for _, name in ipairs(chosen(group, choices, phase)) do
      local module = policy_of.strategy_module(name)
      subs[name] = subs[name] or sub_of(group, choices, name)
      b.strategy = name
      if module[phase] then
        module[phase](subs[name], ctx, b)
      elseif not (module.expand or module.migrate or module.switch or module.contract) then
        run_whole(module, subs[name], ctx, b, phase)
      end
    end
  end
end

local function left_over(b, group)
  local want = {}
  for key, t in pairs(group.after) do want[key] = t end
  for key, t in pairs(b.borrowed) do want[key] = t end
  return fold.difference(b.state.tables, want)
end

local function choice_list(group, choices)
  local list = {}
  for i, change in ipairs(group.changes) do
    local choice = choices[change]
    list[i] = { change = change.index or i, strategy = choice.strategy, rule = choice.rule, reason = choice.reason,
                file = choice.file or "", facts = choice.facts or {} }
  end
  return list
end

local function refusal_text(group, refused)
  local lines = {}
  for i, row in ipairs(refused) do
    local change = group.changes[row.change]
    local object = (change.after or change.before).name
    if type(object) == "table" then object = strategy.display(object) end
    if change.table and change.table.name then object = strategy.display(change.table) .. "." .. tostring(object) end
    lines[i] = tostring(object) .. ": " .. row.reason
  end
  return table.concat(lines, "; ")
end

local function index_of(group, change)
  for i, own in ipairs(group.changes) do
    if own == change then return i end
  end
  return 1
end

--- Plans one group.
---@return table { id, choices, steps, refused? }
function M.plan_group(group, ctx, policy)
  local b = strategy.builder(group, ctx)
  local choices, refused = choose_all(b, ctx, policy)
  if not choices then return { id = group.id, choices = {}, steps = {}, refused = refusal_text(group, refused) } end
  local ok, problem = pcall(run_phases, group, choices, ctx, b)
  if not ok then
    if type(problem) == "table" and problem.forge_refused then
      local reason = { { change = index_of(group, problem.change), reason = problem.message } }
      return { id = group.id, choices = choice_list(group, choices), steps = {}, refused = refusal_text(group, reason) }
    end
    error(problem, 0)
  end
  local different = left_over(b, group)
  if different then
    error(("the steps for %s do not end in the new schema: table %s (strategies: %s)"):format(group.id, different,
      table.concat(chosen(group, choices, "expand"), ", ")), 0)
  end
  return { id = group.id, choices = choice_list(group, choices), steps = b.steps }
end

local function policy_for(ctx)
  local named = ctx.policy
  if type(named) == "table" then return named end
  if type(named) == "string" and named ~= "" then return require(named) end
  return require("strategies.policy")
end

local function whole_context(ctx, policy)
  local out = fold.copy(ctx)
  out.features = out.features or ctx.d.features
  out.version = out.version or ctx.d.version
  out.batching = policy.batching or ctx.batching or require("strategies.batching")
  out.thresholds = policy.thresholds or ctx.thresholds
  return out
end

--- The steps of every group.
---@param groups table[]
---@param ctx table
---@return table { groups = { { id, choices, steps, refused? } … } }
function M.plan(groups, ctx)
  local policy = policy_for(ctx)
  local whole = whole_context(ctx, policy)
  local out = {}
  for i, group in ipairs(groups) do out[i] = M.plan_group(group, whole, policy) end
  return { groups = out }
end

return M
