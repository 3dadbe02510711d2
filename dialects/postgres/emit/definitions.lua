--- Routines, triggers, domains, policies …: their own statements.

local definitions = require("forge.definitions")

-- A routine's body may name what a later statement makes; it is looked at when it is called.
local ROUTINES = { ["function"] = true, procedure = true }

return definitions.emitters(function(out)
  local unchecked = false
  return function(sql, one)
    if ROUTINES[one.kind] and not unchecked then
      out:add("SET LOCAL check_function_bodies = off")
      unchecked = true
    end
    out:add((sql:gsub("[%s;]+$", "")))
  end
end)
