migration "names_passed_on" {
  description = "Names of keys and indexes pass to another kind, and to another table; a column becomes the key",

  before = schema {
    table "notes" {
      column "id" :integer(), column "a" :integer() :not_null(), column "b" :integer(),
      unique "notes_a" { "a" }, index "notes_b" { "b" },
    },
    table "marks" { column "id" :integer() :primary_key(), column "c" :integer(), index "marks_c" { "c" } },
    table "tags" { column "id" :integer() :primary_key(), column "c" :integer() },
  },

  after = schema {
    table "notes" {
      column "id" :integer() :primary_key(), column "a" :integer() :not_null(), column "b" :integer(),
      index "notes_a" { "a" }, unique "notes_b" { "b" },
    },
    table "marks" { column "id" :integer() :primary_key(), column "c" :integer() },
    table "tags" { column "id" :integer() :primary_key(), column "c" :integer(), index "marks_c" { "c" } },
  },

  hints = { notes = { rows = 20000 }, marks = { rows = 20000 }, tags = { rows = 20000 } },
}
