migration "from_db_before" {
  before = schema {},
  after = schema {
    collection "users" {
      field "email" :string() :required() :max_length(254),
      field "address" :object { field "city" :string() :required(), field "zip" :string() :pattern "^[0-9]{5}$" } :nullable(false),
      field "status" :string() :one_of { "new", "paid" },
      unique { "email" },
      check "named" { ["$or"] = { { email = { ["$exists"] = true } }, { phone = { ["$exists"] = true } } } },
    },
    collection "log" {},
  },
}
