migration "references_move" {
  description = "Foreign keys go over to another table while the one that they referred to goes, named ones and unnamed ones",

  before = schema {
    table "old_kinds" { column "id" :integer() :primary_key(), column "name" :varchar(9) },
    table "kinds" { column "id" :integer() :primary_key(), column "name" :varchar(9) },
    table "items" { column "id" :integer() :primary_key(), column "old_kind" :integer() :references "old_kinds.id" },
    table "parts" {
      column "id" :integer() :primary_key(), column "kind" :integer(),
      foreign_key "part_kind" { "kind" } :references("old_kinds", "id"),
    },
    table "counters" { column "id" :integer() :primary_key(), column "n" :integer() },
  },

  after = schema {
    table "kinds" { column "id" :integer() :primary_key(), column "name" :varchar(9) },
    table "items" { column "id" :integer() :primary_key(), column "kind" :integer() :references "kinds.id" },
    table "parts" {
      column "id" :integer() :primary_key(), column "kind" :integer(),
      foreign_key "part_kind" { "kind" } :references("kinds", "id"),
    },
    table "counters" { column "n" :integer() },
  },
}
