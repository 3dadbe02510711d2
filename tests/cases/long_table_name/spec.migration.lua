migration "long_table_name" {
  description = "A table whose name is as long as the engine allows is copied",

  before = schema {
    table "measurements_of_the_stations_along_the_northern_river_in_winter" {
      column "id" :integer() :primary_key(),
      column "level" :integer(),
    },
  },

  after = schema {
    table "measurements_of_the_stations_along_the_northern_river_in_winter" {
      column "id" :bigint() :primary_key(),
      column "level" :integer() :not_null() :backfill "0",
    },
  },

  hints = { measurements_of_the_stations_along_the_northern_river_in_winter = { rows = 20000 } },
}
