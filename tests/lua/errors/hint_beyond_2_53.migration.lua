migration "m" {
  before = schema { table "t" { column "id" :bigint() :primary_key() } },
  changes = { add_column "t" { column "a" :text() } },
  hints = { t = { rows = 1 / 0 } },
}
