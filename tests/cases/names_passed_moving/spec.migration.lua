migration "names_passed_moving" {
  description = "A unique key becomes an index of its name, and an index a unique key, while their columns move",

  before = schema {
    table "t" { column "id" :integer() :primary_key(), column "b" :integer(), unique "tb" { "b" } },
    table "u" { column "id" :integer() :primary_key(), column "b" :integer(), index "ub" { "b" } },
  },

  after = schema {
    table "t" { column "id" :integer() :primary_key(), column "bb" :bigint() :renamed_from "b", index "tb" { "bb" } },
    table "u" { column "id" :integer() :primary_key(), column "bb" :integer() :renamed_from "b", unique "ub" { "bb" } },
  },

  hints = { t = { rows = 40000 }, u = { rows = 40000 } },
}
