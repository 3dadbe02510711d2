-- engine: mariadb
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
      index "i" { "total" } :where "total > 0; DROP TABLE orders",
    },
  },
}
