-- The emitter that stands beside this file is the one that renders; all others are the built-in ones.
local t = require("forge.test")
local f = require("forge.fixture")
local ops = require("forge.ops")

local describe, it, expect = t.describe, t.it, t.expect

local orders = f.table("orders", { f.column("id", "bigint", { nullable = false }), f.column("region", "text") },
  { primary_key = { "id" } })
local index = f.index("orders_region_idx", { "region" })

local function render(form)
  return f.render({ engine = "postgres" }, {
    id = "orders.orders_region_idx/expand/build-index", form = form, ops = { ops.create_index(orders.name, index) },
    tables = { before = { orders = orders }, after = { orders = orders } },
  })
end

describe("a concurrent index build", function()
  local statements = render("concurrently")
  it("gets its memory first", function() expect(statements[1]):is("SET maintenance_work_mem = '1GB'") end)
  it("gives it back", function() expect(statements[#statements]):is("RESET maintenance_work_mem") end)
  it("is otherwise what the built-in emitter writes", function()
    local text = ""
    for _, sql in ipairs(statements) do text = text .. sql .. "\n" end
    expect(text):contains("CREATE INDEX CONCURRENTLY")
    expect(text):contains("orders_region_idx")
  end)
end)

describe("an index built in a transaction", function()
  it("is left alone", function()
    for _, sql in ipairs(render(nil)) do expect(sql):lacks("maintenance_work_mem") end
  end)
end)
