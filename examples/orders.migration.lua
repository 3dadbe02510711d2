-- Every order states its currency; on the way a column is renamed, one changes its unit, and the read side gets an index.
--
--     forgelua run examples/orders.migration.lua --db=postgres
migration "2026_09_orders_currency" {
  description = "Every order states its currency",
  owner       = "payments",
  why         = "Orders in dollars come with the new region",
  targets     = { "postgres:15", "mysql:8.4", "mariadb:10.11", "sqlite" },

  -- The schema as it stands in production. It could as well be read: from_sql "schema.sql", from_snapshot "schema.json".
  before = schema {
    enum "order_status" { "new", "paid", "refunded" },

    table "customers" {
      column "id" :bigint() :identity() :primary_key(),
    },

    table "orders" {
      column "id"        :bigint() :identity() :primary_key(),
      column "customer"  :references "customers.id" :on_delete "restrict",
      column "status"    :enum "order_status" :not_null() :default "new",
      column "region"    :char(2) :not_null(),
      column "amount"    :numeric(12, 2) :not_null(),
      column "weight_kg" :integer(),
      column "placed_at" :timestamptz() :not_null() :default(sql "CURRENT_TIMESTAMP"),
    } :comment "Customer orders",
  },

  -- The schema as it is to be. What is not written here goes: weight_kg has become weight_g.
  after = schema {
    enum "order_status" { "new", "paid", "refunded" },

    table "customers" {
      column "id" :bigint() :identity() :primary_key(),
    },

    table "orders" {
      column "id"        :bigint() :identity() :primary_key(),
      column "customer"  :references "customers.id" :on_delete "restrict",
      column "status"    :enum "order_status" :not_null() :default "new",
      column "region"    :char(2) :not_null(),
      -- A rename is declared, never guessed.
      column "total"     :numeric(12, 2) :not_null() :renamed_from "amount",
      -- New and never null: the rows that are there get their value from an expression over the old row.
      column "currency"  :char(3) :not_null() :backfill "CASE WHEN region = 'EU' THEN 'EUR' ELSE 'USD' END",
      -- Both ways are stated, so that what is written through either column is kept.
      column "weight_g"  :bigint() :renamed_from "weight_kg"
        :backfill { up = "weight_kg * 1000", down = "weight_g / 1000" },
      column "placed_at" :timestamptz() :not_null() :default(sql "CURRENT_TIMESTAMP"),

      unique { "customer", "placed_at" },
      index "orders_customer_idx" { "customer", desc "placed_at" },
      check "total_positive" "total >= 0",
    } :comment "Customer orders",

    view "paid_orders" [[ SELECT id, total, currency FROM orders WHERE status = 'paid' ]],
  },

  -- Facts that decide between strategies. A table of unknown size counts as large.
  hints = { orders = { rows = 480e6, bytes = 90e9, hot = true, critical = true } },
}
