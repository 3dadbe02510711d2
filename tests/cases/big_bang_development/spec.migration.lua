migration "big_bang_development" {
  description = "On a developer's machine everything goes at once",

  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
      column "points" :integer(),
    },
  },

  after = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :text() :not_null(),
      column "age" :bigint(),
      column "points" :integer() :not_null() :default(0) :backfill "0",
      column "grp" :varchar(10),
    },
    view "adults" [[ SELECT id, name FROM users WHERE age >= 18 ]],
  },

  hints = { users = { rows = 34 } },
}
