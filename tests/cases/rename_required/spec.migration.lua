migration "rename_required" {
  description = "The age, which everybody has, is called years",

  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer() :not_null(),
    },
  },

  after = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "years" :integer() :not_null() :renamed_from "age",
    },
  },

  hints = { users = { rows = 12004 } },
}
