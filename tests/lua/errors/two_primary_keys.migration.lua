migration "m" {
  before = schema {},
  after = schema {
    table "orders" {
      column "id" :bigint() :primary_key(),
      column "name" :text(),
      primary_key { "name" },
    },
  },
}
