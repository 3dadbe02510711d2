migration "arrays_of_text" {
  description = "Arrays whose elements get a narrower and a wider type",

  before = schema {
    table "posts" {
      column "id" :integer() :primary_key(),
      column "tags" :text() :array(),
      column "votes" :integer() :array() :not_null() :default(sql "'{}'"),
    },
  },

  after = schema {
    table "posts" {
      column "id" :integer() :primary_key(),
      column "tags" :varchar(20) :array(),
      column "marks" :bigint() :array() :not_null() :default(sql "'{}'") :renamed_from "votes",
    },
  },
}
