migration "counter" {
  before = schema {
    table "events" {
      column "id" :bigint() :identity() :primary_key(),
      column "what" :varchar(20) :not_null(),
    },
  },
  after = schema { table "events" { column "what" :varchar(20) :not_null() } },
}
