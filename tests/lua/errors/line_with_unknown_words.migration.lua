migration "line_with_unknown_words" {
  before = schema {},
  after = schema { table "t" { column "stored" :text(), column "a" :integer(), column "stord" :text() :stord() } },
}
