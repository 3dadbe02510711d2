--- The ordered list of rules, and how a policy edits it by name.

local fold = require("forge.fold")
local naming = require("forge.policy.names")

local M = {}

local Rules = {}
Rules.__index = Rules

local RULE_FIELDS = { name = "string", when = "function", strategy = "string", reason = "string", file = "string" }

local function check_rule(rule, level)
  if type(rule) ~= "table" then error("policy: a rule is a table {name, when, strategy, reason}", level) end
  for field in pairs(rule) do
    if not RULE_FIELDS[field] then
      error(("policy: rule '%s' has an unknown field '%s'%s"):format(tostring(rule.name), tostring(field),
        naming.suggest(tostring(field), { "name", "when", "strategy", "reason" })), level)
    end
  end
  for _, field in ipairs({ "name", "when", "strategy", "reason" }) do
    if type(rule[field]) ~= RULE_FIELDS[field] then
      error(("policy: rule '%s': field '%s' must be a %s"):format(tostring(rule.name), field, RULE_FIELDS[field]), level)
    end
  end
  naming.check_strategy(rule.strategy, "rule '" .. rule.name .. "'", level + 1)
  return rule
end

-- A name stands for one rule: edits and explanations go by it.
local function check_fresh(rules, rule, level)
  for _, other in ipairs(rules) do
    if other.name == rule.name then
      error(("policy: there is a rule '%s' already; replace(\"%s\", …) puts another in its place"):format(rule.name, rule.name),
        level)
    end
  end
  return rule
end

function Rules:index_of(name, level)
  local names = {}
  for i, rule in ipairs(self) do
    if rule.name == name then return i end
    names[i] = rule.name
  end
  error(("policy: there is no rule '%s'%s"):format(tostring(name), naming.suggest(tostring(name), names)), level or 3)
end

--- A rule before the one of that name.
function Rules:insert_before(name, rule)
  table.insert(self, self:index_of(name), check_fresh(self, check_rule(rule, 3), 3))
end
--- A rule after the one of that name.
function Rules:insert_after(name, rule)
  table.insert(self, self:index_of(name) + 1, check_fresh(self, check_rule(rule, 3), 3))
end
--- A rule that is asked first of all.
function Rules:prepend(rule) table.insert(self, 1, check_fresh(self, check_rule(rule, 3), 3)) end
function Rules:remove(name) table.remove(self, self:index_of(name)) end
--- Another rule in the place of the one of that name.
function Rules:replace(name, rule) self[self:index_of(name)] = check_rule(rule, 3) end

function M.make_rules(list, file, level)
  local rules = setmetatable({}, Rules)
  for i, rule in ipairs(list) do
    local copy = fold.copy(check_fresh(rules, check_rule(rule, level or 4), level or 4))
    copy.file = copy.file or file or naming.where(rule.when) or "policy"
    rules[i] = copy
  end
  return rules
end

return M
