migration "filled_from_moved" {
  description = "A new column is computed from one whose type changes in the same plan",

  before = schema { table "bins" { column "id" :bigint() :primary_key(), column "size" :integer() } },

  after = schema {
    table "bins" {
      column "id" :bigint() :primary_key(),
      column "size" :bigint(),
      column "room" :integer() :not_null() :backfill "coalesce(size, 0) + 1",
    },
  },

  hints = { bins = { rows = 12000 } },
}
