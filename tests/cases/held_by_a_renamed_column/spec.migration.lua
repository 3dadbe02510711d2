migration "held_by_a_renamed_column" {
  description = "A column that is renamed, and one that gets another type, are published, counted and read by routines",
  before = schema {
    table "orders" { column "id" :integer() :primary_key(), column "note" :text(), column "n" :integer(), column "total" :integer() },
    definition "statistics spread" "CREATE STATISTICS spread ON note, total FROM orders",
    definition "publication feed" "CREATE PUBLICATION feed FOR TABLE orders (id, total)",
    definition "publication counts" "CREATE PUBLICATION counts FOR TABLE ONLY orders (id, n) WHERE (id > 0)",
    definition "function owed()" { replaces = true,
      create = "CREATE OR REPLACE FUNCTION owed() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT sum(orders.total + orders.n) FROM orders; END" },
    view "debts" "SELECT owed() AS owed",
  },
  changes = {
    rename_column "orders.total" "amount",
    alter_column "orders.n" :bigint(),
  },
  hints = { orders = { rows = 5e6 } },
}
