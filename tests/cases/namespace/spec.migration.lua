migration "namespace" {
  description = "Billing has a namespace",

  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
    },
  },

  after = schema {
    namespace "billing",

    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
    },
    table "billing.invoices" { column "id" :bigint() :primary_key(), column "amount" :numeric(10, 2) },
  },
}
