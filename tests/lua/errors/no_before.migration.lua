migration "m" {
  after = schema {},
}
