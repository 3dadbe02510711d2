migration "m" {
  before = schema {},
  after = schema {
    table "orders" {
      column "id" :bigint() :primary_key(),
      column "n" :bigint() :default(1) :identity(),
    },
  },
}
