migration "m" {
  before = schema {
    table "people" { column "id" :bigint() :primary_key(), column "name" :varchar(20), column "full_name" :varchar(20) },
  },
  after = schema {
    table "people" { column "id" :bigint() :primary_key(), column "name" :varchar(20) :renamed_from "full_name" },
  },
}
