migration "beyond_ferretdb_before" {
  before = schema {},
  after = schema {
    collection "users" { field "email" :string() :required(), field "name" :string(), index "by_name" { "name" } },
    view "adults" { viewOn = "users", pipeline = { { ["$match"] = { age = { ["$gte"] = 18 } } } } },
  },
}
