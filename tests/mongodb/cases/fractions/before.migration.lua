migration "fractions_before" {
  before = schema {},
  after = schema { collection "rates" { field "a" :double(), field "code" :int() } },
}
