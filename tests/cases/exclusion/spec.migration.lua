migration "exclusion" {
  description = "Rooms are booked once",

  before = schema {
    table "bookings" { column "id" :bigint() :primary_key(), column "room" :type "int4range" },
  },

  after = schema {
    table "bookings" { column "id" :bigint() :primary_key(), column "room" :type "int4range", exclude "no_overlap" { { column = "room", with = "&&" } } :using "gist" },
  },

  hints = { bookings = { rows = 40000 } },
}
