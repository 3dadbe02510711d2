-- The batch table reaches the steps that move rows.
local t = require("forge.test")
local f = require("forge.fixture")
local ops = require("forge.ops")
local policy = require("strategies.policy")

local orders = f.table("orders", { f.column("id", "bigint", { nullable = false }), f.column("region", "text") },
  { primary_key = { "id" } })

local function batch(facts)
  local plan = f.plan(policy, {
    change = ops.add_column(orders.name, f.column("currency", f.type("char", 3))), tables = { orders },
    intent = { backfill_up = "CASE WHEN region = 'EU' THEN 'EUR' ELSE 'USD' END" }, facts = { orders = facts },
  })
  for _, step in ipairs(plan.steps) do
    if step.work then return { step.work.batch_rows, step.work.pause_ms } end
  end
end

t.describe("our batch table", function()
  t.it("is one for all tables of moderate size", function() t.expect(batch { rows = 2e6 }):equals({ 5000, 100 }) end)
  t.it("spares hot tables", function() t.expect(batch { rows = 2e6, hot = true }):equals({ 250, 250 }) end)
  t.it("takes long strides where nobody is awake", function() t.expect(batch { rows = 2e9 }):equals({ 20000, 500 }) end)
  t.it("counts an unknown size as large", function() t.expect(batch {}):equals({ 20000, 500 }) end)
end)
