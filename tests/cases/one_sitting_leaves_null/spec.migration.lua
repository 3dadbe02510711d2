migration "one_sitting_leaves_null" {
  description = "In one sitting, a column is filled whose expression gives nothing for some rows",

  before = schema { table "books" { column "id" :bigint() :primary_key(), column "title" :varchar(60) } },

  after = schema {
    table "books" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(60) :renamed_from "title",
      column "label" :varchar(80) :backfill "title",
      column "words" :integer() :not_null() :backfill "CASE WHEN title IS NULL THEN 0 ELSE 1 END",
    },
  },

  hints = { books = { rows = 1204 } },
  strategy = "big_bang",
}
