migration "m" {
  before = schema {},
  after = schma {},
}
