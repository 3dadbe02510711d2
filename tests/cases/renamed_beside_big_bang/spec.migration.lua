migration "renamed_beside_big_bang" {
  description = "A table is copied and renamed under a view while the key that refers to it changes in one sitting",
  environment = "development",

  before = schema {
    table "a" { column "id" :integer() :identity() :primary_key(), column "x" :varchar(5), column "y" :integer() },
    table "b" { column "id" :integer() :primary_key(), column "a_id" :integer() :not_null() :references "a.id" },
    view "v" "SELECT a.id, a.x FROM a",
  },

  after = schema {
    table "aa" {
      column "id" :bigint() :identity() :primary_key(),
      column "xx" :varchar(9) :not_null() :backfill "COALESCE(x, 'n')" :renamed_from "x",
    } :renamed_from "a",
    table "b" { column "id" :integer() :primary_key(), column "aid" :bigint() :not_null() :renamed_from "a_id" :references "aa.id" },
    view "v" "SELECT aa.id, aa.xx FROM aa",
  },
}
