migration "numeric_scale" {
  description = "Prices have four decimals",

  before = schema {
    table "products" { column "id" :bigint() :primary_key(), column "price" :numeric(10, 2) :not_null() :default(0) },
  },

  after = schema {
    table "products" { column "id" :bigint() :primary_key(), column "price" :numeric(12, 4) :not_null() :default(0) },
  },

  hints = { products = { rows = 10503 } },
}
