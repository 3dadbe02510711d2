migration "alter_view" {
  description = "Adults are older",

  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
    },
    view "adults" [[ SELECT id, name FROM users WHERE age >= 18 ]],
  },

  after = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
    },
    view "adults" [[ SELECT id, name FROM users WHERE age >= 21 ]],
  },
}
