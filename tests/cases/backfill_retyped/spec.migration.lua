migration "backfill_retyped" {
  description = "A small table's columns are computed anew, not only converted",

  before = schema {
    table "parts" {
      column "id" :bigint() :primary_key(),
      column "code" :varchar(10),
      column "label" :varchar(10),
      column "weight" :integer(),
    },
  },

  after = schema {
    table "parts" {
      column "id" :bigint() :primary_key(),
      column "code" :integer() :not_null() :backfill "coalesce(length(code), 0) * 100",
      column "label" :varchar(20) :backfill "upper(label)",
      column "grams" :integer() :renamed_from "weight" :backfill "weight + 1",
    },
  },

  hints = { parts = { rows = 100, critical = false } },
}
