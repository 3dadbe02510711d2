migration "m" {
  before = schema {
    table "users" { column "id" :bigint(), column "email" :text() },
  },
  after = schema {
    table "users" { column "id" :bigint(), column "email" :text() :backfill "''" },
  },
}
