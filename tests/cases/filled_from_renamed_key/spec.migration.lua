migration "filled_from_renamed_key" {
  description = "New columns are computed from keys that get another name in place, their own table's and another one's",

  before = schema {
    table "accounts" { column "id" :bigint() :primary_key(), column "organisation" :varchar(40) :not_null() },
    table "users" { column "id" :bigint() :primary_key(), column "account_id" :bigint(), column "name" :varchar(40) },
  },

  after = schema {
    table "accounts" {
      column "account" :bigint() :primary_key() :renamed_from "id",
      column "organisation" :varchar(40) :not_null(),
    },
    table "users" {
      column "uid" :bigint() :primary_key() :renamed_from "id",
      column "account_id" :bigint(),
      column "name" :varchar(40),
      column "twice" :bigint() :backfill "id * 2",
      column "organisation" :varchar(40)
        :backfill "(SELECT a.organisation FROM accounts a WHERE a.id = users.account_id AND users.id > 0)",
    },
  },

  hints = { accounts = { rows = 11000 }, users = { rows = 11004 } },
}
