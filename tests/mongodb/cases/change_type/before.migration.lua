migration "change_type_before" {
  before = schema {},
  after = schema { collection "items" { field "amount" :string(), field "sku" :string() :required() } },
}
