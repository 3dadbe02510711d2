migration "create_index" {
  description = "Users are searched by name",

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
      index "users_name_idx" { "name", desc "age" },
    },
  },

  hints = { users = { rows = 20e6 } },
}
