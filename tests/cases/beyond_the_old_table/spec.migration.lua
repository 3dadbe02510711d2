migration "beyond_the_old_table" {
  description = "The new application writes what the old table cannot hold, and the old schema comes back",

  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer() :not_null(),
      column "rank" :integer(),
    },
  },

  after = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :bigint() :not_null(),
      column "rank" :bigint(),
    } :strategy "shadow_table",
  },

  hints = { users = { rows = 12004 } },
}
