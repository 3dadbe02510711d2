migration "m" {
  before = schema {},
  after = schema {
    table "orders" {
      column "id" :bigint() :primary_key(),
      column "customer" :bigint() :on_delete "cascade",
    },
  },
}
