migration "emc_composite_key" {
  description = "Votes are weighted",

  before = schema {
    table "votes" { column "poll" :integer(), column "person" :varchar(20), column "v" :integer(), primary_key { "poll", "person" } },
  },

  after = schema {
    table "votes" {
      column "poll" :integer(), column "person" :varchar(20), column "v" :integer(),
      column "weight" :integer() :not_null() :backfill "coalesce(v, 0) * 2",
      primary_key { "poll", "person" },
    },
  },

  hints = { votes = { rows = 12000 } },
}
