migration "m" {
  before = schema {},
  after = schema {
    table "orders" {
      column "id" :bigint() :null() :primary_key(),
    },
  },
}
