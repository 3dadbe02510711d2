-- SQLite writes a renamed column into the views that read it: their columns' names, and what reads them, must not follow.
migration "sitting" {
  hints = { items = { rows = 20, critical = false } },
  before = schema {
    table "items" { column "id" :bigint() :primary_key(), column "a" :integer(), column "b" :integer() },
    view "plain" "SELECT a, b FROM items",
    view "above" "SELECT a FROM plain",
  },
  after = schema {
    table "items" {
      column "id" :bigint() :primary_key(),
      column "aa" :bigint() :renamed_from "a",
      column "b" :integer(),
    },
    view "plain" "SELECT aa AS a, b FROM items",
    view "above" "SELECT a FROM plain",
  },
}
