migration "m" {
  before = schema {},
}
