migration "m" {
  before = schema {},
  after = schema {
    view "v",
  },
}
