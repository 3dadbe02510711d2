migration "many_changes" {
  description = "Five changes of one table cost one copy at most",

  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
      column "legacy" :text(),
      index "users_age_idx" { "age" },
    },
  },

  after = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "full_name" :varchar(120) :not_null() :renamed_from "name",
      column "age" :bigint(),
      column "phone" :varchar(20),
      index "users_age_idx" { "age", "full_name" },
      check "age_ok" "age >= 0",
    },
  },

  hints = { users = { rows = 10500 } },
}
