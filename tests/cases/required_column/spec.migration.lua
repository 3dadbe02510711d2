migration "required_column" {
  description = "A column that every row must have and nobody gives a value: only a table without rows can take it",

  before = schema {
    table "owners" { column "id" :integer() :primary_key() },
    table "parts" {
      column "id" :integer() :primary_key(),
      column "name" :varchar(40) :not_null(),
      column "weight" :integer(),
    },
  },

  after = schema {
    table "owners" { column "id" :integer() :primary_key(), column "note" :varchar(40) },
    table "parts" {
      column "id" :integer() :primary_key(),
      column "name" :varchar(60) :not_null(),
      column "weight" :bigint(),
      column "code" :varchar(20) :not_null() :unique(),
      column "made_on" :date() :not_null(),
      column "owner" :integer() :not_null() :references("owners", "id"),
    },
  },
}
