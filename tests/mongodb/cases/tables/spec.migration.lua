migration "tables" {
  description = "A spec of tables, as it stands for SQL engines",
  before = from_spec "before.migration.lua",
  after = schema {
    table "customers" { column "id" :bigint() :primary_key(), column "email" :varchar(80) :unique(),
      column "level" :enum { "basic", "gold" } :not_null() :default "basic" },
    table "invoices" { column "id" :bigint() :primary_key(), column "customer" :references "customers.id" :not_null(),
      column "amount" :numeric(12, 2) :default(0), column "placed" :timestamptz() },
  },
  hints = { customers = { rows = 3 }, invoices = { rows = 2 } },
}
