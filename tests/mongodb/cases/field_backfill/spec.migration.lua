migration "field_backfill" {
  description = "Every user has a currency and a status",
  before = from_spec "before.migration.lua",
  after = schema {
    collection "users" {
      field "email" :string() :required(),
      field "region" :string(),
      field "tags" :array(),
      field "currency" :string() :required() :one_of { "EUR", "USD" }
        :backfill { ["$cond"] = { { ["$eq"] = { "$region", "EU" } }, "EUR", "USD" } },
      field "status" :string() :required() :default "new",
      field "note" :string(),
      index { "email" } :unique(),
      index "users_by_currency" { "currency", desc "status" },
    },
  },
  hints = { users = { rows = 25000 } },
}
