migration "fills_beside_values" {
  description = "What stands in one column stays where another one of the row is filled",

  before = schema {
    table "goods" { column "id" :integer() :primary_key(), column "name" :varchar(20), column "size" :integer(), column "note" :varchar(20) },
  },

  after = schema {
    table "goods" {
      column "id" :integer() :primary_key(),
      column "name" :varchar(20) :not_null() :backfill "'none'",
      column "size" :integer() :not_null() :backfill "77",
      column "note" :varchar(20),
      column "stars" :integer() :not_null() :backfill "5",
      column "kind" :varchar(20) :backfill "note",
    },
  },

  hints = { goods = { rows = 20000 } },
}
