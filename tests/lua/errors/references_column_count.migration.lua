migration "m" {
  before = schema {},
  after = schema {
    table "customers" { column "a" :bigint(), column "b" :bigint(), primary_key { "a", "b" } },
    table "orders" {
      column "customer" :bigint(),
      foreign_key { "customer" } :references "customers",
    },
  },
}
