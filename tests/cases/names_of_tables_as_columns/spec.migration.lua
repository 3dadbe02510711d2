migration "names_of_tables_as_columns" {
  description = "Columns that are called as a table is, which gets another name together with them, under views",

  before = schema {
    table "country" { column "code" :integer() :primary_key(), column "total" :integer() },
    table "city" { column "id" :integer() :primary_key(), column "country" :integer(), column "size" :integer() },
    table "status" { column "id" :integer() :primary_key(), column "status" :integer() },
    view "places" "SELECT c.id, k.code FROM city c JOIN country k ON k.code = c.country",
    view "states" "SELECT id, status FROM status",
    view "sums" "SELECT size, sum(country) AS country FROM city GROUP BY size ORDER BY country",
  },

  after = schema {
    table "countries" { column "code" :integer() :primary_key(), column "total" :integer() } :renamed_from "country",
    table "city" { column "id" :integer() :primary_key(), column "country_code" :integer() :renamed_from "country", column "size" :integer() },
    table "statuses" { column "id" :integer() :primary_key(), column "state" :integer() :renamed_from "status" } :renamed_from "status",
    view "places" "SELECT c.id, k.code FROM city c JOIN countries k ON k.code = c.country_code",
    view "states" "SELECT id, state FROM statuses",
    view "sums" "SELECT size, sum(country_code) AS country FROM city GROUP BY size ORDER BY country",
  },
}
