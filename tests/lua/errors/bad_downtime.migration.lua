migration "m" {
  downtime = "half an hour",
  before = schema {},
  after = schema {},
}
