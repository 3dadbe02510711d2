migration "mutual_keys_in_one_sitting" {
  description = "Tables that refer to each other grow in development, and a column of one of them is computed anew",
  environment = "development",

  before = schema {
    table "depts" { column "id" :integer() :primary_key(), column "head" :integer(), column "title" :varchar(9),
      foreign_key { "head" } :references("people", { "id" }) },
    table "people" { column "id" :integer() :primary_key(), column "dept_id" :integer() :not_null() :references "depts.id",
      column "boss" :integer() :references "people.id" },
    table "skills" { column "person_id" :integer() :not_null() :references "people.id" :on_delete "cascade",
      column "skill" :varchar(20) :not_null(), primary_key { "person_id", "skill" } },
  },

  after = schema {
    table "depts" { column "id" :bigint() :primary_key(), column "head" :bigint(),
      column "title" :varchar(19) :not_null() :default "?" :backfill "COALESCE(title, 'none')",
      foreign_key { "head" } :references("staff", { "id" }) },
    table "staff" { column "id" :bigint() :primary_key(), column "dept_id" :bigint() :not_null() :references "depts.id",
      column "boss" :bigint() :references "staff.id" } :renamed_from "people",
    table "skills" { column "person_id" :bigint() :not_null() :references "staff.id" :on_delete "cascade",
      column "skill" :varchar(20) :not_null(), primary_key { "person_id", "skill" } },
  },
}
