--- The framework of policies: ordered rules, the first that matches decides; on top of them what an organisation
--- forbids, prefers and overrides.

local choosing = require("forge.policy.choose")
local known = require("forge.policy.facts")
local naming = require("forge.policy.names")
local ruling = require("forge.policy.rules")
local tables = require("forge.policy.tables")

local M = {}

-- Callers see one module; the parts are its own affair.
for _, part in ipairs({ naming, known, choosing }) do
  for name, value in pairs(part) do M[name] = value end
end

local FIELDS = { rules = true, batching = true, thresholds = true, risks = true, file = true }
local Policy = {}

--- Refuses a change of this word, unless the specification states a field for it: `forbid "drop_table" { unless =
--- "approved_by" }`. Without the second call it is refused always.
function Policy.forbid(self, word)
  naming.check_word(word, "forbid", 3)
  local row = { word = word, file = naming.where() }
  self.forbidden[#self.forbidden + 1] = row
  return function(options)
    for field in pairs(options or {}) do
      if field ~= "unless" and field ~= "reason" then
        error(("policy: forbid '%s' has an unknown option '%s'%s"):format(word, tostring(field),
          naming.suggest(tostring(field), { "unless", "reason" })), 2)
      end
    end
    if options.unless ~= nil then naming.check_stated(options.unless, "forbid '" .. word .. "'", 3) end
    row.unless, row.reason = options.unless, options.reason
    return row
  end
end

--- Decides a change of this word by a function (base, change, ctx): `base(change, ctx)` gives what the policy would
--- choose; the function gives that, or another strategy's name, or { strategy, reason }.
function Policy.override(self, word, fn)
  naming.check_word(word, "override", 3)
  if type(fn) ~= "function" then error("policy: override('" .. word .. "') must be given a function", 2) end
  self.overrides[#self.overrides + 1] = { word = word, fn = fn, file = naming.where(fn) }
end

--- Prefers a strategy wherever it serves and `when` (a function, or a list of words) holds.
function Policy.prefer(self, name, when)
  naming.check_strategy(name, "prefer", 3)
  if type(when) == "table" then
    for _, word in ipairs(when) do naming.check_word(word, "prefer", 3) end
  elseif when ~= nil and type(when) ~= "function" then
    error("policy: prefer('" .. name .. "') takes a function or a list of changes", 2)
  end
  self.preferred[#self.preferred + 1] = { strategy = name, when = when, file = naming.where() }
end

local METHODS = { forbid = Policy.forbid, override = Policy.override, prefer = Policy.prefer }
local EXTRA = { forbidden = true, overrides = true, preferred = true }

local function settable(self, field, value)
  if field == "batching" then tables.check_batching(value, 4) end
  if field == "thresholds" then tables.check_thresholds(value, 4) end
  if not FIELDS[field] then
    error(("policy: unknown field '%s'%s"):format(tostring(field),
      naming.suggest(tostring(field), { "rules", "batching", "thresholds", "risks", "forbid", "override", "prefer" })), 3)
  end
  if field == "rules" then
    if type(value) ~= "table" or #value == 0 then error("policy: rules must be a list of at least one rule", 3) end
    value = ruling.make_rules(value, nil, 5)
  end
  self.own[field] = value
end

-- A table of a file of its own is wrong there, not where the policy takes it in.
local function state(policy, field, value)
  local stated = field == "batching" or field == "thresholds"
  if not stated or not rawequal(value, require("strategies." .. field)) then
    policy[field] = value
    return
  end
  local ok, problem = pcall(function() policy[field] = value end)
  if not ok then error(("strategies/%s.lua: %s"):format(field, tostring(problem):gsub("^.-(policy: )", "%1")), 0) end
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
        naming.suggest(tostring(field), { "rules", "batching", "thresholds", "risks", "forbid", "override", "prefer" })), 2)
    end,
    __newindex = function(_, field, value) settable(self, field, value) end,
  })
  for field, value in pairs(spec) do
    if field ~= "rules" then state(policy, field, value) end
  end
  self.own.rules = ruling.make_rules(spec.rules or {}, spec.file)
  return policy
end

return M
