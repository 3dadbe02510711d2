migration "star_over_filled" {
  description = "A column is added and filled below a view that reads all columns",

  before = schema {
    table "items" { column "id" :integer() :primary_key(), column "amount" :integer() },
    view "all_items" "SELECT * FROM items",
    view "amounts" "SELECT amount FROM all_items",
  },

  after = schema {
    table "items" {
      column "id" :integer() :primary_key(),
      column "amount" :integer(),
      column "twice" :integer() :backfill "amount * 2",
    },
    view "all_items" "SELECT * FROM items",
    view "amounts" "SELECT amount FROM all_items",
  },

  hints = { items = { rows = 20000 } },
}
