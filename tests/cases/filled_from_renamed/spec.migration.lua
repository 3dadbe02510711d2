migration "filled_from_renamed" {
  description = "A new column is computed from one that gets another name in the same plan",

  before = schema { table "bins" { column "id" :bigint() :primary_key(), column "size" :integer() } },

  after = schema {
    table "bins" {
      column "id" :bigint() :primary_key(),
      column "extent" :integer() :renamed_from "size",
      column "room" :integer() :not_null() :backfill "coalesce(size, 0) + 1",
    },
  },

  hints = { bins = { rows = 12000 } },
}
