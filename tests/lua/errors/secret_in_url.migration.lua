migration "m" {
  before = from_db "postgres://app:s3cret@db/shop",
  after = schema {},
}
