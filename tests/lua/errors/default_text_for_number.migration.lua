migration "m" {
  before = schema {},
  after = schema {
    table "orders" {
      column "id" :bigint() :primary_key(),
      column "n" :integer() :default "now()",
    },
  },
}
