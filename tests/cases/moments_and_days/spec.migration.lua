migration "moments_and_days" {
  description = "A moment becomes its day, and a day the moment at which it begins",
  before = schema { table "events" { column "id" :integer() :primary_key(), column "at" :timestamp(), column "day" :date() } },
  after = schema { table "events" { column "id" :integer() :primary_key(), column "at" :date(), column "day" :timestamp() } },
}
