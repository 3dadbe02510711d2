-- Tests of the organisation's policy: no database, no specification. Run them with
--
--     forgelua policy test examples/org_policy
local t = require("forge.test")
local f = require("forge.fixture")
local ops = require("forge.ops")
local policy = require("strategies.policy")
local strategy = require("forge.strategy")

local describe, it, expect = t.describe, t.it, t.expect

local orders = f.table("orders", {
  f.column("id", "bigint", { nullable = false }), f.column("amount", "integer"), f.column("note", f.type("varchar", 40)),
}, { primary_key = { "id" } })

local function altered(column, more)
  local after = {}
  for field, value in pairs(column) do after[field] = value end
  for field, value in pairs(more) do after[field] = value end
  return ops.alter_column(orders.name, column, after)
end

describe("dropping a table", function()
  it("is refused without a name under it", function()
    local choice, refused = f.choose(policy, { change = ops.drop_table(orders), tables = { orders } })
    expect(choice):is_nil()
    expect(refused):contains("unless the specification states approved_by")
  end)
  it("is allowed with one", function()
    local choice = f.choose(policy, {
      change = ops.drop_table(orders), tables = { orders }, intent = { approved_by = "dba@shop.example" },
    })
    expect(choice.strategy):is("direct")
  end)
end)

describe("renaming a column", function()
  local rename = altered(orders.columns[2], { name = "total" })
  it("never stops the shop, however small the table is", function()
    local choice = f.choose(policy, { change = rename, tables = { orders }, facts = { orders = { rows = 10 } } })
    expect(choice.strategy):is("shadow_column")
    expect(choice.rule):is("the shop never stops")
  end)
  it("is simple in development", function()
    local choice = f.choose(policy, { change = rename, tables = { orders }, facts = { orders = { rows = 10 } },
                                      environment = "development" })
    expect(choice.strategy):is("big_bang")
  end)
end)

describe("NOT NULL", function()
  local enforce = altered(orders.columns[2], { nullable = false })
  it("goes through a second copy where orders is critical", function()
    local choice = f.choose(policy, { change = enforce, tables = { orders },
                                      facts = { orders = { rows = 5e6, critical = true } } })
    expect(choice.strategy):is("shadow_table")
    expect(choice.rule):is("override set_not_null")
  end)
  it("is what the built-in policy says elsewhere", function()
    local choice = f.choose(policy, { change = enforce, tables = { orders }, facts = { orders = { rows = 5e6 } } })
    expect(choice.strategy):is("direct")
    expect(choice.rule):is("online")
  end)
end)

describe("batches", function()
  local function batch(facts) return { strategy.batch({ batching = policy.batching }, facts) } end
  it("are small on hot tables", function() expect(batch { rows = 5e6, hot = true }):equals({ 500, 200 }) end)
  it("are moderate elsewhere", function() expect(batch { rows = 5e6, hot = false }):equals({ 2000, 50 }) end)
  it("are made at once on small tables", function() expect(batch { rows = 1000, hot = true }):equals({ 10000, 0 }) end)
  it("reach the plan", function()
    local add = ops.add_column(orders.name, f.column("currency", f.type("char", 3)))
    local plan = f.plan(policy, { change = add, tables = { orders }, intent = { backfill_up = "'EUR'" },
                                  facts = { orders = { rows = 5e6, hot = true } } })
    local sizes = {}
    for _, step in ipairs(plan.steps) do
      if step.work then sizes[#sizes + 1] = step.work.batch_rows end
    end
    expect(sizes):equals({ 500 })
  end)
end)
