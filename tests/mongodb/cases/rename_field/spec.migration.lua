migration "rename_field" {
  description = "A person's name is their full name",
  before = from_spec "before.migration.lua",
  after = schema {
    collection "people" {
      field "full_name" :string() :required() :renamed_from "name",
      field "born" :int(),
      index { "full_name" },
      index "people_by_born" { "born", "full_name" },
    },
  },
}
