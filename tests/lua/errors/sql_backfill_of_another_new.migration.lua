-- engine: mysql
migration "m" {
  before = schema {
    table "country" { column "code" :char(2) :primary_key() },
    table "city" { column "id" :bigint() :primary_key(), column "country" :char(2) :references "country.code" },
  },
  after = schema {
    table "country" { column "id" :bigint() :identity() :primary_key(), column "code" :char(2) :unique() },
    table "city" {
      column "id" :bigint() :primary_key(),
      column "country" :char(2),
      column "country_id" :bigint() :backfill "(SELECT c.id FROM country AS c WHERE c.code = city.country)",
    },
  },
}
