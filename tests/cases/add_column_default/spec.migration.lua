migration "add_column_default" {
  description = "Every user has a status from the start",

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
      column "status" :varchar(10) :not_null() :default "new",
    },
  },

  hints = { users = { rows = 5e6 } },
}
