migration "m" {
  before = "schema.sql",
  after = schema {},
}
