migration "rename_index" {
  description = "The index gets its proper name",

  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
      index "idx1" { "name" },
    },
  },

  after = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
      index "users_name_idx" { "name" } :renamed_from "idx1",
    },
  },
}
