migration "child_goes_as_parent_grows" {
  description = "A key gets a wider type while one table that refers to it goes, and another one takes over the name of its foreign key",

  before = schema {
    table "parents" { column "id" :integer() :primary_key() },
    table "olds" { column "id" :integer() :primary_key(), column "parent" :integer(),
      foreign_key "to_parent" { "parent" } :references("parents", { "id" }) },
    table "news" { column "id" :integer() :primary_key(), column "parent" :integer() },
  },

  after = schema {
    table "parents" { column "id" :bigint() :primary_key() },
    table "news" { column "id" :integer() :primary_key(), column "parent" :bigint(),
      foreign_key "to_parent" { "parent" } :references("parents", { "id" }) },
  },

  hints = { parents = { rows = 500000 }, olds = { rows = 500000 }, news = { rows = 500000 } },
}
