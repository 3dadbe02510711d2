migration "m" {
  before = schema {
    table "users" { column "id" :bigint(), column "email" :text() :renamed_from "mail" },
  },
  after = schema {
    table "users" { column "id" :bigint() },
  },
}
