migration "rename_table_and_change" {
  description = "Users are called people and may have a phone",

  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
    },
  },

  after = schema {
    table "people" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
      column "phone" :varchar(20),
      index "people_phone_idx" { "phone" },
    } :renamed_from "users",
  },
}
