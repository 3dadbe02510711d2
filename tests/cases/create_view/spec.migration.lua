migration "create_view" {
  description = "Adults have a view",

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
    view "adults" [[ SELECT id, name FROM users WHERE age >= 18 ]],
  },
}
