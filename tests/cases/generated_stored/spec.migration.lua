migration "generated_stored" {
  description = "The age in days is kept",
  environment = "development",

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
      column "days" :bigint() :generated "age * 365",
    },
  },

  hints = { users = { rows = 900 } },
}
