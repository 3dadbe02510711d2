migration "from_db" {
  description = "A database that is read: fields that no validator states get rules, another name, or stay as they are",
  before = from_db "env:FORGELUA_CASE_URL",
  after = schema {
    collection "users" {
      field "email" :string() :required() :max_length(254),
      field "address" :object { field "city" :string() :required(), field "zip" :string() :pattern "^[0-9]{5}$" } :nullable(false),
      field "status" :string() :one_of { "new", "paid", "sent" },
      field "age" :int() :min(0),
      field "full_name" :string() :renamed_from "fullName",
      unique { "email" },
      index "age_1" { "age" },
      check "named" { ["$or"] = { { email = { ["$exists"] = true } }, { phone = { ["$exists"] = true } } } },
    },
    collection "log" {},
  },
  hints = { users = { rows = 5000000 } },
}
