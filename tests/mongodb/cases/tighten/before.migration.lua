migration "tighten_before" {
  before = schema {},
  after = schema {
    collection "orders" { field "code" :string(), field "total" :double(), field "address" :object { field "city" :string() } },
  },
}
