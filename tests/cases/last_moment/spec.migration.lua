migration "last_moment" {
  description = "A datetime gets more digits; what stands for ever has a fraction that the old column would round beyond the last moment",
  before = schema { table "t" { column "id" :integer() :primary_key(), column "until" :datetime() } },
  after = schema { table "t" { column "id" :integer() :primary_key(), column "until" :datetime(6) } },
}
