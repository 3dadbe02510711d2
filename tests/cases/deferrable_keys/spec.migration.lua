migration "deferrable_keys" {
  description = "A table with keys and exclusions that are checked at the end of a transaction is copied",

  before = schema {
    table "slots" {
      column "id" :integer() :primary_key(),
      column "place" :integer(),
      column "span" :type "int4range",
      unique "slots_place_key" { "place" } :deferrable "deferred",
      exclude "slots_span" { { "span", "&&" } } :deferrable "deferred",
    },
  },

  after = schema {
    table "slots" {
      column "id" :bigint() :primary_key(),
      column "place" :integer(),
      column "span" :type "int4range",
      unique "slots_place_key" { "place" } :deferrable "deferred",
      exclude "slots_span" { { "span", "&&" } } :deferrable "deferred",
    },
  },

  hints = { slots = { rows = 20000 } },
}
