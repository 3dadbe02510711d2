migration "tighten" {
  description = "Orders have a code of a fixed form and a total that is not negative",
  before = from_spec "before.migration.lua",
  after = schema {
    collection "orders" {
      field "code" :string() :required() :pattern "^[A-Z]{2}[0-9]+$",
      field "total" :double(),
      field "address" :object { field "city" :string() :required(), field "zip" :string() :pattern "^[0-9]{5}$" },
      field "lines" :array { field "sku" :string() :required(), field "count" :int() :min(1) },
      check "total_positive" { ["$or"] = { { total = null }, { total = { ["$gte"] = 0 } } } },
    } :validation_level "strict",
  },
}
