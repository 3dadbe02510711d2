migration "m" {
  before = schema { enum "state" { "new" } },
  changes = {
    add_enum_value "state" "old",
  },
}
