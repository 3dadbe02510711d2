-- The default policy, the framework of policies, and what the planner makes of both.
local t = require("forge.test")
local f = require("forge.fixture")
local ops = require("forge.ops")
local override = require("forge.override")
local policy = require("strategies.policy")
local policy_of = require("forge.policy")
local steps = require("forge.steps")

local describe, it, expect = t.describe, t.it, t.expect

local function orders(more)
  return f.table("orders", {
    f.column("id", "bigint", { nullable = false }), f.column("amount", "integer"),
    f.column("note", f.type("varchar", 40)), f.column("region", "text"),
  }, more or { primary_key = { "id" } })
end

local function altered(column, more)
  local after = {}
  for field, value in pairs(column) do after[field] = value end
  for field, value in pairs(more) do after[field] = value end
  return ops.alter_column(f.name("orders"), column, after)
end

local function choose(change, facts, more)
  local spec = { change = change, tables = { orders() }, facts = { orders = facts } }
  for field, value in pairs(more or {}) do spec[field] = value end
  return f.choose(policy, spec)
end

local columns = orders().columns
local retype = altered(columns[2], { type = f.type("bigint") })
local rename = altered(columns[2], { name = "total" })
local enforce = altered(columns[2], { nullable = false })
local widen = altered(columns[3], { type = f.type("varchar", 80) })
local fill = ops.add_column(f.name("orders"), f.column("currency", f.type("char", 3), { nullable = false }))

describe("the default policy", function()
  local big = { rows = 5e6, critical = true }
  it("does in place what the engine does online", function()
    expect(choose(widen, big).strategy):is("direct")
    expect(choose(enforce, big).strategy):is("direct")
    expect(choose(ops.create_index(f.name("orders"), f.index("i", { "amount" })), big).strategy):is("direct")
  end)
  it("keeps a second column where the engine would rewrite", function()
    expect(choose(retype, big).strategy):is("shadow_column")
    expect(choose(rename, big).strategy):is("shadow_column")
  end)
  it("trusts no trigger of a table that others inherit from, and copies none that inherits or has partitions", function()
    local function heirs(partition)
      return { heirs = { { of = f.name("orders"), table = f.name("returns"), partition = partition } } }
    end
    expect(choose(retype, { rows = 50000 }, heirs(false)).strategy):is("direct")
    local _, why = choose(fill, big, { heirs = heirs(false).heirs, intent = { backfill_up = "'EUR'" } })
    expect(why):contains("returns inherits from it, and no trigger of orders fires for the rows there")
    expect(choose(retype, big, heirs(true)).strategy):is("shadow_column")
    local asked = { intent = { strategy = "shadow_table" }, heirs = heirs(true).heirs }
    expect(choose(retype, big, asked).action_item):contains("returns is a partition of it")
    local heir = orders()
    heir.options.inherits = { "sales" }
    asked = { intent = { strategy = "shadow_table" }, tables = { heir } }
    expect(choose(retype, big, asked).action_item):contains("its rows are rows of sales")
  end)
  it("copies the table where no online form is left", function()
    local key = orders().primary_key
    local wider = ops.alter_key(f.name("orders"), key,
      { name = key.name, primary = true, parts = { key.parts[1], { column = "amount", desc = false, length = 0 } } })
    expect(choose(wider, big, { engine = "sqlite" }).strategy):is("shadow_table")
  end)
  it("refuses to write a large table anew for an enum that loses a value, and says the way round", function()
    local kind = f.type("enum")
    kind.ref = "state"
    local tasks = f.table("tasks", { f.column("id", "bigint", { nullable = false }), f.column("state", kind) }, { primary_key = { "id" } })
    local loses = { kind = "enum", op = "alter_enum", before = { name = f.name("state"), values = { "new", "open", "done" } },
                    after = { name = f.name("state"), values = { "new", "done" } } }
    local function choice(facts, environment)
      return f.choose(policy, { change = loses, tables = { tasks }, facts = { tasks = facts }, environment = environment })
    end
    local choice_made, refused = choice { rows = 480e6 }
    expect(choice_made):is(nil)
    expect(refused:find("tasks, with 480,000,000 rows, would be written anew", 1, true) ~= nil):is(true)
    expect(refused:find("Declare a second enum", 1, true) ~= nil):is(true)
    expect(choice({})):is(nil)
    expect(choice({ rows = 4000 }).rule):is("small table")
    expect(choice({}, "development").strategy):is("direct")
  end)
  it("fills a new column while the application writes", function()
    expect(choose(fill, big, { intent = { backfill_up = "'EUR'" } }).strategy):is("expand_migrate_contract")
  end)
  it("counts an unknown size as large and an unnamed environment as production", function()
    expect(choose(retype, {}).strategy):is("shadow_column")
    expect(choose(retype, nil).strategy):is("shadow_column")
  end)
  it("is brief where nobody waits", function()
    expect(choose(retype, { rows = 999 }).strategy):is("big_bang")
    expect(choose(retype, { rows = 999, critical = true }).strategy):is("shadow_column")
    expect(choose(retype, { rows = 5e6 }, { environment = "development" }).strategy):is("big_bang")
    expect(choose(retype, { rows = 5e6 }, { environment = "staging" }).strategy):is("shadow_column")
  end)
  it("takes a stated window only where it covers the estimate", function()
    expect(choose(retype, { rows = 1e6 }, { downtime = "30m" }).strategy):is("big_bang")
    expect(choose(retype, { rows = 1e9 }, { downtime = "30m" }).strategy):is("shadow_column")
  end)
  it("asks for nothing where the plan itself creates the table", function()
    expect(f.choose(policy, { change = ops.create_table(orders()) }).strategy):is("direct")
  end)
  it("says on which facts it rests", function()
    local choice = choose(retype, { rows = 5e6 })
    local text = t.show(choice.facts)
    expect(text):contains("production")
    expect(text):contains("5000000")
    expect(choice.rule):is("type change")
    expect(choice.file):contains("strategies/policy.lua")
  end)
end)

