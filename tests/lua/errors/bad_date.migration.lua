migration "m" {
  target_date = "1.9.2026",
  before = schema {},
  after = schema {},
}
