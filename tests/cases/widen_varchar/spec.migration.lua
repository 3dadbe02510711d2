migration "widen_varchar" {
  description = "Names may be longer",

  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(30) :not_null(),
      column "age" :integer(),
    },
  },

  after = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(50) :not_null(),
      column "age" :integer(),
    },
  },

  hints = { users = { rows = 50e6 } },
}
