migration "counter_in_one_sitting" {
  description = "A table gets a key that the database counts, and another name, while the application stands still",
  environment = "development",

  before = schema {
    table "links" { column "x" :integer() :not_null(), column "y" :integer() :not_null(), primary_key { "x", "y" } },
  },

  after = schema {
    table "edges" {
      column "id" :bigint() :identity() :primary_key(),
      column "x" :integer() :not_null(),
      column "y" :integer() :not_null(),
      unique { "x", "y" },
    } :renamed_from "links",
  },
}
