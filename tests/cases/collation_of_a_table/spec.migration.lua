migration "collation_of_a_table" {
  description = "Texts sort by other rules, those of the key and of the enum, too",

  before = schema {
    table "places" {
      column "code" :varchar(40) :primary_key(),
      column "name" :varchar(80),
      column "kind" :enum { "a", "b" },
    } :collate "utf8mb4_unicode_ci",
  },

  after = schema {
    table "places" {
      column "code" :varchar(40) :primary_key(),
      column "name" :varchar(80),
      column "kind" :enum { "a", "b" },
    } :collate "utf8mb4_general_ci",
  },

  hints = { places = { rows = 20000 } },
}