describe("a strategy that was asked for", function()
  it("is taken where it serves", function()
    local choice = choose(widen, { rows = 5e6 }, { intent = { strategy = "shadow_table" } })
    expect(choice.strategy):is("shadow_table")
    expect(choice.rule):is("asked for")
  end)
  it("is refused where it does not, with the reason, and the policy decides", function()
    local choice = choose(retype, { rows = 5e6, critical = true }, { intent = { strategy = "big_bang" } })
    expect(choice.strategy):is("shadow_column")
    expect(choice.action_item):contains("big_bang was asked for and is refused")
    expect(choice.action_item):contains("critical in production")
  end)
  it("comes back as an action item of the plan", function()
    local plan = f.plan(policy, { change = retype, tables = { orders() }, strategy = "big_bang",
                                  facts = { orders = { rows = 5e6, critical = true } } })
    expect(plan.action_items[1]):contains("Action:")
  end)
  it("must exist", function()
    expect(function() choose(retype, {}, { intent = { strategy = "shadow_colum" } }) end)
      :fails_with("did you mean 'shadow_column'?")
  end)
end)

describe("an extended policy", function()
  local mine
  t.before_each(function() mine = override.extend "builtin:strategies.policy" end)

  it("leaves the built-in one as it is", function()
    mine.rules:remove("type change")
    expect(choose(retype, { rows = 5e6 }).rule):is("type change")
  end)
  it("puts rules where they are asked for", function()
    local rule = { name = "ours", when = function() return true end, strategy = "shadow_table", reason = "we like it" }
    mine.rules:insert_before("online", rule)
    expect(f.choose(mine, { change = widen, tables = { orders() } }).rule):is("ours")
    mine.rules:replace("ours", { name = "theirs", when = function() return false end, strategy = "direct", reason = "no" })
    expect(f.choose(mine, { change = widen, tables = { orders() } }).rule):is("online")
  end)
  it("passes over a rule whose strategy does not serve", function()
    mine.rules:prepend { name = "all new", when = function() return true end, strategy = "expand_migrate_contract", reason = "-" }
    expect(f.choose(mine, { change = widen, tables = { orders() } }).rule):is("online")
  end)
  it("prefers a strategy where it serves", function()
    mine.prefer("shadow_table", { "change_type" })
    expect(f.choose(mine, { change = retype, tables = { orders() } }).strategy):is("shadow_table")
    expect(f.choose(mine, { change = enforce, tables = { orders() } }).strategy):is("direct")
  end)
  it("forbids, with and without a way round", function()
    mine.forbid "drop_column"
    local _, refused = f.choose(mine, { change = ops.drop_column(f.name("orders"), columns[3]), tables = { orders() } })
    expect(refused):contains("the policy forbids drop_column")
    mine.forbid "change_type" { unless = "approved_by", reason = "types are contracts" }
    _, refused = f.choose(mine, { change = retype, tables = { orders() } })
    expect(refused):contains("unless the specification states approved_by: types are contracts")
    expect(f.choose(mine, { change = retype, tables = { orders() }, intent = { approved_by = "me" } }).strategy)
      :is("shadow_column")
  end)
  it("overrides by a function that may ask what would have been", function()
    mine.override("rename_column", function(base, change, ctx)
      local choice = base(change, ctx)
      return { strategy = "direct", reason = "instead of " .. choice.strategy }
    end)
    local choice = f.choose(mine, { change = rename, tables = { orders() } })
    expect(choice.strategy):is("direct")
    expect(choice.reason):is("instead of shadow_column")
    mine.override("rename_column", function() return "shadow_table" end)
    expect(f.choose(mine, { change = rename, tables = { orders() } }).strategy):is("shadow_table")
  end)

  describe("says what is wrong with it:", function()
    local function fails(name, body, words) it(name, function() expect(body):fails_with(words) end) end
    fails("a word that is no change", function() mine.forbid "drop_tabel" end, "did you mean 'drop_table'?")
    fails("an option that forbid has not", function() mine.forbid "drop_table" { unles = "x" } end, "did you mean 'unless'?")
    fails("an override of nothing", function() mine.override("set_notnull", function() end) end, "did you mean 'set_not_null'?")
    fails("an override that is no function", function() mine.override("set_not_null", "direct") end, "must be given a function")
    fails("an answer that is no strategy", function()
      mine.override("change_type", function() return "shadow_tabel" end)
      f.choose(mine, { change = retype, tables = { orders() } })
    end, "did you mean 'shadow_table'?")
    fails("a rule without a reason", function()
      mine.rules:prepend { name = "x", when = function() end, strategy = "direct" }
    end, "field 'reason' must be a string")
    fails("a rule with an unknown field", function()
      mine.rules:prepend { name = "x", whem = function() end, strategy = "direct", reason = "r" }
    end, "did you mean 'when'?")
    fails("a rule for a strategy that is not there", function()
      mine.rules:prepend { name = "x", when = function() end, strategy = "direkt", reason = "r" }
    end, "did you mean 'direct'?")
    fails("a place that is not there", function()
      mine.rules:insert_before("onlin", { name = "x", when = function() end, strategy = "direct", reason = "r" })
    end, "did you mean 'online'?")
    fails("a field that a policy has not", function() mine.batchin = {} end, "did you mean 'batching'?")
    fails("a field that is read and not there", function() return mine.rulez end, "did you mean 'rules'?")
    fails("a batch row with an unknown field", function() mine.batching = { { sise = 1 } } end, "did you mean 'size'?")
    fails("a batch table that leaves tables out", function() mine.batching = { { up_to_rows = 5, size = 5 } } end,
      "must serve every table")
    fails("a batch of nothing", function() mine.batching = { { size = 0 } } end, "at least 1")
    fails("a module that is not below", function() override.extend "strategies.policy" end, "builtin:")
  end)
end)

