-- engine: postgres
migration "m" {
  before = schema {
    table "orders" {
      column "id" :bigint() :primary_key(),
      column "total" :integer(),
    },
  },
  after = schema {
    table "orders" {
      column "id" :bigint() :primary_key(),
      column "total" :integer(),
      column "net" :integer() :backfill "total / 5",
      column "tax" :integer() :backfill "total - net",
    },
  },
}
