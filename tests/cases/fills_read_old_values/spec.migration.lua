migration "fills_read_old_values" {
  description = "Two columns are filled, one from what the other held before",

  before = schema {
    table "scores" { column "id" :integer() :primary_key(), column "base" :integer(), column "note" :varchar(20) },
  },

  after = schema {
    table "scores" {
      column "id" :integer() :primary_key(),
      column "base" :integer() :not_null() :backfill "COALESCE(base, 100)",
      column "note" :varchar(20),
      column "bonus" :integer() :backfill "COALESCE(base, 0) + 1",
    },
  },

  hints = { scores = { rows = 20000 } },
}
