migration "relaxed_and_renamed" {
  description = "The new schema accepts what the old one refuses, under other names",

  before = schema {
    table "labels" {
      column "id" :bigint() :primary_key(),
      column "word" :varchar(20) :not_null(),
      column "code" :integer(),
      unique "labels_code_key" { "code" },
    },
    table "prices" {
      column "id" :bigint() :primary_key(),
      column "amount" :integer() :not_null(),
      column "tax" :integer(),
      unique "prices_amount_key" { "amount" },
      check "amount_positive" "amount > 0",
      check "tax_positive" "tax > 0",
    },
  },

  after = schema {
    table "tags" :renamed_from "labels" {
      column "id" :bigint() :primary_key(),
      column "word" :varchar(20),
      column "code" :integer(),
    },
    table "prices" {
      column "id" :bigint() :primary_key(),
      column "cost" :integer() :renamed_from "amount",
      column "tax" :bigint(),
      check "tax_positive" "tax > -10",
    },
  },

  hints = { labels = { rows = 20000 }, prices = { rows = 20000 } },
}
