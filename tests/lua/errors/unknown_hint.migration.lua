migration "m" {
  before = schema { table "t" { column "id" :bigint() } },
  after = schema { table "t" { column "id" :bigint() } },
  hints = { t = { row = 5 } },
}
