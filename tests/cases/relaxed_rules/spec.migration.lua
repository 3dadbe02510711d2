migration "relaxed_rules" {
  description = "The new schema accepts what the old one refuses",

  before = schema {
    table "owners" { column "id" :bigint() :primary_key() },
    table "parts" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(5) :not_null(),
      column "code" :integer() :not_null(),
      column "weight" :integer(),
      column "owner" :bigint(),
      unique "parts_code_key" { "code" },
      check "weight_positive" "weight > 0",
      foreign_key "parts_owner_fkey" { "owner" } :references("owners", { "id" }),
    },
  },

  after = schema {
    table "owners" { column "id" :bigint() :primary_key() },
    table "parts" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(50) :not_null(),
      column "code" :integer(),
      column "weight" :integer(),
      column "owner" :bigint(),
    },
  },

  hints = { parts = { rows = 20000 } },
}
