migration "indexes" {
  description = "Every kind of index",
  before = from_spec "before.migration.lua",
  after = schema {
    collection "things" {
      field "a" :int(), field "b" :string(), field "at" :date(), field "place" :object(), field "body" :string(),
      index "expires" { "at" } :expire_after(7200),
      index "a_1_b_-1" { "a", desc "b" },
      index "unique_b" { "b" } :unique() :sparse(),
      index "some_a" { "a" } :where { a = { ["$gt"] = 10 } },
      index "body_text" { "body" } :using "text",
      index "place_2dsphere" { "place" } :using "2dsphere",
      index "b_hashed" { "b" } :using "hashed",
      index "place_any" { "place.$**" },
    },
  },
  hints = { things = { rows = 100 } },
}
