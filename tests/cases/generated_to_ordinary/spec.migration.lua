migration "generated_to_ordinary" {
  description = "A computed column is written from now on",

  before = schema {
    table "sums" {
      column "id" :bigint() :primary_key(),
      column "a" :integer(),
      column "b" :integer(),
      column "total" :integer() :generated("a + b", "stored"),
    },
  },

  after = schema {
    table "sums" {
      column "id" :bigint() :primary_key(),
      column "a" :integer(),
      column "b" :integer(),
      column "total" :integer(),
    },
  },

  hints = { sums = { rows = 20000 } },
}
