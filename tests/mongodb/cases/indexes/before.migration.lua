migration "indexes_before" {
  before = schema {},
  after = schema {
    collection "things" {
      field "a" :int(), field "b" :string(), field "at" :date(), field "place" :object(), field "body" :string(),
      index "old_1" { "a" },
      index "expires" { "at" } :expire_after(3600),
    },
  },
}
