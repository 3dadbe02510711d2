migration "prefix_index" {
  description = "Long names are indexed by their beginning",

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
      index "users_prefix_idx" { prefix("name", 10) },
    },
  },
}
