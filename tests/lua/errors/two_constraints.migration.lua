migration "m" {
  before = schema {},
  after = schema {
    table "orders" {
      column "id" :bigint() :primary_key(),
      check "c" "id > 0",
      check "c" "id > 1",
    },
  },
}
