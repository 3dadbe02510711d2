migration "m" {
  before = schema {},
  after = schema {
    tabel "orders" { column "id" :bigint() },
  },
}
