migration "cascades_before_the_copy" {
  description = "A foreign key acts by itself on rows that have reached a copy before the others are copied",

  before = schema {
    table "parts" {
      column "id" :integer() :primary_key(),
      column "part_of" :integer(),
      foreign_key "parts_part_of_fkey" { "part_of" } :references("parts", { "id" }) :on_delete "set null",
    },
  },

  after = schema {
    table "parts" {
      column "id" :bigint() :primary_key(),
      column "part_of" :bigint(),
      foreign_key "parts_part_of_fkey" { "part_of" } :references("parts", { "id" }) :on_delete "set null",
    } :strategy "shadow_table",
  },

  hints = { parts = { rows = 20000 } },
}
