migration "emc_backfill_nullable" {
  description = "Most are in a group",

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
      column "grp" :varchar(10) :backfill "CASE WHEN age > 60 THEN 'old' END",
    },
  },

  hints = { users = { rows = 12004 } },
}
