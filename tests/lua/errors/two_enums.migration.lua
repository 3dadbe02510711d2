migration "m" {
  before = schema {},
  after = schema {
    enum "e" { "a" },
    enum "e" { "b" },
  },
}
