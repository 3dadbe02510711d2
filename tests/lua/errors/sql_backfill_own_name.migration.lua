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
      column "sum" :bigint() :renamed_from "total" :backfill "sum * 100",
    },
  },
}
