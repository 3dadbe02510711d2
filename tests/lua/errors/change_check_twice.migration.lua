migration "m" {
  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      check "name_ok" "name <> ''",
    },
  },
  changes = {
    add_check "users" { check "name_ok" "name <> 'x'" },
  },
}
