--- How an organisation or a project builds on what lies below it, and does not fork it.
---
---     local policy = require("forge.override").extend "builtin:strategies.policy"
---     policy.batching = { { hot = true, size = 500, pause_ms = 200 }, { size = 2000, pause_ms = 50 } }
---     policy.forbid "drop_table" { unless = "approved_by" }
---     return policy

local fold = require("forge.fold")
local policy = require("forge.policy")

local M = {}

local function copy_policy(base)
  local made = policy.new { rules = base.rules }
  for _, field in ipairs({ "batching", "thresholds", "risks" }) do
    if base[field] ~= nil then made[field] = fold.deep(base[field]) end
  end
  for _, field in ipairs({ "forbidden", "overrides", "preferred" }) do
    for i, row in ipairs(base[field]) do made[field][i] = row end
  end
  return made
end

--- A copy of a lower layer's module that may be changed freely: a policy keeps its methods, a dialect's file (a table
--- of functions) gets every function that is not replaced, anything else is copied as a table.
---@param name string such as "builtin:strategies.policy" or "org:strategies.batching"
---@return table
function M.extend(name)
  if type(name) ~= "string" or not (name:find("^builtin:") or name:find("^org:")) then
    error("extend takes the name of a lower layer's module: \"builtin:strategies.policy\" or \"org:strategies.policy\"",
      2)
  end
  local base = require(name)
  if type(base) ~= "table" then error("'" .. name .. "' gives nothing that could be extended", 2) end
  if getmetatable(base) and base.rules then return copy_policy(base) end
  local made = {}
  for key, value in pairs(base) do made[key] = type(value) == "table" and fold.deep(value) or value end
  return made
end

return M
