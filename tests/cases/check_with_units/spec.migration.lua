migration "check_with_units" {
  description = "Amounts are kept in other units, and the check on them with them",

  before = schema {
    table "prices" { column "id" :integer() :primary_key(), column "amount" :integer() :not_null(), check "dear" "amount > 100" },
  },

  after = schema {
    table "prices" {
      column "id" :integer() :primary_key(),
      column "amount" :bigint() :not_null() :backfill { up = "-amount", down = "-amount" },
      check "dear" "amount < -100",
    },
  },

  hints = { prices = { rows = 40000 } },
}
