migration "m" {
  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      check "name_ok" "name <> ''",
    },
  },
  changes = {
    drop_unique "users.name_ok",
  },
}
