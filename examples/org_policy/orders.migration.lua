-- A rename on a small table, planned by the organisation's policy beside it (strategies/policy.lua).
--
--     forgelua run examples/org_policy/orders.migration.lua --db=postgres
migration "2026_10_orders_total" {
  description = "amount becomes total",
  owner       = "shop",
  targets     = { "postgres:15", "mysql:8.4", "mariadb:10.11", "sqlite" },

  before = schema {
    table "orders" {
      column "id"     :bigint() :not_null() :primary_key(),
      column "amount" :integer(),
      column "note"   :varchar(40),
    },
  },

  changes = {
    rename_column "orders.amount" "total",
  },

  hints = { orders = { rows = 800 } },
}
