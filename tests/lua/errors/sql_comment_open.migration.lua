migration "m" {
  before = schema {
    table "orders" {
      column "id" :bigint() :primary_key(),
      column "total" :integer(),
    },
  },
  after = schema {
    table "orders" {
      column "id" :bigint() :primary_key(),
      column "total" :integer(),
      column "x" :integer() :default(sql "1 /* one"),
    },
  },
}
