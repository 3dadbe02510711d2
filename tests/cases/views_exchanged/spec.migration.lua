migration "views_exchanged" {
  description = "Two views exchange which of them reads the other",

  before = schema {
    table "items" { column "id" :bigint() :primary_key() },
    view "first" "SELECT id FROM items",
    view "second" "SELECT id FROM first",
  },

  after = schema {
    table "items" { column "id" :bigint() :primary_key() },
    view "second" "SELECT id FROM items",
    view "first" "SELECT id FROM second",
  },
}
