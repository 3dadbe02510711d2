migration "charset_change" {
  description = "Names may hold any letter",

  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
    } :charset "latin1",
  },

  after = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
    } :charset "utf8mb4",
  },

  hints = { users = { rows = 11000 } },
}
