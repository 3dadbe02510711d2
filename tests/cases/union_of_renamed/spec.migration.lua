migration "union_of_renamed" {
  description = "Two tables rename a column each, at different moments, under a view over both",

  before = schema {
    table "t" { column "id" :integer() :primary_key(), column "name" :varchar(10), column "x" :integer() },
    table "o" { column "id" :integer() :primary_key(), column "name" :varchar(10), column "x" :integer() },
    view "v" "SELECT id, name, x FROM t UNION ALL SELECT id, name, x FROM o",
  },

  after = schema {
    table "t" { column "id" :integer() :primary_key(), column "title" :varchar(30) :renamed_from "name", column "x" :bigint() },
    table "o" { column "id" :integer() :primary_key(), column "title" :varchar(30) :renamed_from "name", column "x" :integer() },
    view "v" "SELECT id, title, x FROM t UNION ALL SELECT id, title, x FROM o",
  },

  hints = { t = { rows = 40000 }, o = { rows = 40000 } },
}
