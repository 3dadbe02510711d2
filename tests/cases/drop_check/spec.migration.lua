migration "drop_check" {
  description = "Any age is good",

  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
      check "age_ok" "age >= 0",
    },
  },

  after = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
    },
  },
}
