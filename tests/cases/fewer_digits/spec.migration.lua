-- What the new type rounds must equal what it was computed from: neither the backfill nor its check may take it for a bad value.
migration "digits" {
  hints = { prices = { rows = 20000 } },
  before = schema {
    table "prices" {
      column "id" :integer() :primary_key(),
      column "amount" :numeric(10, 3),
      column "at" :timestamp(6),
    },
  },
  after = schema {
    table "prices" {
      column "id" :integer() :primary_key(),
      column "amount" :numeric(10, 1),
      column "at" :timestamp(0),
    },
  },
}
