-- The smallest useful migration: one column more, and an index to find rows by it.
--
--     forgelua run examples/quickstart.migration.lua --db=sqlite
migration "quickstart_add_phone" {
  description = "People can be reached by phone",

  -- The schema as it is.
  before = schema {
    table "users" {
      column "id"   :bigint() :identity() :primary_key(),
      column "name" :varchar(80) :not_null(),
    },
  },

  -- What is to happen to it. `after = schema { … }` would say the same by writing out the whole result.
  changes = {
    add_column "users" { column "phone" :varchar(20) },
    add_index "users" { index "users_phone_idx" { "phone" } },
  },
}
