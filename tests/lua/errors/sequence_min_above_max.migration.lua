-- engine: postgres
migration "m" {
  before = schema {},
  after = schema {
    sequence "numbers" :min(10) :max(5),
  },
}
