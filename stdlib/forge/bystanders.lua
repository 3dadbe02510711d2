--- What stands on a table in the database and the plan does not know: a copy of the table would leave it behind.

local strategy = require("forge.strategy")

local M = {}

-- The definitions on the table that the plan knows, and carries along.
local function known_on(ctx, q)
  local names = {}
  for _, one in ipairs(ctx.definitions and ctx.definitions(q) or {}) do
    names[#names + 1] = one.kind == "row security" and one.kind or one.called
  end
  table.sort(names)
  return names
end

--- A check that nothing stands on the table but what the plan knows; nil where the engine's own copy keeps it anyway.
---@param ctx table
---@param q table the table that is to be copied
---@return table? assertion
function M.check(ctx, q)
  local query = ctx.d.catalog.bystanders and ctx.d.catalog.bystanders(q, known_on(ctx, q), ctx.d)
  if not query then return nil end
  return {
    title = ("no trigger, policy, rule or statistics object of %s that this plan does not know: a copy would lose it"):format(
      strategy.display(q)),
    sql = query, expect = "0",
  }
end

return M
