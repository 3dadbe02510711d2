migration "m" {
  before = schema {
    table "users" { column "id" :bigint() :primary_key(), column "name" :varchar(80) },
  },
  changes = {
    alter_column "users.name" :not_null() :backfill "''",
    alter_column "users.name",
  },
}
