migration "m" {
  before = schema {
    table "users" { column "id" :bigint() :primary_key() },

