migration "not_null_small" {
  description = "Everyone has a group, on a small table",

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
      column "grp" :varchar(10) :not_null() :backfill "CASE WHEN age > 60 THEN 'old' ELSE 'young' END",
    },
  },

  hints = { users = { rows = 5000 } },
}
