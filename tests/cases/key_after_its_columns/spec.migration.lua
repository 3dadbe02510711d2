migration "key_after_its_columns" {
  description = "A column gets another type, and its place in the key in a step behind that",

  before = schema {
    table "t" { column "a" :smallint() :primary_key(), column "b" :integer() :not_null() },
  },

  after = schema {
    table "t" { column "a" :integer() :not_null(), column "b" :integer() :not_null(), primary_key { "b", "a" } },
  },
  hints = { t = { rows = 50 } },
}
