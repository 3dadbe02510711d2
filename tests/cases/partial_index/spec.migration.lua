migration "partial_index" {
  description = "Only the grown-ups are searched",

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
      index "adults_idx" { "name" } :where "age >= 18",
    },
  },
}
