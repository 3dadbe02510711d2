migration "add_primary_key" {
  description = "Readings get a primary key",

  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
    },
    table "readings" { column "at" :bigint() :not_null(), column "v" :integer() },
  },

  after = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
    },
    table "readings" { column "at" :bigint() :not_null(), column "v" :integer(), primary_key { "at" } },
  },

  hints = { readings = { rows = 3e6 } },
}
