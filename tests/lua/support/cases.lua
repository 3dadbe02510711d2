-- Changes of every kind, each small enough to read: what `make` gives is what support.model turns into a group.
local m = require("support.model")
local ops = require("forge.ops")

local int, big = m.type("integer"), m.type("bigint")
local function varchar(n) return m.type("varchar", n) end
local NOT_NULL = { nullable = false }

local function base(more, columns)
  local list = { m.column("id", big, NOT_NULL), m.column("customer", int, NOT_NULL), m.column("amount", int),
                 m.column("note", varchar(40)) }
  for _, column in ipairs(columns or {}) do list[#list + 1] = column end
  local spec = { primary_key = m.key("orders_pkey", { "id" }, { primary = true }) }
  for k, v in pairs(more or {}) do spec[k] = v end
  return m.table("orders", list, spec)
end

local function without(t, name)
  local out, list = {}, {}
  for k, v in pairs(t) do out[k] = v end
  for _, column in ipairs(t.columns) do
    if column.name ~= name then list[#list + 1] = column end
  end
  out.columns = list
  return out
end

local function with(t, column)
  local out, list, found = {}, {}, false
  for k, v in pairs(t) do out[k] = v end
  for i, old in ipairs(t.columns) do
    list[i] = old
    if old.name == column.name then list[i], found = column, true end
  end
  if not found then list[#list + 1] = column end
  out.columns = list
  return out
end

local function renamed(t, from, column)
  local out, list = {}, {}
  for k, v in pairs(t) do out[k] = v end
  for i, old in ipairs(t.columns) do list[i] = old.name == from and column or old end
  out.columns = list
  return out
end

local customers = m.table("customers", { m.column("id", int, NOT_NULL), m.column("email", varchar(80)) },
  { primary_key = m.key("customers_pkey", { "id" }, { primary = true }) })

local LARGE = { orders = { rows = 5e6 }, customers = { rows = 1e5 } }

local function simple(before, after, more)
  return function()
    local spec = { before = { before }, after = { after }, facts = LARGE }
    for k, v in pairs(more or {}) do spec[k] = v end
    return spec
  end
end

local function uses(name)
  return function(result, expect)
    local found = false
    for _, choice in ipairs(result.choices) do found = found or choice.strategy == name end
    expect(found, "some change is served by " .. name):is(true)
  end
end

local plain = base()
local indexed = base {
  indexes = { m.index("orders_amount_idx", { "amount", "customer" }), m.index("orders_note_uidx", { "note" }, { unique = true }) },
  uniques = { m.key("orders_amount_key", { "amount", "note" }) },
  checks = { m.check("amount_positive", "amount >= 0") },
}
local child = base { foreign_keys = { m.fk("orders_customer_fkey", { "customer" }, "customers", { "id" }) } }
local amount_view = m.view("amounts", "SELECT id, amount FROM orders", { "orders" })
local star_view = m.view("everything", "SELECT * FROM orders", { "orders" })

local SQL_ENGINES = { postgres = true, mysql = true, mariadb = true }

local cases = {
  { name = "adds a nullable column", make = simple(plain, with(plain, m.column("phone", varchar(20)))) },
  { name = "adds a column with a default",
    make = simple(plain, with(plain, m.column("state", varchar(20), { nullable = false, default = { kind = "string", text = "new" } }))) },
  { name = "adds a filled NOT NULL column",
    make = simple(plain, with(plain, m.column("currency", varchar(3), { nullable = false })),
      { intents = { orders = { currency = { backfill_up = "CASE WHEN amount > 0 THEN 'EUR' ELSE 'USD' END" } } } }),
    expect = uses("expand_migrate_contract") },
  { name = "adds two filled columns with members on them",
    make = function()
      local after = with(with(plain, m.column("currency", varchar(3), { nullable = false, default = { kind = "string", text = "EUR" } })),
        m.column("cents", big))
      after.indexes = { m.index("orders_cents_idx", { "cents", "customer" }) }
      after.uniques = { m.key("orders_currency_key", { "currency", "id" }) }
      after.checks = { m.check("cents_positive", "cents >= 0") }
      return { before = { plain }, after = { after }, facts = LARGE,
               intents = { orders = { currency = { backfill_up = "'EUR'" }, cents = { backfill_up = "amount * 100" } } } }
    end },
  { name = "fills and enforces a column that stands",
    make = simple(plain, with(plain, m.column("amount", int, NOT_NULL)),
      { intents = { orders = { amount = { backfill_up = "0" } } } }),
    expect = uses("expand_migrate_contract") },
  { name = "refuses a NOT NULL column without a value",
    make = simple(plain, with(plain, m.column("phone", varchar(20), NOT_NULL))), refused = "backfill" },
  { name = "drops a nullable column", make = simple(plain, without(plain, "note")) },
  { name = "drops a NOT NULL column", make = simple(plain, without(plain, "customer")) },
  { name = "drops a column with its index",
    make = simple(base { indexes = { m.index("orders_note_idx", { "note" }) } }, without(plain, "note")) },
  { name = "archives a column", make = simple(plain, without(plain, "note"),
      { intents = { orders = { note = { archive = true } } } }),
    expect = function(result, expect)
      for _, step in ipairs(result.steps) do expect(step.loses_forward or "", step.id):is("") end
    end },
  { name = "refuses to drop a column that a view reads",
    make = simple(plain, without(plain, "amount"), { views = { amount_view } }), refused = "view amounts" },
  { name = "drops a column under a view with a star",
    make = simple(plain, without(plain, "note"), { views = { star_view } }) },
  { name = "makes a column NOT NULL", make = simple(plain, with(plain, m.column("amount", int, NOT_NULL))) },
  { name = "makes a column nullable", make = simple(plain, with(plain, m.column("customer", int))) },
  { name = "sets a default", make = simple(plain, with(plain, m.column("amount", int, { default = m.number(0) }))) },
  { name = "drops a default",
    make = simple(with(plain, m.column("amount", int, { default = m.number(0) })), plain) },
  { name = "widens a varchar", make = simple(plain, with(plain, m.column("note", varchar(60)))) },
  { name = "narrows a varchar", make = simple(plain, with(plain, m.column("note", varchar(10)))),
    expect = function(result, expect, ctx)
      if not ctx.features.rebuild then uses("shadow_column")(result, expect) end
    end },
  { name = "changes int to bigint under members and views",
    make = simple(indexed, with(indexed, m.column("amount", big)), { views = { amount_view, star_view } }) },
  { name = "changes int to bigint, NOT NULL and default in one",
    make = simple(indexed, with(indexed, m.column("amount", big, { nullable = false, default = m.number(0) })),
      { facts = { orders = { rows = 2e6, critical = true } } }) },
  { name = "changes a foreign key's type on one side",
    make = function()
      return { before = { child, customers }, after = { with(child, m.column("customer", big, NOT_NULL)),
        with(customers, m.column("id", big, NOT_NULL)) }, facts = LARGE }
    end, expect = uses("shadow_table") },
  { name = "renames a column", make = simple(plain, renamed(plain, "amount", m.column("total", int)),
      { renames = { ["orders.total"] = "amount" } }), expect = uses("shadow_column") },
  { name = "renames a column under members",
    make = function()
      local after = renamed(indexed, "amount", m.column("total", int))
      after.indexes = { m.index("orders_amount_idx", { "total", "customer" }), indexed.indexes[2] }
      after.uniques = { m.key("orders_amount_key", { "total", "note" }) }
      after.checks = { m.check("amount_positive", "total >= 0") }
      return { before = { indexed }, after = { after }, renames = { ["orders.total"] = "amount" }, facts = LARGE }
    end },
  { name = "renames, retypes and enforces in one move, under a view",
    make = function()
      local after = renamed(plain, "amount", m.column("total", m.type("numeric", 12, 2), { nullable = false, default = m.number(0) }))
      after.indexes = { m.index("orders_total_idx", { "total" }) }
      return { before = { plain }, after = { after }, renames = { ["orders.total"] = "amount" }, facts = LARGE,
               views = { amount_view }, views_after = { m.view("amounts", "SELECT id, total FROM orders", { "orders" }) } }
    end },
  { name = "renames a key column", make = function()
      local after = renamed(plain, "id", m.column("order_id", big, NOT_NULL))
      after.primary_key = m.key("orders_pkey", { "order_id" }, { primary = true })
      return { before = { plain }, after = { after }, renames = { ["orders.order_id"] = "id" }, facts = LARGE }
    end, expect = uses("direct") },
  { name = "replaces a column by one with an inverse",
    make = simple(plain, with(without(plain, "amount"), m.column("cents", big)),
      { intents = { orders = { cents = { backfill_up = "amount * 100", backfill_down = "cents / 100" } } } }),
    expect = uses("shadow_column") },
  { name = "replaces a column by one without an inverse",
    make = simple(plain, with(without(plain, "amount"), m.column("cents", big, NOT_NULL)),
      { intents = { orders = { cents = { backfill_up = "COALESCE(amount, 0) * 100" } } } }),
    expect = uses("expand_migrate_contract") },
  { name = "adds members", make = function()
      local after = base { indexes = indexed.indexes, uniques = indexed.uniques, checks = indexed.checks,
                           foreign_keys = child.foreign_keys }
      return { before = { plain, customers }, after = { after, customers }, facts = { orders = { rows = 500 } } }
    end },
  { name = "adds members to a large table", make = function()
      local after = base { indexes = indexed.indexes, uniques = indexed.uniques, checks = indexed.checks,
                           foreign_keys = child.foreign_keys }
      return { before = { plain, customers }, after = { after, customers }, facts = LARGE }
    end },
  { name = "drops members", make = function() return { before = { indexed }, after = { plain }, facts = LARGE } end },
  { name = "changes members", make = function()
      local after = base { indexes = { m.index("orders_amount_idx", { "customer" }), m.index("orders_note_uidx", { "note" }) },
                           uniques = { m.key("orders_amount_key", { "note" }) },
                           checks = { m.check("amount_positive", "amount > 0") } }
      return { before = { indexed }, after = { after }, facts = LARGE }
    end },
  { name = "renames an index", make = function()
      local after = base { indexes = { m.index("by_amount", { "amount", "customer" }), indexed.indexes[2] },
                           uniques = indexed.uniques, checks = indexed.checks }
      local change = ops.alter_index(m.q("orders"), indexed.indexes[1], after.indexes[1])
      local spec = { before = { indexed }, after = { after }, facts = LARGE }
      spec.only = { change }
      return spec
    end },
  { name = "changes the primary key", make = function()
      local after = base { primary_key = m.key("orders_pkey", { "id", "customer" }, { primary = true }) }
      return { before = { plain }, after = { after }, facts = LARGE }
    end },
  { name = "drops the primary key", make = function()
      local after = base()
      after.primary_key = nil
      return { before = { plain }, after = { after }, facts = { orders = { rows = 50 } } }
    end },
  { name = "creates tables that refer to each other's kind", make = function()
      return { before = {}, after = { child, customers } }
    end },
  { name = "drops a table", make = simple(customers, nil) },
  { name = "drops and archives a table", make = function()
      return { before = { customers }, after = {}, intents = { customers = { table = { archive = true } } } }
    end },
  { name = "refuses to drop a table that a foreign key needs", make = function()
      return { before = { customers }, after = {}, incoming = { { table = m.q("orders"), foreign_key = child.foreign_keys[1] } } }
    end, refused = "foreign key orders_customer_fkey" },
  { name = "renames a table", make = function()
      local after = base()
      after.name = m.q("purchases")
      return { before = { plain }, after = { after }, tables = { purchases = "orders" }, facts = LARGE }
    end },
  { name = "renames a table and adds to it", make = function()
      local after = with(base(), m.column("phone", varchar(20)))
      after.name = m.q("purchases")
      after.indexes = { m.index("purchases_phone_idx", { "phone" }) }
      return { before = { plain }, after = { after }, tables = { purchases = "orders" }, facts = LARGE }
    end },
  { name = "changes views", make = function()
      return { before = { plain }, after = { plain }, views = { amount_view, star_view },
               views_after = { m.view("amounts", "SELECT id FROM orders", { "orders" }), m.view("notes", "SELECT note FROM orders", { "orders" }) } }
    end },
  { name = "runs raw SQL", make = function()
      return { before = { plain }, after = { plain }, changes = { ops.run_raw { name = m.q("fix"), up = "SELECT 1", down = "", why = "because", phase = "migrate" } } }
    end,
    expect = function(result, expect)
      expect(result.steps[1].phase):is("migrate")
      expect(result.steps[1].loses):contains("no way back")
    end },
  { name = "changes a type in development", context = { environment = "development" },
    make = simple(plain, with(plain, m.column("amount", big))) },
}

-- The same changes by every strategy that could serve them, asked for.
local asked = {
  { "shadow_table", "changes int to bigint under members and views" },
  { "shadow_table", "adds a filled NOT NULL column" }, { "shadow_table", "changes the primary key" },
  { "shadow_table", "adds members to a large table" }, { "shadow_table", "drops a NOT NULL column" },
  { "shadow_table", "narrows a varchar" },
  { "blue_green", "changes int to bigint under members and views" },
  { "blue_green", "changes a foreign key's type on one side" }, { "blue_green", "adds members" },
  { "big_bang", "changes int to bigint under members and views" }, { "big_bang", "renames a column under members" },
  { "big_bang", "adds a filled NOT NULL column" }, { "big_bang", "changes members" },
  { "big_bang", "adds two filled columns with members on them" }, { "big_bang", "drops a NOT NULL column" },
  { "big_bang", "renames a table and adds to it" },
  { "direct", "changes int to bigint under members and views" }, { "direct", "renames a column under members" },
  { "direct", "changes int to bigint, NOT NULL and default in one" }, { "direct", "narrows a varchar" },
  { "shadow_column", "widens a varchar" }, { "shadow_column", "makes a column NOT NULL" },
  { "shadow_column", "changes int to bigint, NOT NULL and default in one" },
}

local by_name = {}
for _, case in ipairs(cases) do by_name[case.name] = case end
for _, row in ipairs(asked) do
  local source = by_name[row[2]]
  cases[#cases + 1] = { name = source.name, make = source.make, strategy = row[1], engines = source.engines,
                        context = row[1] == "big_bang" and { environment = "staging", downtime = "10h" } or nil }
end

cases.SQL_ENGINES = SQL_ENGINES
return cases
