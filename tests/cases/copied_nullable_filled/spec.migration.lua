migration "copied_nullable_filled" {
  description = "A copied table gets a column that may be NULL and is filled: the deployed application's rows are filled until contract",

  before = schema {
    table "sales" { column "id" :integer() :primary_key(), column "price" :integer(), column "tax" :integer(), column "memo" :varchar(9) },
  },
  after = schema {
    table "sales" {
      column "id" :bigint() :primary_key(), column "price" :integer(), column "tax" :integer(),
      column "total" :integer() :backfill "COALESCE(price, 0) + COALESCE(sales.tax, 0)",
    },
  },

  hints = { sales = { rows = 30000 } },
  strategy = "shadow_table",
}
