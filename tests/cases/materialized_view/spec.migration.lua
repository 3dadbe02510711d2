migration "materialized_view" {
  description = "Ages are counted in advance",

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
      column "age" :integer(),
    },
    materialized_view "ages" [[ SELECT age, count(*) AS people FROM users GROUP BY age ]],
  },
}
