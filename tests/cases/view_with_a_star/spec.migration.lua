migration "view_with_a_star" {
  description = "Columns come and change below a view that reads all of them",

  before = schema {
    table "items" { column "id" :integer() :primary_key(), column "amount" :integer() },
    view "all_items" "SELECT * FROM items",
  },

  after = schema {
    table "items" {
      column "id" :integer() :primary_key(),
      column "colour" :varchar(20) :not_null() :default "none",
      column "amount" :bigint(),
    },
    view "all_items" "SELECT * FROM items",
  },

  hints = { items = { rows = 20000 } },
}
