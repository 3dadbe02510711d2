migration "m" {
  before = schema {},
  description = "café",
  after = schema {},
}
