migration "m" {
  before = schema {
    table "orders" { column "id" :bigint() },
  },
  after = schema {
    table "orders" {
      column "id" :bigint() :primary_key(),
      column "n" :bigint() :backfill { upp = "1" },
    },
  },
}
