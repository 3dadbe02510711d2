migration "archived_parent" {
  description = "A table goes into an archive, others let go of their references to it: the way back finds its rows there",

  before = schema {
    table "kinds" { column "id" :integer() :primary_key(), column "name" :varchar(9) },
    table "items" { column "id" :integer() :primary_key(), column "kind" :integer() :references "kinds.id" },
    table "parts" { column "id" :integer() :primary_key(), column "kind" :integer() :references "kinds.id" },
    table "notes" { column "id" :integer() :primary_key(), column "kind" :integer() :references "kinds.id" },
    table "marks" { column "id" :integer() :primary_key(), column "kind" :integer() :not_null() :references "kinds.id" },
    table "tags" { column "id" :integer() :primary_key(), column "kind" :integer() :not_null() :references "kinds.id" },
    table "a_kinds" { column "id" :integer() :primary_key(), column "name" :varchar(9) },
    table "old_items" { column "id" :integer() :primary_key(), column "kind" :integer() :not_null() :references "a_kinds.id" },
  },

  after = schema {
    table "items" { column "id" :integer() :primary_key(), column "kind" :integer() },
    table "parts" { column "id" :bigint() :primary_key(), column "kind" :integer() },
    table "notes" { column "id" :integer() :primary_key(), column "sort" :bigint() :renamed_from "kind" },
    table "marks" { column "id" :integer() :primary_key(), column "kind" :integer() :not_null() },
    table "tags" { column "id" :integer() :primary_key(), column "sort" :bigint() :not_null() :renamed_from "kind" },
    drop_table "kinds" :archive(),
    drop_table "a_kinds" :archive(),
    drop_table "old_items" :archive(),
  },
}
