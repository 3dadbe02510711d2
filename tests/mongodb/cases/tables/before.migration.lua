migration "tables_before" {
  before = schema {},
  after = schema {
    table "customers" { column "id" :bigint() :primary_key(), column "email" :varchar(80) :unique() },
    table "invoices" { column "id" :bigint() :primary_key(), column "customer" :bigint() :not_null() },
  },
}
