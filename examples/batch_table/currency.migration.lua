-- A backfill whose batches come from the batch table beside this file (strategies/batching.lua).
--
--     forgelua run examples/batch_table/currency.migration.lua --db=postgres
migration "2026_10_orders_currency" {
  description = "Every order states its currency",
  owner       = "payments",
  targets     = { "postgres:15", "mysql:8.4", "mariadb:10.11", "sqlite" },

  before = schema {
    table "orders" {
      column "id"     :bigint() :not_null() :primary_key(),
      column "region" :varchar(10),
    },
  },

  changes = {
    add_column "orders" {
      column "currency" :char(3) :not_null() :backfill "CASE WHEN region = 'EU' THEN 'EUR' ELSE 'USD' END",
    },
  },

  hints = { orders = { rows = 2e6 } },
}
