--- What strategies share: the builder that makes operations from what stands at that point of the plan, names, keys,
--- batches, conversions and the queries that check data.
---
--- A strategy is made by `define`. Its phases are functions (sub, ctx, b) that add steps to the builder `b`; the planner
--- runs every strategy of a group phase by phase over one builder, so that each sees what the others have done.

local fold = require("forge.fold")
local steps = require("forge.steps")
local building = require("forge.strategy.builder")
local collations = require("forge.strategy.collations")
local parts_of = require("forge.strategy.columns")
local known = require("forge.strategy.facts")
local naming = require("forge.strategy.names")
local queries = require("forge.strategy.queries")
local lookup = require("forge.strategy.tables")
local views_of = require("forge.strategy.views")

local M = {}

-- Callers see one module; the parts are its own affair.
for _, part in ipairs({ naming, lookup, known, queries, parts_of, views_of, building, collations }) do
  for name, value in pairs(part) do
    if M[name] ~= nil then error("two parts of forge.strategy define '" .. name .. "'", 0) end
    M[name] = value
  end
end

M.PHASES = steps.PHASES

--- The values that stand, without the holes that operations which change nothing leave.
function M.seq(...)
  local out = {}
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    if value ~= nil then out[#out + 1] = value end
  end
  return out
end

--- The group with `changes` cut to some.
function M.cut(group, changes)
  local sub = fold.copy(group)
  sub.changes = changes
  return sub
end

--- Makes a strategy of its phases; `plan` runs them alone, for tests and for policies that call a strategy by hand.
---@param spec table { name, serves, explain, expand?, migrate?, switch?, contract? }
function M.define(spec)
  if type(spec.name) ~= "string" or spec.name == "" then error("a strategy must have a name", 2) end
  for _, field in ipairs({ "serves", "explain" }) do
    if type(spec[field]) ~= "function" then
      error("strategy '" .. spec.name .. "': field '" .. field .. "' must be a function", 2)
    end
  end
  function spec.plan(sub, ctx)
    local b = building.builder(sub, ctx)
    b.strategy = spec.name
    for _, phase in ipairs(M.PHASES) do
      b.phase = phase
      if spec[phase] then spec[phase](sub, ctx, b) end
    end
    return b.steps
  end
  return spec
end

return M
