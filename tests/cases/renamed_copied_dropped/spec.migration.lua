migration "renamed_copied_dropped" {
  description = "A table gets another name and another key, and loses a column",

  before = schema { table "c" { column "id" :integer() :primary_key(), column "a" :integer(), column "z" :varchar(20) } },

  after = schema { table "child" { column "id" :bigint() :primary_key(), column "a" :integer() } :renamed_from "c" },

  hints = { c = { rows = 40000 } },
}
