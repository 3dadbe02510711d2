migration "keyless_child_of_growing_key" {
  description = "A key grows to which a table without one of its own refers",
  before = schema {
    table "people" { column "id" :integer() :identity() :primary_key(), column "no" :integer() },
    table "visits" { column "person" :integer() :references "people.id" },
  },
  after = schema {
    table "people" { column "id" :bigint() :identity() :primary_key(), column "no" :integer() },
    table "visits" { column "person" :bigint() :references "people.id" },
  },
}
