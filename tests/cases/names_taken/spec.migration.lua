migration "names_taken" {
  description = "Tables and columns stand under the names that second ones would get",

  before = schema {
    table "items" {
      column "id" :integer() :primary_key(),
      column "code" :varchar(20),
      column "code__new" :integer(),
      column "code__old" :integer(),
    },
    table "lots" { column "id" :integer() :primary_key(), column "note" :varchar(20) },
    table "lots__new" { column "id" :bigint() :primary_key(), column "a" :varchar(20) },
    table "lots__old" { column "id" :bigint() :primary_key() },
  },

  after = schema {
    table "items" {
      column "id" :integer() :primary_key(),
      column "code" :integer(),
      column "code__new" :integer(),
      column "code__old" :integer(),
    },
    table "lots" { column "id" :bigint() :primary_key(), column "note" :varchar(20) },
    table "lots__new" { column "id" :bigint() :primary_key(), column "a" :varchar(20) },
    table "lots__old" { column "id" :bigint() :primary_key() },
  },

  hints = { items = { rows = 12000 }, lots = { rows = 12000 } },
}
