-- engine: postgres
migration "m" {
  before = schema {},
  after = schema {
    table "places" {
      column "id" :bigint() :primary_key(),
      column "spot" :type "",
    },
  },
}
