migration "inherits" {
  description = "A column comes to a table and all that inherit from it, and an heir comes",

  before = schema {
    table "places" { column "id" :bigint() :not_null(), column "name" :text(), check "id > 0" },
    table "cities" { column "people" :bigint(), primary_key { "id" } } :inherits { "places" },
  },

  after = schema {
    table "places" { column "id" :bigint() :not_null(), column "name" :text(), check "id > 0",
      column "open" :boolean() :default(true) },
    table "cities" { column "people" :bigint(), column "mayor" :text(), primary_key { "id" } } :inherits { "places" },
    table "villages" { column "church" :text() } :inherits { "places" },
  },
}
