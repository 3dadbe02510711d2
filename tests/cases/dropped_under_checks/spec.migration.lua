migration "dropped_under_checks" {
  description = "Required columns go that checks guard: on the way back they hold values that the checks accept",

  before = schema {
    table "items" {
      column "id" :integer() :primary_key(),
      column "name" :varchar(8) :not_null(),
      column "price" :integer() :not_null(),
      column "low" :integer() :not_null(),
      column "high" :integer() :not_null(),
      column "kind" :varchar(9) :not_null(),
      check "name_given" "name <> ''",
      check "price_positive" "price > 0",
      check "ordered" "low < high",
      check "known" "kind IN ('small', 'large')",
    },
  },

  after = schema { table "items" { column "id" :integer() :primary_key(), column "low" :integer() :not_null() } },
}
