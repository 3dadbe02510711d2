migration "primary_key_change" {
  description = "Readings are keyed by sensor and time",

  before = schema {
    table "readings" { column "id" :bigint() :primary_key(), column "sensor" :integer() :not_null(), column "at" :bigint() :not_null(), column "v" :integer() },
  },

  after = schema {
    table "readings" { column "id" :bigint() :not_null(), column "sensor" :integer() :not_null(), column "at" :bigint() :not_null(), column "v" :integer(), primary_key { "sensor", "at" } },
  },

  hints = { readings = { rows = 11000 } },
}
