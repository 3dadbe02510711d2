migration "child_renamed_under_copy" {
  description = "Tables are copied while columns and tables that refer to them get other names",

  before = schema {
    table "p" { column "id" :integer() :primary_key(), column "n" :varchar(10) },
    table "c" { column "id" :integer() :primary_key(), column "p_id" :integer() :references "p.id" },
    table "r" { column "id" :integer() :primary_key(), column "q" :integer() :default(1) },
    table "d" { column "id" :integer() :primary_key(), column "r_id" :integer() :references "r.id" },
  },

  changes = {
    alter_column "p.id" :bigint(),
    rename_column "c.p_id" "parent",
    alter_column "r.q" :bigint() :not_null() :backfill "COALESCE(q, 0)" :strategy "shadow_table",
    rename_table "d" "child",
  },

  hints = { p = { rows = 40000 }, c = { rows = 40000 }, r = { rows = 40000 }, d = { rows = 40000 } },
}
