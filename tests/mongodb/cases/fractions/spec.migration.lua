migration "fractions" {
  description = "Whole numbers; a fraction is not cut off in silence",
  before = from_spec "before.migration.lua",
  after = schema { collection "rates" { field "a" :long(), field "code" :string() } },
}
