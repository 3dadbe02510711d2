migration "rename_with_dependents" {
  description = "The column that everything hangs on is renamed",

  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "mail" :varchar(80) :not_null(),
      column "age" :integer(),
      unique { "mail" } :name "users_mail_key",
      index "users_mail_age_idx" { "mail", "age" },
      check "mail_ok" "mail <> ''",
    },
    view "mails" [[ SELECT id, mail FROM users ]],
  },

  after = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "email" :varchar(80) :not_null() :renamed_from "mail",
      column "age" :integer(),
      unique { "email" } :name "users_email_key",
      index "users_mail_age_idx" { "email", "age" },
      check "mail_ok" "email <> ''",
    },
    view "mails" [[ SELECT id, email FROM users ]],
  },

  hints = { users = { rows = 10500 } },
}
