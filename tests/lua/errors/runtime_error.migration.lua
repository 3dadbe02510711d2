local shared = nil
migration "m" {
  before = schema {},
  after = schema { shared.orders },
}
