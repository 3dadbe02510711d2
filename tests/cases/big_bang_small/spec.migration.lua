migration "big_bang_small" {
  description = "A small table that is not critical",

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
      column "age" :bigint(),
    },
  },

  hints = { users = { rows = 34, critical = false } },
}
