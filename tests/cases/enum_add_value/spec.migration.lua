migration "enum_add_value" {
  description = "People may be happy",

  before = schema {
    enum "mood" { "sad", "ok" },
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
      column "mood" :enum "mood",
    },
  },

  after = schema {
    enum "mood" { "sad", "ok", "happy" },
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
      column "mood" :enum "mood",
    },
  },
}
