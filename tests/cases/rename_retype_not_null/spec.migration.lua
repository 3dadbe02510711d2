migration "rename_retype_not_null" {
  description = "The age becomes a required number of years",

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
      column "years" :bigint() :not_null() :renamed_from "age" :backfill { up = "coalesce(age, 0)", down = "years" },
    },
  },

  hints = { users = { rows = 12004 } },
}