describe("a policy that forbids", function()
  it("refuses the group, naming object and reason", function()
    local mine = policy_of.new { rules = policy.rules }
    mine.forbid "rename_column" { reason = "names are contracts" }
    local plan = f.plan(mine, { change = rename, tables = { orders() } })
    expect(plan.refused):contains("orders.total: the policy forbids rename_column: names are contracts")
    expect(plan.steps):has_length(0)
  end)
end)

describe("a step", function()
  local function step(more)
    local spec = { id = "orders/expand/x", title = "T", why = "W", phase = "expand", strategy = "mine" }
    for field, value in pairs(more) do spec[field] = value end
    return function() return steps.new(spec) end
  end
  local work = { kind = "backfill", table = f.name("orders"), set = { { to = "a", expr = "1" } }, batch_rows = 10 }
  it("is taken as it is where it is right", function()
    expect(step({})().phase):is("expand")
    expect(step({ work = work })().work.batch_rows):is(10)
  end)
  it("names strategy, step and field where it is not", function()
    expect(step { phase = "later" }):fails_with("strategy 'mine', step 'orders/expand/x': field 'phase' must be")
    expect(step { titel = "x" }):fails_with("'titel' is not a field of a step")
    expect(step { title = "" }):fails_with("field 'title' is missing")
    expect(step { form = "quick" }):fails_with("names no form: 'quick'")
    expect(step { loses = true }):fails_with("must be a string, not a boolean")
    expect(step { work = { kind = "move" } }):fails_with("'work.kind' must be")
    expect(step { work = { kind = "copy", set = work.set, batch_rows = 1 } }):fails_with("'work.target' is missing")
    expect(step { work = { kind = "backfill", set = {}, batch_rows = 1 } }):fails_with("sets no column")
    expect(step { work = { kind = "backfill", set = work.set } }):fails_with("'work.batch_rows' must be at least 1")
    expect(step { work = work, ops = { ops.drop_index(f.name("orders"), f.index("i", { "a" })) } })
      :fails_with("stands beside operations")
    expect(step { checks_after = { { title = "x", sql = "SELECT 1" } } }):fails_with("without its 'expect'")
  end)
  it("does not destroy outside of contract", function()
    expect(step { ops = { ops.drop_column(f.name("orders"), columns[3]) } }):fails_with("outside of the contract phase")
    expect(step { phase = "contract", ops = { ops.drop_column(f.name("orders"), columns[3]) } }().phase):is("contract")
  end)
end)

