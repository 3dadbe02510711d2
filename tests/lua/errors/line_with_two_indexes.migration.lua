migration "line_with_two_indexes" {
  before = schema { table "t" { column "a" :integer(), index "i" { "a" } } }, after = schema { table "t" { column "a" :integer(), index "i" { "a", "a" } } },
}
