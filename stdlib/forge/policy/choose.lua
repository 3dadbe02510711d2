--- The policy's answer for one change: what it forbids, what the specification asks for, what it prefers, its rules.

local fold = require("forge.fold")
local known = require("forge.policy.facts")
local naming = require("forge.policy.names")

local M = {}

-- The planner has seen to it that there is one of that name.
local function asked_for(change, ctx)
  local own = (change.intent or {}).strategy
  if own and own ~= "" then return own, "the specification asks for it on this object" end
  if ctx.strategy and ctx.strategy ~= "" then return ctx.strategy, "the specification asks for it as a whole" end
end

-- Lets a function of a policy answer about a change, which it may look at and no more: what is to be done is the
-- specification's. The built-in policy is trusted.
local function ask(what, file, change, answer)
  if file == "strategies/policy.lua" then return answer() end
  local before, after = fold.deep(change.before), fold.deep(change.after)
  local given = answer()
  if not fold.same({ before, after }, { change.before, change.after }) then
    error(("policy: %s%s changes what it is asked about: it chooses a strategy, and what is to be done stands in the specification")
      :format(what, file and " (" .. file .. ")" or ""), 0)
  end
  return given
end

local function strategy_module(name) return require("strategies." .. name) end
M.strategy_module = strategy_module

local function serves(name, change, group, ctx)
  return strategy_module(name).serves(change, group, ctx)
end

local function has_word(f, word) return naming.known(f.words, word) end

local function forbidden(policy, change, f, ctx)
  for _, row in ipairs(policy.forbidden) do
    if has_word(f, row.word) then
      local stated = row.unless and ((change.intent or {})[row.unless] or (ctx.header or {})[row.unless])
      if not row.unless or (stated or "") == "" or stated == false then
        return ("the policy forbids %s%s%s%s"):format(row.word,
          row.unless and (" unless the specification states " .. row.unless) or "",
          row.reason and (": " .. row.reason) or "", row.file and (" (" .. row.file .. ")") or "")
      end
    end
  end
end

local function preferred(policy, change, group, ctx, f)
  for _, row in ipairs(policy.preferred) do
    local wanted = row.when == nil or (type(row.when) == "function" and ask("prefer " .. row.strategy, row.file or policy.file, change,
      function() return row.when(change, group, ctx, f) end))
    for _, word in ipairs(type(row.when) == "table" and row.when or {}) do wanted = wanted or has_word(f, word) end
    if wanted and serves(row.strategy, change, group, ctx) then
      return { strategy = row.strategy, rule = "prefer " .. row.strategy, reason = "the policy prefers it where it serves",
               file = row.file or policy.file }
    end
  end
end

local function by_rules(policy, change, group, ctx, f)
  local refused = {}
  for _, rule in ipairs(policy.rules) do
    local file = rule.file or naming.where(rule.when)
    if ask("rule '" .. rule.name .. "'", file, change, function() return rule.when(change, group, ctx, f) end) then
      local ok, why = serves(rule.strategy, change, group, ctx)
      if ok then
        return { strategy = rule.strategy, rule = rule.name, reason = rule.reason, file = file }
      end
      refused[#refused + 1] = ("rule '%s' wants %s, but %s"):format(rule.name, rule.strategy, why or "it does not serve")
    end
  end
  return nil, #refused > 0 and table.concat(refused, "; ") or "no rule of the policy matches"
end

local CHOICE = { strategy = true, reason = true, rule = true, file = true, facts = true }

local function as_choice(value, word, file, serving)
  local what = ("override('%s')%s"):format(word, file and (" in " .. file) or "")
  if type(value) == "string" then value = { strategy = value } end
  if type(value) ~= "table" or type(value.strategy) ~= "string" then
    error(("policy: %s must give a strategy's name or { strategy, reason }, and gives %s"):format(what,
      value == nil and "nothing" or type(value) == "table" and "a table without a strategy" or tostring(value)), 0)
  end
  for key in pairs(value) do
    if not CHOICE[key] then
      error(("policy: %s gives an unknown field '%s'; strategy, reason and rule are known"):format(what, tostring(key)), 0)
    end
  end
  for _, field in ipairs({ "reason", "rule" }) do
    if value[field] ~= nil and type(value[field]) ~= "string" then
      error(("policy: %s gives a %s that is no text: %s"):format(what, field, tostring(value[field])), 0)
    end
  end
  naming.check_strategy(value.strategy, what, 0)
  local ok, why = serving(value.strategy)
  if not ok then
    error(("policy: %s gives %s, which does not serve: %s"):format(what, value.strategy, why or "it cannot carry this out"), 0)
  end
  return { strategy = value.strategy, rule = value.rule or ("override " .. word),
           reason = value.reason or "the policy overrides the choice", file = value.file or file }
end

local function with_group(ctx, group)
  local out = fold.copy(ctx)
  out.group = group
  return out
end

local function overridden(policy, group, ctx, f, choose)
  for _, row in ipairs(policy.overrides) do
    if has_word(f, row.word) then
      local inner = choose
      choose = function(c, x)
        local own = x or with_group(ctx, group)
        local gave, asked
        local base = function(base_change, base_ctx)
          gave, asked = inner(base_change or c, base_ctx or own), true
          return gave
        end
        local value = ask(("override('%s')"):format(row.word), row.file or policy.file, c, function() return row.fn(base, c, own) end)
        if asked and value == gave then return gave end  -- the same choice, or the same refusal
        return as_choice(value, row.word, row.file or policy.file, function(name) return serves(name, c, group, ctx) end)
      end
    end
  end
  return choose
end

--- The policy's answer for one change.
---@return table? choice { strategy, rule, reason, file, facts }
---@return string? refused why there is none
function M.choose(policy, change, group, ctx)
  local f = known.facts(change, group, ctx)
  local no = forbidden(policy, change, f, ctx)
  if no then return nil, no end
  local wanted, source = asked_for(change, ctx)
  local problem, item
  local function base(c)
    if wanted then
      local ok, why = serves(wanted, c, group, ctx)
      if ok then return { strategy = wanted, rule = "asked for", reason = source, file = "specification" } end
      -- A strategy for the whole specification is meant for what it can serve; one for an object must be answered, and so
      -- must `direct` where it is not taken because of what :backfill asks.
      if (c.intent or {}).strategy == wanted or wanted == "big_bang" or (wanted == "direct" and f.fills) then
        item = ("%s was asked for and is refused: %s"):format(wanted, why or "it does not serve here")
      end
    end
    local choice = preferred(policy, c, group, ctx, f)
    if choice then return choice end
    choice, problem = by_rules(policy, c, group, ctx, f)
    return choice
  end
  local choose = overridden(policy, group, ctx, f, base)
  local choice = choose(change)
  if not choice then
    return nil, (item and item .. "; " or "") .. (problem or "the policy gives no strategy")
  end
  choice = fold.copy(choice)
  choice.action_item = item
  if item then choice.reason = choice.reason .. " (" .. item .. ")" end
  choice.facts = known.facts_list(f)
  return choice
end

return M