describe("a fixture", function()
  local function choosing(more)
    local spec = { change = ops.drop_table(orders()), tables = { orders() } }
    for field, value in pairs(more) do spec[field] = value end
    return function() return f.choose(policy, spec) end
  end
  it("refuses what nobody would read", function()
    expect(choosing { enviroment = "development" }):fails_with("fixture: the test has no field 'enviroment', did you mean 'environment'?")
    expect(choosing { facts = { orders = { rwos = 1 } } }):fails_with("fixture: facts of 'orders' has no field 'rwos', did you mean 'rows'?")
    expect(choosing { facts = { order = { rows = 1 } } })
      :fails_with("fixture: there are facts of a table that is not there, 'order', did you mean 'orders'?; known are orders")
    expect(choosing { intent = { aproved_by = "x" } }):fails_with("fixture: intent has no field 'aproved_by', did you mean 'approved_by'?")
    expect(function() return f.column("z", "bigit") end):fails_with("fixture: there is no type 'bigit', did you mean 'bigint'?")
    expect(function() return f.column("z", "bigint", { nulable = true }) end):fails_with("fixture: a column has no field 'nulable'")
    expect(function() return f.table("z", {}, { primarykey = { "a" } }) end):fails_with("fixture: a table has no field 'primarykey'")
    expect(choosing { facts = { orders = { rows = -5 } } }):fails_with("fixture: facts of 'orders': rows takes a number from 0 on, got -5")
    expect(choosing { facts = { orders = { rows = "many" } } }):fails_with("rows takes a number from 0 on, got many")
    expect(choosing { facts = { orders = { hot = 1 } } }):fails_with("fixture: facts of 'orders': hot takes true or false, got 1")
    expect(choosing { downtime = "soon" }):fails_with("fixture: downtime takes a time such as \"30m\", got 'soon'")
    expect(function() return f.table("z", { f.column("id", "bigint") }, { primary_key = { "ix" } }) end)
      :fails_with("fixture: table 'z' has no column 'ix'")
    expect(function() return f.choose(policy, { tables = { orders() } }) end):fails_with("fixture: 'choose' takes one change, got 0")
  end)
  it("takes facts of a table that the change makes", function()
    expect(f.choose(policy, { change = ops.create_table(orders()), facts = { orders = { rows = 1 } } }).strategy):is("direct")
  end)
end)
