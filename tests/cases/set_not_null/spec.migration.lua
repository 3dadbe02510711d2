migration "set_not_null" {
  description = "Everyone has an age",

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
      column "age" :integer() :not_null(),
    },
  },

  hints = { users = { rows = 4e6 } },
}
