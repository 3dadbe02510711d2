migration "filler_under_a_check" {
  description = "Values that the old columns cannot hold come back as ones that their checks accept",

  before = schema {
    table "goods" {
      column "id" :integer() :primary_key(), column "count" :integer() :not_null(), column "word" :varchar(3) :not_null(),
      check "count_positive" "count > 0", check "word_given" "word <> ''",
    },
  },

  after = schema {
    table "goods" {
      column "id" :integer() :primary_key(), column "amount" :bigint() :not_null() :renamed_from "count",
      column "name" :varchar(30) :not_null() :renamed_from "word",
      check "count_positive" "amount > 0", check "word_given" "name <> ''",
    },
  },
}
