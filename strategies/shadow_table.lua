--- A second table in the new shape, kept in step by triggers, filled in batches, swapped in by renames.

local second_tables = require("forge.second_tables")
local strategy = require("forge.strategy")

local phases = second_tables.phases { flip = "swap" }

local function explain(sub)
  return ("copies the table beside running writes and swaps the copy in; all %d changes of it cost one copy")
    :format(#sub.changes)
end

return strategy.define {
  name = "shadow_table", serves = second_tables.serves, takes = second_tables.takes, explain = explain,
  expand = phases.expand, migrate = phases.migrate, switch = phases.switch, contract = phases.contract,
}
