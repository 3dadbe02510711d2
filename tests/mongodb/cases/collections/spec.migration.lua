migration "collections" {
  description = "Purchases are orders; a log comes, the obsolete goes",
  before = from_spec "before.migration.lua",
  after = schema {
    collection "orders" { field "total" :double() :required(), index { "total" } } :renamed_from "purchases",
    collection "log" { field "line" :string() :required(), field "level" :string() :one_of { "info", "error" },
      index { "level" } },
    drop_table "obsolete" :approved_by "data-team",
  },
}
