migration "line_with_both_schemas" {
  before = schema { table "t" { column "id" :integer(), column "a" :integer() } }, after = schema { table "t" { column "id" :integer(), column "a" :text(), column "a" :text() } },
}
