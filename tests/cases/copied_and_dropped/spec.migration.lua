migration "copied_and_dropped" {
  description = "A copied table loses columns, which the deployed application writes until contract",

  before = schema {
    table "docs" {
      column "a" :integer() :primary_key(),
      column "b" :integer() :not_null(),
      column "c" :varchar(9),
      column "d" :integer() :not_null(),
      column "e" :integer() :not_null() :default(5),
    },
  },

  after = schema {
    table "docs" { column "a" :bigint() :primary_key(), column "b" :bigint() :not_null() } :strategy "shadow_table",
  },

  hints = { docs = { rows = 40000 } },
}
