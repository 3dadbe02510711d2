migration "bad_documents" {
  description = "Readings have their value as a number; one of them cannot be read",
  before = from_spec "before.migration.lua",
  after = schema {
    collection "readings" {
      field "raw" :string(),
      field "value" :int() :required() :backfill { ["$toInt"] = "$raw" },
    },
  },
}
