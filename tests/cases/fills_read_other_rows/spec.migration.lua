migration "fills_read_other_rows" {
  description = "A column is filled from other rows of its own table, which is renamed, and one from another table, whose column is",

  before = schema {
    table "notes" { column "id" :integer() :primary_key(), column "grp" :integer() },
    table "kinds" { column "id" :integer() :primary_key(), column "code" :varchar(5) },
    table "items" { column "id" :integer() :primary_key(), column "kind_id" :integer() },
  },

  after = schema {
    table "remarks" {
      column "id" :integer() :primary_key(), column "grp" :integer(),
      column "place" :integer() :not_null()
        :backfill "(SELECT count(*) FROM notes x WHERE x.grp = notes.grp AND x.id < notes.id)",
    } :renamed_from "notes",
    table "kinds" { column "id" :integer() :primary_key(), column "abbr" :varchar(5) :renamed_from "code" },
    table "items" {
      column "id" :integer() :primary_key(), column "kind_id" :integer(),
      column "kind" :varchar(5) :not_null()
        :backfill "COALESCE((SELECT code FROM kinds WHERE kinds.id = items.kind_id), '-')",
    },
  },
}
