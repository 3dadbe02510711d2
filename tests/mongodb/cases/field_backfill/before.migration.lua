migration "field_backfill_before" {
  before = schema {},
  after = schema {
    collection "users" {
      field "email" :string() :required(),
      field "region" :string(),
      field "tags" :array(),
      index { "email" } :unique(),
    },
  },
}
