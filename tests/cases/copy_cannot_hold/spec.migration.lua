migration "copy_cannot_hold" {
  description = "Between backfill and switch the deployed application writes what the copy of its table cannot hold",

  before = schema {
    table "readings" {
      column "id" :bigint() :primary_key(),
      column "code" :varchar(20) :not_null(),
      column "level" :integer(),
    },
  },

  after = schema {
    table "readings" {
      column "id" :bigint() :primary_key(),
      column "code" :bigint() :not_null(),
      column "level" :integer(),
      check "level_positive" "level > 0",
    },
  },

  hints = { readings = { rows = 12003 } },
}
