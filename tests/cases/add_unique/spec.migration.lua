migration "add_unique" {
  description = "Names are unique",

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
      unique { "name" } :name "users_name_key",
    },
  },

  hints = { users = { rows = 4e6 } },
}
