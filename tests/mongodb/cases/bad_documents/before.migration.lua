migration "bad_documents_before" {
  before = schema {},
  after = schema { collection "readings" { field "raw" :string() } },
}
