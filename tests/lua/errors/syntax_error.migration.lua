migration "m" {
  before = schema {}
  after = schema {},
}
