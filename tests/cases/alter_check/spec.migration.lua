migration "alter_check" {
  description = "Ages are plausible",

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
      check "age_ok" "age >= 0 AND age < 2147483648",
    },
  },
}
