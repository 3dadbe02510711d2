migration "alter_default" {
  description = "New users are young",

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
      column "name" :varchar(80) :not_null() :default "anonymous",
      column "age" :integer() :default(18),
    },
  },
}
