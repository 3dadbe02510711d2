migration "copied_and_filled" {
  description = "A copied table gets columns that are filled, from its own row and from another table",

  before = schema {
    table "regions" { column "code" :varchar(5) :primary_key(), column "tax" :integer() :not_null() },
    table "sales" { column "id" :integer() :primary_key(), column "region" :varchar(5), column "amount" :integer() },
  },

  after = schema {
    table "regions" { column "code" :varchar(5) :primary_key(), column "tax" :integer() :not_null() },
    table "sales" {
      column "id" :bigint() :primary_key(),
      column "region" :varchar(5),
      column "amount" :integer() :not_null() :backfill "COALESCE(amount, 0)",
      column "currency" :char(3) :not_null() :default "USD" :backfill "CASE WHEN sales.region = 'EU' THEN 'EUR' ELSE 'USD' END",
      column "tax" :integer() :not_null() :backfill "COALESCE((SELECT r.tax FROM regions r WHERE r.code = sales.region), 1)",
    },
  },

  hints = { sales = { rows = 30000 } },
  strategy = "shadow_table",
}
