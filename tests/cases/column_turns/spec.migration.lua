migration "column_turns" {
  description = "A virtual column becomes a stored one, a column comes with a default for each row, a collation brings its character set",

  before = schema {
    table "parcels" {
      column "id" :integer() :primary_key(),
      column "grams" :integer() :not_null(),
      column "kilos" :integer() :generated("grams DIV 1000", "virtual"),
      column "pounds" :integer() :generated("grams DIV 454", "stored"),
      column "label" :varchar(20),
      index "parcels_kilos" { "kilos", "id" },
      check "parcels_light" "grams < 2000000",
    } :charset "utf8mb3" :collate "utf8mb3_general_ci",
  },

  after = schema {
    table "parcels" {
      column "id" :integer() :primary_key(),
      column "grams" :integer() :not_null(),
      column "kilos" :integer() :generated("grams DIV 1000", "stored"),
      column "pounds" :integer() :generated("grams DIV 454", "virtual"),
      column "label" :varchar(20) :collate "utf8mb4_bin",
      column "token" :varchar(36) :not_null() :default(sql "uuid()"),
      index "parcels_kilos" { "kilos", "id" },
      check "parcels_light" "grams < 2000000",
    } :charset "utf8mb3" :collate "utf8mb3_general_ci",
  },

  hints = { parcels = { rows = 300 } },
}
