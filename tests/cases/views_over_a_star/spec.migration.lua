migration "views_over_a_star" {
  description = "A column is renamed below a view that reads all of them, and views over that one say its new name or none",

  before = schema {
    table "items" { column "id" :integer() :primary_key(), column "amount" :integer() },
    table "kinds" { column "id" :integer() :primary_key(), column "amount" :integer() },
    view "all_items" "SELECT * FROM items",
    view "amounts" "SELECT amount FROM all_items",
    view "joined" "SELECT a.id, k.amount FROM all_items AS a JOIN kinds AS k ON k.id = a.id",
    view "of_all" "SELECT * FROM all_items",
  },

  after = schema {
    table "items" { column "id" :integer() :primary_key(), column "total" :integer() :renamed_from "amount" },
    table "kinds" { column "id" :integer() :primary_key(), column "amount" :integer() },
    view "all_items" "SELECT * FROM items",
    view "amounts" "SELECT total AS amount FROM all_items",
    view "joined" "SELECT a.id, k.amount FROM all_items AS a JOIN kinds AS k ON k.id = a.id",
    view "of_all" "SELECT * FROM all_items",
  },
}
