migration "key_renamed_and_wider" {
  description = "Keys that other tables refer to get another name and a wider type at once",

  before = schema {
    table "p" { column "id" :integer() :primary_key() },
    table "c" { column "id" :integer() :primary_key(), column "p" :references "p.id" },
    table "ab" { column "a_id" :integer() :not_null(), column "b_id" :integer() :not_null(), primary_key { "a_id", "b_id" } },
    table "abx" { column "id" :integer() :primary_key(), column "a" :integer(), column "b" :integer(),
      foreign_key "abxf" { "a", "b" } :references("ab", { "a_id", "b_id" }) },
  },

  after = schema {
    table "p" { column "pid" :bigint() :primary_key() :renamed_from "id" },
    table "c" { column "id" :integer() :primary_key(), column "p" :bigint() :references "p.pid" },
    table "ab" { column "aid" :bigint() :not_null() :renamed_from "a_id", column "b_id" :integer() :not_null(), primary_key { "aid", "b_id" } },
    table "abx" { column "id" :integer() :primary_key(), column "a" :bigint(), column "b" :integer(),
      foreign_key "abxf" { "a", "b" } :references("ab", { "aid", "b_id" }) },
  },

  hints = { p = { rows = 40000 }, c = { rows = 40000 }, ab = { rows = 40000 }, abx = { rows = 40000 } },
}
