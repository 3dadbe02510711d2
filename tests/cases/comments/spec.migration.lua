migration "comments" {
  description = "Tables and columns explain themselves",

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
      column "name" :varchar(80) :not_null() :comment "as it is in the passport",
      column "age" :integer(),
    } :comment "People; not only customers",
  },
}
