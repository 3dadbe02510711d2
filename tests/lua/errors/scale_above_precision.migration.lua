migration "m" {
  before = schema {},
  after = schema {
    table "orders" {
      column "id" :bigint() :primary_key(),
      column "total" :numeric(2, 5),
    },
  },
}
