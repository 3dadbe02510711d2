migration "relaxed_renamed_column" {
  description = "A column gets another name and may hold what it might not before",

  before = schema {
    table "labels" {
      column "id" :bigint() :primary_key(),
      column "code" :integer(),
      unique "labels_code_key" { "code" },
    },
    table "prices" {
      column "id" :bigint() :primary_key(),
      column "amount" :integer() :not_null(),
      unique "prices_amount_key" { "amount" },
      check "amount_positive" "amount > 0",
    },
  },

  after = schema {
    table "tags" :renamed_from "labels" {
      column "id" :bigint() :primary_key(),
      column "code" :integer(),
    },
    table "prices" {
      column "id" :bigint() :primary_key(),
      column "cost" :integer() :renamed_from "amount",
    },
  },

  hints = { labels = { rows = 20000 }, prices = { rows = 20000 } },
}
