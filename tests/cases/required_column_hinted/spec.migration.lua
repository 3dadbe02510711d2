migration "required_column_hinted" {
  description = "A column that every row must have and nobody gives a value: the spec says that there is no row",

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

  hints = { parts = { rows = 0 } },
}
