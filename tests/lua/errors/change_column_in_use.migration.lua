migration "m" {
  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      index "users_name_idx" { "name" },
      check "name_ok" "name <> ''",
    },
    table "posts" {
      column "id" :bigint() :primary_key(),
      column "author" :references "users.id",
    },
    enum "mood" { "good", "bad" },
    view "names" "SELECT name FROM users",
  },
  changes = {
    rename_column "users.name" "title",
    drop_column "users.title",
  },
}
