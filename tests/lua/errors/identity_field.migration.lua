migration "m" {
  before = schema {},
  after = schema {
    table "orders" {
      column "id" :bigint() :identity { begin = 5 },
    },
  },
}
