migration "m" {
  before = schema {
    table "users" { column "id" :bigint() },
  },
  after = schema {
    table "people" { column "id" :bigint() } :renamed_from "user",
  },
}
