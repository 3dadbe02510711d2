-- Both tables are copied, and the column that one refers to the other by changes its name: the tables that stand aside must go
-- on pointing at each other, or SQLite refuses the application's writes as long as they stand.
migration "key_renamed" {
  before = schema {
    table "countries" { column "id" :integer() :primary_key(), column "code" :varchar(2) :unique() },
    table "towns" { column "id" :integer() :primary_key(), column "country" :varchar(2) :references "countries.code" },
  },
  after = schema {
    table "countries" { column "id" :integer() :primary_key(), column "iso" :varchar(3) :unique() :renamed_from "code" },
    table "towns" { column "id" :integer() :primary_key(), column "country" :varchar(3) :references "countries.iso" },
  },
}
