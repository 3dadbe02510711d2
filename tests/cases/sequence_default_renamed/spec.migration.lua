migration "sequence_default_renamed" {
  description = "Columns of tables that take numbers from a sequence change: the server alters no such table under LOCK TABLES",
  before = schema {
    sequence "numbers",
    table "t" { column "id" :bigint() :primary_key(), column "n" :bigint() :not_null() :default(sql "nextval(numbers)") },
    table "p" { column "id" :integer() :primary_key(), column "a" :integer() },
    table "c" { column "id" :bigint() :primary_key(), column "n" :bigint() :default(sql "NEXT VALUE FOR numbers"),
                column "p_id" :integer() :references "p.id" },
  },
  after = schema {
    sequence "numbers",
    table "t" { column "id" :bigint() :primary_key(),
                column "num" :bigint() :not_null() :renamed_from "n" :default(sql "nextval(numbers)") },
    table "p" { column "id" :integer() :primary_key(), column "a" :bigint() } :strategy "shadow_table",
    table "c" { column "id" :bigint() :primary_key(), column "n" :bigint() :default(sql "NEXT VALUE FOR numbers"),
                column "p_id" :integer() :references "p.id" },
  },
}
