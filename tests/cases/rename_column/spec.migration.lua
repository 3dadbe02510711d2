migration "rename_column" {
  description = "The age is called years",

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
      column "years" :integer() :renamed_from "age",
    },
  },

  hints = { users = { rows = 12004 } },
}
