migration "create_enum" {
  description = "People have a mood",

  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
    },
  },

  after = schema {
    enum "mood" { "sad", "ok", "happy" },
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
      column "mood" :enum "mood" :not_null() :default "ok",
    },
  },
}
