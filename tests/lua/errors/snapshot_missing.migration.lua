migration "m" {
  before = from_snapshot "nowhere.json",
  after = schema {},
}
