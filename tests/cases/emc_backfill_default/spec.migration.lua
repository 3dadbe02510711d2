migration "emc_backfill_default" {
  description = "A currency by region for rows that stand, and a default for rows to come",

  before = schema {
    table "orders" { column "id" :bigint() :primary_key(), column "region" :varchar(5) },
  },

  after = schema {
    table "orders" {
      column "id" :bigint() :primary_key(),
      column "region" :varchar(5),
      column "currency" :char(3) :not_null() :default "USD" :backfill "CASE WHEN region = 'EU' THEN 'EUR' ELSE 'USD' END",
      column "tax" :integer() :default(7) :backfill "CASE WHEN region = 'EU' THEN 19 END",
    },
  },

  hints = { orders = { rows = 12004 } },
}
