migration "columns_swapped" {
  description = "Two columns exchange their names, and two pass theirs on",

  before = schema {
    table "pairs" { column "id" :integer() :primary_key(), column "a" :integer(), column "b" :varchar(9) },
    table "ledger" { column "id" :integer() :primary_key(), column "x" :integer(), column "y" :varchar(9) },
  },

  after = schema {
    table "pairs" {
      column "id" :integer() :primary_key(),
      column "b" :integer() :renamed_from "a",
      column "a" :varchar(9) :renamed_from "b",
    },
    table "ledger" {
      column "id" :integer() :primary_key(),
      column "y" :integer() :renamed_from "x",
      column "z" :varchar(9) :renamed_from "y",
    } :strategy "direct",
  },

  hints = { pairs = { rows = 40 } },
}
