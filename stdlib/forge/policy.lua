--- The framework of policies: ordered rules, the first that matches decides; on top of them what an organisation
--- forbids, prefers and overrides.

local fold = require("forge.fold")
local ops = require("forge.ops")
local strategy = require("forge.strategy")

local M = {}

M.STRATEGIES = { "direct", "expand_migrate_contract", "shadow_column", "shadow_table", "blue_green", "big_bang" }

--- What a change does, in finer words than the vocabulary's own, for rules, `forbid` and `override`.
M.ACTIONS = { "set_not_null", "drop_not_null", "change_type", "change_default" }

-- Facts ---------------------------------------------------------------------------------------------------------------

local function word_of(change)
  if change.op and change.op ~= "" then return change.op end
  if change.kind == "raw" then return "run_raw" end
  local noun = change.kind == "key" and ((change.after or change.before).primary and "primary_key" or "unique")
    or (change.kind == "shell" and "table" or change.kind)
  return (not change.before and "create_" or not change.after and "drop_" or "alter_") .. noun
end

local function is_alter(change, kind) return change.kind == kind and change.before and change.after end

--- The words that a change answers to: its operation's, and finer ones for alterations of a column.
---@param change table
---@return string[]
function M.words(change)
  local list = { word_of(change) }
  if not is_alter(change, "column") then return list end
  local before, after = change.before, change.after
  if before.nullable and not after.nullable then list[#list + 1] = "set_not_null" end
  if after.nullable and not before.nullable then list[#list + 1] = "drop_not_null" end
  if not fold.same(before.type, after.type) then list[#list + 1] = "change_type" end
  if not fold.same(before.default, after.default) then list[#list + 1] = "change_default" end
  if before.name ~= after.name and list[1] ~= "rename_column" then list[#list + 1] = "rename_column" end
  return list
end

-- The operations that a change comes to when it is carried out in place.
local function in_place(change, ctx)
  if not is_alter(change, "column") then
    return { { kind = change.kind, op = word_of(change), table = change.table, before = change.before,
               after = change.after } }
  end
  local list, now = {}, change.before
  for _, part in ipairs(strategy.column_parts(ctx, change.before, change.after)) do
    local final = strategy.with_part(now, change.after, part)
    list[#list + 1] = ops.alter_column(change.table, now, final)
    now = final
  end
  return list
end

-- The hardest of the operations decides: one that holds up writers counts for all.
local function cost(change, ctx, t)
  local total = { online = true, rewrite = false, scan = false, blocks = "nothing" }
  for _, op in ipairs(in_place(change, ctx)) do
    local impact = strategy.impact(ctx, op, t)
    local safe = strategy.safe_form(ctx, op, t)
    if safe then total.safe_form = safe end
    if not (impact.online or safe) then total.online = false end
    if impact.rewrite then total.rewrite = true end
    if impact.scan and not safe then total.scan = true end
    if not safe and (impact.blocks == "writes" or impact.blocks == "reads and writes") then
      total.blocks = impact.blocks
    end
  end
  return total
end

local function retypes(change)
  if not is_alter(change, "column") then return false end
  local before, after = change.before, change.after
  return not (fold.same(before.type, after.type) and fold.same(before.collation, after.collation)
    and fold.same(before.charset, after.charset) and fold.same(before.generated, after.generated))
end

--- Everything that rules look at, for one change.
---@param change table
---@param group table
---@param ctx table
---@return table facts
function M.facts(change, group, ctx)
  local q = strategy.change_table(change)
  local t = q and group.before[strategy.display(q)]
  local f = strategy.facts(group, ctx, q)
  local intent = change.intent or {}
  f.words, f.kind, f.table = M.words(change), change.kind, t
  f.adds, f.drops = change.before == nil, change.after == nil
  f.creates_table = change.kind == "table" and f.adds
  f.on_rows = t ~= nil and not f.created and f.rows ~= 0
  f.fills = change.kind == "column" and change.after ~= nil and (intent.backfill_up or "") ~= ""
  f.renames_column = is_alter(change, "column") and change.before.name ~= change.after.name or false
  f.retypes = retypes(change)
  f.downtime = ctx.downtime or intent.downtime
  local c = f.on_rows and cost(change, ctx, t) or { online = true, rewrite = false, scan = false, blocks = "nothing" }
  f.online, f.rewrites, f.blocks, f.safe_form = c.online, c.rewrite, c.blocks, c.safe_form
  return f
end

--- What the decision rested on, for people: pairs of a name and a value.
function M.facts_list(f)
  local list = { { "environment", f.environment } }
  local function add(name, value) list[#list + 1] = { name, value } end
  if f.kind == "table" or f.table then
    add("rows", f.stated and string.format("%.0f", f.rows) or "unknown (counts as large)")
    add("critical", f.critical and "yes" or "no")
    add("hot", f.hot and "yes" or "no")
  end
  add("in place", f.online and "online on this engine" or ("blocks " .. f.blocks
    .. (f.rewrites and ", rewrites the table" or "")))
  if f.safe_form then add("safe form", f.safe_form) end
  return list
end

-- Errors of a policy's author -------------------------------------------------------------------------------------------

local function distance(a, b)
  local row = {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local diagonal = row[0]
    row[0] = i
    for j = 1, #b do
      local up = row[j]
      local same = a:sub(i, i) == b:sub(j, j)
      row[j] = math.min(up + 1, row[j - 1] + 1, diagonal + (same and 0 or 1))
      diagonal = up
    end
  end
  return row[#b]
end

--- ", did you mean 'x'?" for the nearest of the names, or "".
function M.suggest(word, names)
  local best, least = nil, math.max(2, math.floor(#word / 3)) + 1
  for _, name in ipairs(names) do
    local d = distance(word, name)
    if d < least then best, least = name, d end
  end
  return best and (", did you mean '" .. best .. "'?") or ""
end

local function known(list, word)
  for _, name in ipairs(list) do
    if name == word then return true end
  end
  return false
end

local function all_words()
  local list = {}
  for _, word in ipairs(require("forge.dialect").WORDS) do list[#list + 1] = word end
  for _, word in ipairs(M.ACTIONS) do list[#list + 1] = word end
  return list
end

local function check_word(word, what, level)
  local words = all_words()
  if type(word) ~= "string" or not known(words, word) then
    error(("policy: %s names no change: '%s'%s"):format(what, tostring(word), M.suggest(tostring(word), words)), level)
  end
end

local function check_strategy(name, what, level)
  if known(M.STRATEGIES, name) then return end
  local ok, module = pcall(require, "strategies." .. tostring(name))
  if ok and type(module) == "table" and module.plan then return end
  error(("policy: %s names no strategy: '%s'%s"):format(what, tostring(name), M.suggest(tostring(name), M.STRATEGIES)),
    level)
end

-- Rules -----------------------------------------------------------------------------------------------------------------

local Rules = {}
Rules.__index = Rules

local RULE_FIELDS = { name = "string", when = "function", strategy = "string", reason = "string", file = "string" }

local function check_rule(rule, level)
  if type(rule) ~= "table" then error("policy: a rule is a table {name, when, strategy, reason}", level) end
  for field in pairs(rule) do
    if not RULE_FIELDS[field] then
      error(("policy: rule '%s' has an unknown field '%s'%s"):format(tostring(rule.name), tostring(field),
        M.suggest(tostring(field), { "name", "when", "strategy", "reason" })), level)
    end
  end
  for _, field in ipairs({ "name", "when", "strategy", "reason" }) do
    if type(rule[field]) ~= RULE_FIELDS[field] then
      error(("policy: rule '%s': field '%s' must be a %s"):format(tostring(rule.name), field, RULE_FIELDS[field]), level)
    end
  end
  check_strategy(rule.strategy, "rule '" .. rule.name .. "'", level + 1)
  return rule
end

function Rules:index_of(name, level)
  local names = {}
  for i, rule in ipairs(self) do
    if rule.name == name then return i end
    names[i] = rule.name
  end
  error(("policy: there is no rule '%s'%s"):format(tostring(name), M.suggest(tostring(name), names)), level or 3)
end

--- A rule before the one of that name.
function Rules:insert_before(name, rule) table.insert(self, self:index_of(name), check_rule(rule, 3)) end
--- A rule after the one of that name.
function Rules:insert_after(name, rule) table.insert(self, self:index_of(name) + 1, check_rule(rule, 3)) end
--- A rule that is asked first of all.
function Rules:prepend(rule) table.insert(self, 1, check_rule(rule, 3)) end
function Rules:remove(name) table.remove(self, self:index_of(name)) end
--- Another rule in the place of the one of that name.
function Rules:replace(name, rule) self[self:index_of(name)] = check_rule(rule, 3) end

local function make_rules(list, file)
  local rules = setmetatable({}, Rules)
  for i, rule in ipairs(list) do
    local copy = fold.copy(check_rule(rule, 4))
    copy.file = copy.file or file
    rules[i] = copy
  end
  return rules
end

-- Policies --------------------------------------------------------------------------------------------------------------

local FIELDS = { rules = true, batching = true, thresholds = true, risks = true, file = true }
local Policy = {}

--- Refuses a change of this word, unless the specification states a field for it: `forbid "drop_table" { unless =
--- "approved_by" }`. Without the second call it is refused always.
function Policy.forbid(self, word)
  check_word(word, "forbid", 3)
  local row = { word = word }
  self.forbidden[#self.forbidden + 1] = row
  return function(options)
    for field in pairs(options or {}) do
      if field ~= "unless" and field ~= "reason" then
        error(("policy: forbid '%s' has an unknown option '%s'%s"):format(word, tostring(field),
          M.suggest(tostring(field), { "unless", "reason" })), 2)
      end
    end
    row.unless, row.reason = options.unless, options.reason
    return row
  end
end

--- Decides a change of this word by a function (base, change, ctx): `base(change, ctx)` gives what the policy would
--- choose; the function gives that, or another strategy's name, or { strategy, reason }.
function Policy.override(self, word, fn)
  check_word(word, "override", 3)
  if type(fn) ~= "function" then error("policy: override('" .. word .. "') must be given a function", 2) end
  self.overrides[#self.overrides + 1] = { word = word, fn = fn }
end

--- Prefers a strategy wherever it serves and `when` (a function, or a list of words) holds.
function Policy.prefer(self, name, when)
  check_strategy(name, "prefer", 3)
  if type(when) == "table" then
    for _, word in ipairs(when) do check_word(word, "prefer", 3) end
  elseif when ~= nil and type(when) ~= "function" then
    error("policy: prefer('" .. name .. "') takes a function or a list of changes", 2)
  end
  self.preferred[#self.preferred + 1] = { strategy = name, when = when }
end

local METHODS = { forbid = Policy.forbid, override = Policy.override, prefer = Policy.prefer }
local EXTRA = { forbidden = true, overrides = true, preferred = true }

local function check_batching(list)
  if type(list) ~= "table" or #list == 0 then error("policy: batching must be a list of rows", 4) end
  for i, row in ipairs(list) do
    for field, value in pairs(row) do
      local want = ({ up_to_rows = "number", size = "number", pause_ms = "number", hot = "boolean", note = "string" })[field]
      if not want then
        error(("policy: batching row %d has an unknown field '%s'%s"):format(i, tostring(field),
          M.suggest(tostring(field), { "up_to_rows", "size", "pause_ms", "hot", "note" })), 4)
      end
      if type(value) ~= want then
        error(("policy: batching row %d: '%s' must be a %s"):format(i, field, want), 4)
      end
    end
    if (row.size or 0) < 1 then error(("policy: batching row %d needs a size of at least 1"):format(i), 4) end
  end
  local last = list[#list]
  if last.up_to_rows or last.hot ~= nil then
    error("policy: the last row of batching must serve every table (no up_to_rows, no hot)", 4)
  end
end

local function settable(self, field, value)
  if field == "batching" then check_batching(value) end
  if not FIELDS[field] then
    error(("policy: unknown field '%s'%s"):format(tostring(field),
      M.suggest(tostring(field), { "rules", "batching", "thresholds", "risks", "forbid", "override", "prefer" })), 3)
  end
  self.own[field] = value
end

--- A policy. Its methods are called with a dot, as configuration reads: `policy.forbid "drop_table"`.
---@param spec table { rules, batching?, thresholds?, risks?, file? }
---@return table policy
function M.new(spec)
  local self = { own = {}, forbidden = {}, overrides = {}, preferred = {} }
  local bound = {}
  for name, method in pairs(METHODS) do
    bound[name] = function(...) return method(self, ...) end
  end
  local policy = setmetatable({}, {
    __index = function(_, field)
      if bound[field] then return bound[field] end
      if self.own[field] ~= nil then return self.own[field] end
      if EXTRA[field] then return self[field] end
      if FIELDS[field] then return nil end
      error(("policy: unknown field '%s'%s"):format(tostring(field),
        M.suggest(tostring(field), { "rules", "batching", "thresholds", "risks", "forbid", "override", "prefer" })), 2)
    end,
    __newindex = function(_, field, value) settable(self, field, value) end,
  })
  for field, value in pairs(spec) do
    if field ~= "rules" then policy[field] = value end
  end
  self.own.rules = make_rules(spec.rules or {}, spec.file or "policy")
  return policy
end

-- Choosing ----------------------------------------------------------------------------------------------------------------

local function asked_for(change, ctx)
  local own = (change.intent or {}).strategy
  if own and own ~= "" then return own, "the specification asks for it on this object" end
  if ctx.strategy and ctx.strategy ~= "" then return ctx.strategy, "the specification asks for it as a whole" end
end

local function strategy_module(name) return require("strategies." .. name) end
M.strategy_module = strategy_module

local function serves(name, change, group, ctx)
  return strategy_module(name).serves(change, group, ctx)
end

local function has_word(f, word) return known(f.words, word) end

local function forbidden(policy, change, f, ctx)
  for _, row in ipairs(policy.forbidden) do
    if has_word(f, row.word) then
      local stated = row.unless and ((change.intent or {})[row.unless] or (ctx.header or {})[row.unless])
      if not row.unless or (stated or "") == "" or stated == false then
        return ("the policy forbids %s%s%s"):format(row.word,
          row.unless and (" unless the specification states " .. row.unless) or "",
          row.reason and (": " .. row.reason) or "")
      end
    end
  end
end

local function preferred(policy, change, group, ctx, f)
  for _, row in ipairs(policy.preferred) do
    local wanted = row.when == nil or (type(row.when) == "function" and row.when(change, group, ctx, f))
    for _, word in ipairs(type(row.when) == "table" and row.when or {}) do wanted = wanted or has_word(f, word) end
    if wanted and serves(row.strategy, change, group, ctx) then
      return { strategy = row.strategy, rule = "prefer " .. row.strategy, reason = "the policy prefers it where it serves",
               file = policy.file }
    end
  end
end

local function by_rules(policy, change, group, ctx, f)
  local refused = {}
  for _, rule in ipairs(policy.rules) do
    if rule.when(change, group, ctx, f) then
      local ok, why = serves(rule.strategy, change, group, ctx)
      if ok then
        return { strategy = rule.strategy, rule = rule.name, reason = rule.reason, file = rule.file }
      end
      refused[#refused + 1] = ("rule '%s' wants %s, but %s"):format(rule.name, rule.strategy, why or "it does not serve")
    end
  end
  return nil, #refused > 0 and table.concat(refused, "; ") or "no rule of the policy matches"
end

local function as_choice(value, base, word, file)
  if type(value) == "string" then value = { strategy = value } end
  if type(value) ~= "table" or type(value.strategy) ~= "string" then
    error(("policy: override('%s') must give a strategy's name or { strategy, reason }"):format(word), 0)
  end
  if value == base then return base end
  check_strategy(value.strategy, "override('" .. word .. "')", 0)
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
        local base = function(base_change, base_ctx) return inner(base_change or c, base_ctx or own) end
        return as_choice(row.fn(base, c, own), nil, row.word, policy.file)
      end
    end
  end
  return choose
end

--- The policy's answer for one change.
---@return table? choice { strategy, rule, reason, file, facts }
---@return string? refused why there is none
function M.choose(policy, change, group, ctx)
  local f = M.facts(change, group, ctx)
  local no = forbidden(policy, change, f, ctx)
  if no then return nil, no end
  local wanted, source = asked_for(change, ctx)
  local problem, item
  local function base(c)
    if wanted then
      check_strategy(wanted, "the specification", 0)
      local ok, why = serves(wanted, c, group, ctx)
      if ok then return { strategy = wanted, rule = "asked for", reason = source, file = "specification" } end
      -- A strategy for the whole specification is meant for what it can serve; one for an object must be answered.
      if (c.intent or {}).strategy == wanted or wanted == "big_bang" then
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
  choice.facts = M.facts_list(f)
  return choice
end

return M
