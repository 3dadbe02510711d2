-- An organisation's policy: what is built in, and on top of it what this organisation has learnt.
local policy = require("forge.override").extend "builtin:strategies.policy"

-- Hot tables move in small steps; everything else in moderate ones.
policy.batching = {
  { up_to_rows = 1e6, size = 10000 },
  { hot = true, size = 500, pause_ms = 200 },
  { size = 2000, pause_ms = 50 },
}

-- A table goes only with the name of whoever signed for it: `:approved_by "…"` in the specification.
policy.forbid "drop_table" { unless = "approved_by", reason = "the audit of 2025 found two tables that were missed" }

-- Nobody stops the shop: what would be done in one sitting is done beside running writes.
policy.rules:insert_before("tiny", {
  name = "the shop never stops",
  when = function(_, _, ctx, facts)
    return ctx.environment == "production" and facts.renames_column
  end,
  strategy = "shadow_column",
  reason = "orders come in around the clock",
})

-- NOT NULL on a critical table is enforced on a second copy, which is rehearsed on staging first.
policy.override("set_not_null", function(base, change, ctx)
  local facts = ctx.group.facts["orders"] or {}
  if facts.critical and change.table.name == "orders" then
    return { strategy = "shadow_table", reason = "orders is rehearsed as a whole before anything is enforced on it" }
  end
  return base(change, ctx)
end)

return policy
