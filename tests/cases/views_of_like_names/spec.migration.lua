local id = column "id" :integer() :primary_key()
local store = table "store" { id, column "store_id" :integer(), column "boss" :integer() }
local country = table "country" { id, column "country_id" :integer(), column "country" :varchar(9) }

migration "views_of_like_names" {
  description = "Tables and columns get other names under views that say columns of the same names of other tables",

  before = schema {
    store, country,
    table "staff" { id, column "store_id" :integer(), column "nm" :varchar(9) },
    table "city" { id, column "city" :varchar(9), column "country_id" :integer() },
    view "bosses" "SELECT s.store_id, m.nm FROM store AS s INNER JOIN staff AS m ON s.boss = m.id",
    view "places" "SELECT city.city AS city, country.country AS country FROM city JOIN country ON city.country_id = country.country_id",
  },

  after = schema {
    store, country,
    table "employee" { id, column "shop_id" :integer() :renamed_from "store_id", column "nm" :varchar(9) } :renamed_from "staff",
    table "cities" {
      id, column "name" :varchar(9) :renamed_from "city", column "country" :integer() :renamed_from "country_id",
    } :renamed_from "city",
    view "bosses" "SELECT s.store_id, m.nm FROM store AS s INNER JOIN employee AS m ON s.boss = m.id",
    view "places" "SELECT cities.name AS city, country.country AS country FROM cities JOIN country ON cities.country = country.country_id",
  },
}
