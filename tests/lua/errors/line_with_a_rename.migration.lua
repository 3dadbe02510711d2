migration "line_with_a_rename" {
  before = schema { table "t" { column "id" :integer(), column "a" :integer() } }, changes = { rename_column "t.a" "id" },
}
