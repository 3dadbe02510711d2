migration "collations_apart" {
  description = "A key and a text sort by other rules in the copy of their table, and neither collation is the database's",

  before = schema {
    table "places" {
      column "code" :varchar(40) :collate "C" :primary_key(),
      column "name" :varchar(80) :collate "C",
      column "size" :integer(),
    },
  },

  after = schema {
    table "places" {
      column "code" :varchar(40) :collate "POSIX" :primary_key(),
      column "name" :varchar(80) :collate "POSIX",
      column "size" :bigint(),
    } :strategy "shadow_table",
  },

  hints = { places = { rows = 1100 } },
}
