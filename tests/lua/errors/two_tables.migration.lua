migration "m" {
  before = schema {},
  after = schema {
    table "orders" { column "id" :bigint() },
    table "orders" { column "id" :bigint() },
  },
}
