migration "text_to_int" {
  description = "Codes become numbers",

  before = schema {
    table "items" { column "id" :bigint() :primary_key(), column "code" :varchar(20) },
  },

  after = schema {
    table "items" {
      column "id" :bigint() :primary_key(),
      column "number" :integer() :renamed_from "code" :backfill(sql {
        postgres = "code::integer", mysql = "cast(code as signed)", mariadb = "cast(code as signed)", sqlite = "cast(code as integer)" }),
    },
  },

  hints = { items = { rows = 10504 } },
}
