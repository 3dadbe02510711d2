migration "emc_indexed_unique" {
  description = "Everyone gets a code",

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
      column "code" :varchar(30) :not_null() :backfill(sql { postgres = "'c-' || id", sqlite = "'c-' || id", mysql = "concat('c-', id)", mariadb = "concat('c-', id)" }),
      index "users_code_idx" { "code" } :unique(),
    },
  },

  hints = { users = { rows = 12004 } },
}
