migration "m" {
  before = schema {},
  after = schema {
    table "a" { column "id" :bigint(), index "i" { "id" } },
    table "b" { column "id" :bigint(), index "i" { "id" } },
  },
}
