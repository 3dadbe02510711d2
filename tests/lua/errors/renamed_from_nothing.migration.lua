migration "m" {
  before = schema {
    table "users" { column "id" :bigint(), column "email" :text() },
  },
  after = schema {
    table "users" { column "id" :bigint(), column "mail" :text() :renamed_from "emial" },
  },
}
