migration "add_check" {
  description = "Ages are not negative",

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
      column "age" :integer(),
      check "age_ok" "age >= 0",
    },
  },

  hints = { users = { rows = 4e6 } },
}
