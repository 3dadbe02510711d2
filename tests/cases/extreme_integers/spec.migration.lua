-- The sums that compare a copy with its table go beyond 64 bits.
migration "extreme" {
  hints = { counters = { rows = 20000 } },
  before = schema { table "counters" { column "id" :bigint() :primary_key(), column "n" :bigint() } },
  after = schema { table "counters" { column "id" :bigint() :primary_key(), column "n" :bigint() :not_null() :default(0) } },
}
