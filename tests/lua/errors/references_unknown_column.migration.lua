migration "m" {
  before = schema {},
  after = schema {
    table "customers" { column "id" :bigint() :primary_key() },
    table "orders" {
      column "customer" :references "customers.idd",
    },
  },
}
