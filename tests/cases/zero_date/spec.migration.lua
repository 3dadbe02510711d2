-- To MySQL a zero date in a NOT NULL column IS NULL; it is a value all the same.
migration "zero" {
  hints = { people = { rows = 20000 } },
  before = schema { table "people" { column "id" :integer() :primary_key(), column "born" :date() :not_null() } },
  after = schema {
    table "people" { column "id" :integer() :primary_key(), column "birthday" :date() :not_null() :renamed_from "born" },
  },
}
