migration "collections_before" {
  before = schema {},
  after = schema {
    collection "purchases" { field "total" :double() :required(), index { "total" } },
    collection "obsolete" { field "x" :int() },
  },
}
