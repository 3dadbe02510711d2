migration "emc_no_key" {
  description = "Lines without a key are numbered too",

  before = schema {
    table "lines" { column "t" :varchar(50) },
  },

  after = schema {
    table "lines" { column "t" :varchar(50), column "len" :integer() :backfill "length(t)" },
  },

  hints = { lines = { rows = 10500 } },
}
