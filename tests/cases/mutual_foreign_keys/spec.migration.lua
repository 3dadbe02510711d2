migration "mutual_foreign_keys" {
  description = "Teams have a leader, people have a team",

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

    table "teams" { column "id" :bigint() :primary_key(), column "leader" :bigint() :references "people.id" },
    table "people" { column "id" :bigint() :primary_key(), column "team" :bigint() :references "teams.id" },
  },
}
