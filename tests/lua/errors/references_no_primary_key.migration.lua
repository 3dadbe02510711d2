migration "m" {
  before = schema {},
  after = schema {
    table "customers" { column "id" :bigint() },
    table "orders" {
      column "customer" :references "customers",
    },
  },
}
