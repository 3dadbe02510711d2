migration "rename_constraint" {
  description = "The constraint gets its proper name",

  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
      check "c1" "age >= 0",
    },
  },

  after = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
      check "age_ok" "age >= 0" :renamed_from "c1",
    },
  },
}
