migration "m" {
  befor = schema {},
  after = schema {},
}
