migration "namespace_left" {
  description = "A table leaves a namespace that goes, while one of its columns gets another type",

  before = schema {
    namespace "old_place",
    namespace "new_place",
    table "old_place.items" {
      column "id" :bigint() :identity() :primary_key(),
      column "amount" :integer(),
      index "items_amount" { "amount" },
    },
    table "orders" { column "id" :integer() :primary_key(), column "item" :references "old_place.items.id" },
  },

  after = schema {
    namespace "new_place",
    table "new_place.goods" {
      column "id" :bigint() :identity() :primary_key(),
      column "amount" :bigint(),
      index "items_amount" { "amount" },
    } :renamed_from "old_place.items",
    table "orders" { column "id" :integer() :primary_key(), column "item" :references "new_place.goods.id" },
  },

  hints = { ["old_place.items"] = { rows = 20000 } },
}
