migration "copied_parent_goes" {
  description = "Tables are copied while the one that they refer to goes: on the way back nothing points at its rows, which are lost",

  before = schema {
    table "kinds" { column "id" :integer() :primary_key(), column "name" :varchar(9) },
    table "items" { column "id" :integer() :primary_key(), column "kind" :integer() :references "kinds.id" },
    table "parts" {
      column "id" :integer() :primary_key(), column "kind" :integer(),
      foreign_key "part_kind" { "kind" } :references("kinds", "id"),
    },
    table "new_kinds" { column "id" :integer() :primary_key() },
    table "marks" { column "id" :integer() :primary_key(), column "kind" :integer() :references "kinds.id" },
  },

  after = schema {
    table "items" { column "id" :bigint() :primary_key(), column "kind" :integer() },
    table "parts" {
      column "id" :bigint() :primary_key(), column "kind" :integer(),
      foreign_key "part_kind" { "kind" } :references("new_kinds", "id"),
    },
    table "new_kinds" { column "id" :integer() :primary_key() },
    table "marks" { column "id" :integer() :primary_key(), column "sort" :bigint() :renamed_from "kind" },
  },
}
