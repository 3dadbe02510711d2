migration "m" {
  before = schema {},
  after = schema {
    enum "status" { "new", "paid", "new" },
  },
}
