migration "copied_parent_goes" {
  description = "A table is copied while the one that it refers to goes: the way back asks for rows that would point nowhere",

  before = schema {
    table "kinds" { column "id" :integer() :primary_key(), column "name" :varchar(9) },
    table "items" { column "id" :integer() :primary_key(), column "kind" :integer() :references "kinds.id" },
    table "parts" {
      column "id" :integer() :primary_key(), column "kind" :integer(),
      foreign_key "part_kind" { "kind" } :references("kinds", "id"),
    },
    table "new_kinds" { column "id" :integer() :primary_key() },
  },

  after = schema {
    table "items" { column "id" :bigint() :primary_key(), column "kind" :integer() },
    table "parts" {
      column "id" :integer() :primary_key(), column "kind" :integer(),
      foreign_key "part_kind" { "kind" } :references("new_kinds", "id"),
    },
    table "new_kinds" { column "id" :integer() :primary_key() },
  },
}
