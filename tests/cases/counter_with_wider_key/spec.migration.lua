migration "counter_with_wider_key" {
  description = "A key that the application gave becomes wider, and is counted from then on",

  before = schema { table "tickets" { column "id" :integer() :primary_key(), column "a" :integer() } },

  after = schema { table "tickets" { column "id" :bigint() :identity() :primary_key(), column "a" :integer() } },

  hints = { tickets = { rows = 40 } },
}
