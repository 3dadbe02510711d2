migration "beyond_ferretdb" {
  description = "What the tests' server does not do as MongoDB does",
  before = from_spec "before.migration.lua",
  after = schema {
    collection "users" {
      field "email" :string() :required(), field "name" :string(),
      index "by_name" { "name" } :invisible(),
      index "name_any_case" { "name", "email" } :collation { locale = "en", strength = 2 },
      unique { "email" },
      index "name_alone" { desc "name" } :unique() :sparse(),
    },
    collection "log" { field "line" :string() } :capped(1048576, 1000),
    collection "weather" { field "at" :date() :required(), field "station" :string() }
      :timeseries { timeField = "at", metaField = "station", granularity = "hours" } :expire_after(86400),
    collection "events" { field "kind" :string() } :clustered() :collation { locale = "de" },
    view "adults" { viewOn = "users", pipeline = { { ["$match"] = { age = { ["$gte"] = 21 } } } } },
    view "names" { viewOn = "users", pipeline = { { ["$project"] = { name = 1 } } } },
  },
}
