migration "big_bang_window" {
  description = "A window of thirty minutes covers it",
  downtime = "30m",
  strategy = "big_bang",

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

  hints = { users = { rows = 12004, critical = false } },
}
