migration "asked_shadow_table" {
  description = "The type changes by a second table, as asked",

  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
    },
  },

  after = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :bigint(),
    } :strategy "shadow_table",
  },

  hints = { users = { rows = 12004 } },
}
