-- What a user states is a text in PostgreSQL's eyes: the result of CASE over literals, of a function of texts, of a document.
migration "texts_into_types" {
  description = "Columns of several types are made from texts",

  before = schema {
    table "r" {
      column "id" :bigint() :primary_key(),
      column "active" :boolean(),
      column "code" :varchar(40),
      column "kind" :varchar(20),
    },
  },

  after = schema {
    enum "r_state" { "on", "off" },
    enum "r_kind" { "a", "b", "other" },
    table "r" {
      column "id" :bigint() :primary_key(),
      column "active" :boolean(),
      column "code" :varchar(40),
      column "kind" :enum "r_kind" :not_null() :default "other" :backfill "CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END",
      column "state" :enum "r_state" :not_null() :default "off" :backfill "CASE WHEN active THEN 'on' ELSE 'off' END",
      column "seen" :date() :backfill "CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END",
      column "number" :integer() :backfill "substr(code, 2)",
      column "marked" :boolean() :backfill "CASE WHEN kind = 'a' THEN 1 ELSE 0 END",
    },
  },
}
