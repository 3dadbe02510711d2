migration "copied_cascades" {
  description = "Keys grow while foreign keys act by themselves: what they do reaches the copies",

  before = schema {
    table "people" { column "id" :integer() :primary_key(), column "name" :varchar(20) },
    table "pets" {
      column "id" :integer() :primary_key(),
      column "owner" :integer() :not_null(),
      column "vet" :integer(),
      foreign_key "pets_owner_fkey" { "owner" } :references("people", { "id" }) :on_delete "cascade" :on_update "cascade",
      foreign_key "pets_vet_fkey" { "vet" } :references("people", { "id" }) :on_delete "set null",
    },
    table "parts" {
      column "id" :integer() :primary_key(),
      column "part_of" :integer(),
      foreign_key "parts_part_of_fkey" { "part_of" } :references("parts", { "id" }) :on_delete "cascade",
    },
    table "notes" { column "id" :integer() :primary_key(), column "text" :varchar(20) },
  },

  after = schema {
    table "people" { column "id" :bigint() :primary_key(), column "name" :varchar(20) },
    table "pets" {
      column "id" :bigint() :primary_key(),
      column "owner" :bigint() :not_null(),
      column "vet" :bigint(),
      foreign_key "pets_owner_fkey" { "owner" } :references("people", { "id" }) :on_delete "cascade" :on_update "cascade",
      foreign_key "pets_vet_fkey" { "vet" } :references("people", { "id" }) :on_delete "set null",
    },
    table "parts" {
      column "id" :bigint() :primary_key(),
      column "part_of" :bigint(),
      foreign_key "parts_part_of_fkey" { "part_of" } :references("parts", { "id" }) :on_delete "cascade",
    },
    table "notes" { column "id" :bigint() :primary_key(), column "text" :varchar(20) },
  },

  hints = { people = { rows = 20000 }, pets = { rows = 20000 }, parts = { rows = 20000 }, notes = { rows = 20000 } },
}
