-- An index whose build goes through the emitter beside this file (dialects/postgres/emit.lua).
--
--     forgelua run examples/dialect_override/region.migration.lua --db=postgres
migration "2026_10_orders_region_index" {
  description = "Orders are looked up by region",
  owner       = "shop",
  targets     = { "postgres:15" },

  before = schema {
    table "orders" {
      column "id"     :bigint() :not_null() :primary_key(),
      column "region" :text(),
    },
  },

  changes = {
    add_index "orders" { index "orders_region_idx" { "region" } },
  },

  hints = { orders = { rows = 5e6 } },
}
