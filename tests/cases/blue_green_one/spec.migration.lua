migration "blue_green_one" {
  description = "Prices flip in one short step",

  before = schema {
    table "prices" { column "id" :bigint() :primary_key(), column "amount" :integer() :not_null() },
  },

  after = schema {
    table "prices" { column "id" :bigint() :primary_key(), column "amount" :bigint() :not_null() } :strategy "blue_green",
  },

  hints = { prices = { rows = 11000, hot = true } },
}
