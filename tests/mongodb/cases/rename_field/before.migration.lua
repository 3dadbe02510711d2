migration "rename_field_before" {
  before = schema {},
  after = schema {
    collection "people" {
      field "name" :string() :required(),
      field "born" :int(),
      index { "name" },
      index "people_by_born" { "born", "name" },
    },
  },
}
