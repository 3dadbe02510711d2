migration "m" {
  before = schema { table "orders" { column "id" :bigint() :primary_key(), column "total" :integer() } },
  changes = {
    alter_column "orders.total" :default(sql "nowe()"),
  },
}
