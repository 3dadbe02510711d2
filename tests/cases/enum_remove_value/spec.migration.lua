migration "enum_remove_value" {
  description = "Nobody is sad any more",

  before = schema {
    enum "mood" { "sad", "ok", "happy" },
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
      column "mood" :enum "mood",
    },
  },

  after = schema {
    enum "mood" { "ok", "happy" },
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
      column "mood" :enum "mood",
    },
  },

  hints = { users = { rows = 1203 } },
}
