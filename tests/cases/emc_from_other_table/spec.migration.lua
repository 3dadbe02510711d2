migration "emc_from_other_table" {
  description = "Users know their organisation",

  before = schema {
    table "accounts" { column "id" :bigint() :primary_key(), column "organisation" :varchar(40) :not_null() },
    table "users" { column "id" :bigint() :primary_key(), column "account_id" :bigint() },
  },

  after = schema {
    table "accounts" { column "id" :bigint() :primary_key(), column "organisation" :varchar(40) :not_null() },
    table "users" {
      column "id" :bigint() :primary_key(),
      column "account_id" :bigint(),
      column "organisation" :varchar(40) :backfill "(SELECT a.organisation FROM accounts a WHERE a.id = users.account_id)",
    },
  },

  hints = { users = { rows = 11004 } },
}
