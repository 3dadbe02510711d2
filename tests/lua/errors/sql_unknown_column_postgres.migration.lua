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
      check "total_positive" "total > 1 OR (totl IS NULL)",
    },
  },
}
