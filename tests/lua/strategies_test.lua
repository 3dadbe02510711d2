-- Every strategy on every engine: the steps fold from the old schema to exactly the new one, and back.
local t = require("forge.test")
local m = require("support.model")
local planner = require("forge.planner")
local render = require("support.render")
local cases = require("support.cases")
local risks = require("strategies.risks")

local describe, it, expect = t.describe, t.it, t.expect

local function planned(engine, case)
  local ctx = m.context(engine, case.context)
  if case.strategy then ctx.strategy = case.strategy end
  local group = m.group(case.make(ctx))
  local result = planner.plan({ group }, ctx).groups[1]
  return group, result, ctx
end

for _, engine in ipairs(m.ENGINES) do
  describe(engine, function()
    for _, case in ipairs(cases) do
      if not case.engines or case.engines[engine] then
        it(case.name .. (case.strategy and (" by " .. case.strategy) or ""), function()
          local group, result, ctx = planned(engine, case)
          if case.refused then
            expect(result.refused):contains(case.refused)
            return
          end
          if result.refused then t.fail("refused: " .. result.refused) end
          local problem = m.verify(group, result.steps)
          if problem then t.fail(problem .. "\n" .. render.outline(result.steps)) end
          for _, step in ipairs(result.steps) do
            expect(step.title, step.id):isnt("")
            expect(step.why, step.id):isnt("")
          end
          if case.expect then case.expect(result, expect, ctx, group) end
          render.all(ctx, group, result.steps)
          for _, row in ipairs(risks.rows(result.steps, ctx)) do
            for _, field in ipairs { "risk", "severity", "likelihood", "mitigation" } do
              expect(row[field], field .. " of a risk"):isnt("")
            end
          end
        end)
      end
    end
  end)
end
