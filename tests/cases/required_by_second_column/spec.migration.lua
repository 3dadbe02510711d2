migration "required_by_second_column" {
  description = "A number that grows and becomes required, while the deployed application leaves it out",

  before = schema { table "parts" { column "id" :integer() :primary_key(), column "size" :integer(), column "depth" :integer() } },

  after = schema {
    table "parts" {
      column "id" :integer() :primary_key(),
      column "size" :bigint() :not_null() :backfill "COALESCE(size, 0)",
      column "height" :bigint() :not_null() :renamed_from "depth" :backfill "COALESCE(depth, -1)",
    },
  },
}
