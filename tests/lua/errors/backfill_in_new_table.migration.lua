migration "m" {
  before = schema {},
  after = schema {
    table "users" { column "id" :bigint(), column "email" :text() :backfill "''" },
  },
}
