-- engine: postgres
migration "m" {
  before = schema {},
  after = schema {
    table "t" { column "id" :bigint() },
    sequence "numbers" :owned_by "t.idd",
  },
}
