migration "drop_column" {
  description = "The age is no longer kept",

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
    },
  },
}
