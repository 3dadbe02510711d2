migration "copied_parent_required" {
  description = "A table is copied that must refer to one that goes: the way back asks for rows that would point nowhere",

  before = schema {
    table "kinds" { column "id" :integer() :primary_key(), column "name" :varchar(9) },
    table "items" { column "id" :integer() :primary_key(), column "kind" :integer() :not_null() :references "kinds.id" },
  },
  after = schema { table "items" { column "id" :bigint() :primary_key(), column "kind" :integer() :not_null() } },
}
