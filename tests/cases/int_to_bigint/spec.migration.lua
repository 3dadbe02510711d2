migration "int_to_bigint" {
  description = "Ages outgrow an integer",

  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
    },
  },

  after = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :bigint(),
    },
  },

  hints = { users = { rows = 12004 } },
}
