migration "blue_green_set" {
  description = "Two tables flip together",

  before = schema {
    table "carts" { column "id" :integer() :primary_key(), column "owner" :varchar(20) },
    table "entries" { column "id" :bigint() :primary_key(), column "cart" :integer() :not_null(), foreign_key "entries_cart_fk" { "cart" } :references("carts", { "id" }) },
  },

  after = schema {
    table "carts" { column "id" :bigint() :primary_key(), column "owner" :varchar(20) } :strategy "blue_green",
    table "entries" { column "id" :bigint() :primary_key(), column "cart" :bigint() :not_null(), foreign_key "entries_cart_fk" { "cart" } :references("carts", { "id" }) } :strategy "blue_green",
  },

  hints = { carts = { rows = 20000, hot = true }, entries = { rows = 20000, hot = true } },
}
