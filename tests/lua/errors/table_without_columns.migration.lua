migration "m" {
  before = schema {},
  after = schema {
    table "orders" {},
  },
}
