migration "rename_without_equality" {
  description = "Columns whose types have no equality get other names",

  before = schema {
    table "readings" {
      column "id" :integer() :primary_key(),
      column "payload" :json() :not_null(),
      column "report" :type "xml",
      column "place" :type "point",
    },
  },

  after = schema {
    table "readings" {
      column "id" :integer() :primary_key(),
      column "body" :json() :not_null() :renamed_from "payload",
      column "account" :type "xml" :renamed_from "report",
      column "position" :type "point" :renamed_from "place",
    },
  },

  hints = { readings = { rows = 20000 } },
}
