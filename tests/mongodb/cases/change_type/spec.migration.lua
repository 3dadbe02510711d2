migration "change_type" {
  description = "Amounts are whole numbers",
  before = from_spec "before.migration.lua",
  after = schema { collection "items" { field "amount" :int() :min(0), field "sku" :string() :required() } },
}
