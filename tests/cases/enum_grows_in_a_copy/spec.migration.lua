migration "enum_grows_in_a_copy" {
  description = "A state gets another value, its column another name, and its table a larger key",
  before = schema {
    enum "st" { "x", "y" },
    table "t" { column "id" :integer() :identity() :primary_key(), column "st" :enum "st" :not_null() :default "x" },
  },
  after = schema {
    enum "st" { "x", "y", "z" },
    table "t" { column "id" :bigint() :identity() :primary_key(), column "status" :enum "st" :not_null() :default "z" :renamed_from "st" },
  },
}
