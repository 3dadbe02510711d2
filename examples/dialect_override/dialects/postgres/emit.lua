-- One emitter of the PostgreSQL dialect in an organisation's own words: indexes that are built beside running writes get
-- the memory that a big machine has to spare. Everything else is what is built in.
local emit = require("forge.override").extend "builtin:dialects.postgres.emit"

local build = emit.step_concurrently
local OUTSIDE = { transactional = false }

function emit.step_concurrently(out, step, d)
  out:add("SET maintenance_work_mem = '1GB'", OUTSIDE)
  build(out, step, d)
  out:add("RESET maintenance_work_mem", OUTSIDE)
end

return emit
