-- engine: postgres
migration "m" {
  before = schema {},
  after = schema {
    namespace "billing",
    table "biling.orders" { column "id" :bigint() },
  },
}
