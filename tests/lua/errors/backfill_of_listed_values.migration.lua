migration "m" {
  before = schema {
    enum "mood" { "sad", "glad", "odd" },
    table "people" { column "id" :bigint() :primary_key(), column "mood" :enum "mood" },
  },
  after = schema {
    enum "mood" { "sad", "glad" },
    table "people" { column "id" :bigint() :primary_key(), column "mood" :enum "mood" :backfill "CASE WHEN mood = 'odd' THEN 'sad' ELSE mood END" },
  },
}
