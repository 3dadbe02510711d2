migration "m" {
  before = schema {},
  after = schema {
    table "orders" {
      column "id" :text() :identity(),
    },
  },
}
