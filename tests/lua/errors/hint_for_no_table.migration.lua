migration "m" {
  before = schema { table "orders" { column "id" :bigint() } },
  after = schema { table "orders" { column "id" :bigint() } },
  hints = { order = { rows = 5 } },
}
