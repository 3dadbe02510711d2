--- A second set of tables, kept in step and tested, to which everything flips in one short step; the first set stays,
--- kept in step the other way, until contract.

local second_tables = require("forge.second_tables")
local strategy = require("forge.strategy")

local phases = second_tables.phases { together = true, verify = true, flip = "flip" }

local function explain(sub)
  return ("builds a second set of the tables, tests it, and flips to it in one step (%d changes)"):format(#sub.changes)
end

return strategy.define {
  name = "blue_green", serves = second_tables.serves, takes = second_tables.takes, explain = explain,
  expand = phases.expand, migrate = phases.migrate, switch = phases.switch, contract = phases.contract,
}
