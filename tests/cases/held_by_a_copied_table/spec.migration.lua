local held = {
  definition "statistics spread" "CREATE STATISTICS spread (ndistinct) ON total, id, (note || 'x') FROM orders",
  definition "publication feed" "CREATE PUBLICATION feed FOR TABLE orders (id, total) WHERE (id > 0), ONLY items WITH (publish = 'insert')",
  definition "policy seen on items" "CREATE POLICY seen ON items USING (EXISTS (SELECT FROM orders WHERE orders.id = items.order_id))",
  definition "row security state on items" { create = "ALTER TABLE items ENABLE ROW LEVEL SECURITY", drop = "ALTER TABLE items DISABLE ROW LEVEL SECURITY" },
  definition "rule touch on items" "CREATE RULE touch AS ON DELETE TO items DO ALSO UPDATE orders SET note = 'less' WHERE orders.id = OLD.order_id",
  definition "function owed(integer)" { replaces = true,
    create = "CREATE OR REPLACE FUNCTION owed(buyer integer) RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT sum(orders.total) FROM orders WHERE orders.id = buyer; END" },
  view "debts" "SELECT id, owed(order_id) AS owed FROM items",
}

local function state(orders)
  return schema { orders, table "items" { column "id" :bigint() :primary_key(), column "order_id" :integer() }, unpack(held) }
end

migration "held_by_a_copied_table" {
  description = "What the server holds to the very table follows to its copy: statistics, publications, policies and rules of others, routines",
  before = state(table "orders" { column "id" :integer() :primary_key(), column "total" :integer() :not_null(), column "note" :text() }),
  after = state(table "orders" { column "id" :integer() :primary_key(), column "total" :bigint() :not_null(), column "note" :text() }
    :strategy "shadow_table"),
}
