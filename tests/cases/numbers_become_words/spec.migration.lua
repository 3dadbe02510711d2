migration "numbers_become_words" {
  description = "A number that becomes a text, in place",

  before = schema { table "orders" { column "id" :integer() :primary_key(), column "code" :integer(), column "zone" :integer() } },

  after = schema {
    table "orders" {
      column "id" :integer() :primary_key(), column "code" :varchar(20), column "zone" :integer(), index "orders_zone" { "zone" },
    },
  },

  strategy = "direct",
}
