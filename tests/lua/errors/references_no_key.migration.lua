migration "m" {
  before = schema {},
  after = schema {
    table "customers" { column "id" :bigint() :primary_key(), column "code" :text() },
    table "orders" {
      column "customer" :references "customers.code",
    },
  },
}
