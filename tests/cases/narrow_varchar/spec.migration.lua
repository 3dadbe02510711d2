migration "narrow_varchar" {
  description = "Names are at most twenty letters",

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
      column "name" :varchar(20) :not_null() :backfill { up = "substr(name, 1, 20)", down = "name" },
      column "age" :integer(),
    },
  },

  hints = { users = { rows = 12004 } },
}
