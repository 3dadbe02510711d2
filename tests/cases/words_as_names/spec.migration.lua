migration "words_as_names" {
  description = "Columns bear words that the language has itself",

  before = schema {
    table "seen" { column "id" :integer() :primary_key(), column "at" :timestamp() },
    table "spans" {
      column "id" :integer() :primary_key(), column "end" :integer(), column "date" :varchar(10), column "left" :varchar(9),
    },
  },

  after = schema {
    table "seen" { column "id" :integer() :primary_key(), column "at" :timestamptz() },
    table "spans" {
      column "id" :integer() :primary_key(),
      column "end" :bigint() :not_null() :backfill {
        up = 'CASE WHEN "end" IS NULL THEN 0 ELSE "end" END', down = 'CASE WHEN "end" = 0 THEN NULL ELSE "end" END',
      },
      column "day" :varchar(20) :renamed_from "date",
      column "right" :varchar(9) :renamed_from "left",
      check "positive" 'CASE WHEN "end" < 0 THEN 0 ELSE 1 END = 1',
    },
  },

  hints = { seen = { rows = 40000 }, spans = { rows = 40000 } },
}
