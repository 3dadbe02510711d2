migration "null_beside_a_default" {
  description = "Columns with defaults get other names and types, and both applications state NULL where they mean it",

  before = schema {
    table "items" {
      column "id" :integer() :primary_key(),
      column "amount" :integer() :default(5),
      column "colour" :varchar(10) :default "Red",
      column "open" :boolean() :default(true),
    },
  },

  after = schema {
    table "items" {
      column "id" :integer() :primary_key(),
      column "quantity" :bigint() :default(5) :renamed_from "amount",
      column "shade" :varchar(30) :default "Red" :renamed_from "colour",
      column "is_open" :boolean() :default(true) :renamed_from "open",
    },
  },

  hints = { items = { rows = 20000 } },
}
