migration "drop_table" {
  description = "The audit log is no longer kept here",

  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
    },

    table "audit" { column "id" :bigint() :primary_key(), column "what" :text() },
  },

  after = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
    },
  },
}
