-- One rename is declared, one only written: to these engines the names are the same. Both applications go on throughout.
migration "letters" {
  hints = { users = { rows = 20000 } },
  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "EMail" :varchar(60) :not_null(),
      column "Age" :integer(),
      index "users_email" { "EMail" }, index "users_AGE" { "Age" },
    },
    view "adults" "SELECT id, EMail FROM users WHERE Age > 17",
    view "oldest" "SELECT id FROM adults",
  },
  after = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "email" :varchar(60) :not_null() :renamed_from "EMail",
      column "age" :integer(),
      index "users_email" { "email" }, index "users_age" { "age" } :renamed_from "users_AGE",
    },
    view "adults" "SELECT id, email FROM users WHERE age > 17",
    view "oldest" "SELECT id FROM adults",
  },
}
