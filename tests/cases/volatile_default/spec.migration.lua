migration "volatile_default" {
  description = "New columns whose default or backfill gives another value each time",

  before = schema {
    table "tickets" { column "id" :bigint() :primary_key(), column "place" :varchar(20) },
  },

  after = schema {
    table "tickets" {
      column "id" :bigint() :primary_key(),
      column "place" :varchar(20),
      column "token" :varchar(60) :not_null() :default(sql {
        postgres = "gen_random_uuid()::text", mysql = "(uuid())", mariadb = "uuid()", sqlite = "(lower(hex(randomblob(16))))" }),
      column "draw" :varchar(60) :backfill(sql {
        postgres = "place || random()::text", mysql = "concat(place, rand())", mariadb = "concat(place, rand())",
        sqlite = "place || random()" }),
    },
  },

  hints = { tickets = { rows = 12003 } },
}
