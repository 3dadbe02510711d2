migration "generated_column" {
  description = "The name is shown in capitals",

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
      column "shown" :varchar(80) :generated("upper(name)", "virtual"),
    },
  },
}
