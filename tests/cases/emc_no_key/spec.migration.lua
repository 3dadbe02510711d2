migration "emc_no_key" {
  description = "Lines without a key are numbered too",

  before = schema {
    table "entries" { column "t" :varchar(50) },
  },

  after = schema {
    table "entries" { column "t" :varchar(50), column "len" :integer() :backfill "length(t)" },
  },

  hints = { entries = { rows = 10500 } },
}
