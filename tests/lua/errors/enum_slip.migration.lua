migration "m" {
  before = schema {},
  after = schema {
    enum "order_status" { "new" },
    table "orders" { column "status" :enum "order_statsu" },
  },
}
