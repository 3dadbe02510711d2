migration "m" {
  description = "Orders,
  before = schema {},
}
