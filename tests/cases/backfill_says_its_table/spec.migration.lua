migration "backfill_says_its_table" {
  description = "The way there of a backfill says its table by the old name, the way back by the new one, with and without a query",

  before = schema {
    table "prices" { column "id" :integer() :primary_key(), column "cents" :integer(), column "tax" :integer() },
    table "rates" { column "id" :integer() :primary_key(), column "factor" :integer() },
  },

  after = schema {
    table "costs" {
      column "id" :integer() :primary_key(),
      column "amount" :bigint() :renamed_from "cents" :backfill { up = "prices.cents * 2", down = "costs.amount / 2" },
      column "due" :bigint() :renamed_from "tax" :backfill {
        up = "(SELECT prices.tax * r.factor FROM rates r WHERE r.id = 1)",
        down = "(SELECT costs.due / r.factor FROM rates r WHERE r.id = 1)",
      },
    } :renamed_from "prices",
    table "rates" { column "id" :integer() :primary_key(), column "factor" :integer() },
  },
}
