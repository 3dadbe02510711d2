migration "serial_renamed" {
  description = "A numbered column beside the key gets another name, and another one a larger type",
  before = schema {
    table "slips" { column "id" :integer() :primary_key(), column "n" :serial() },
    table "bills" { column "id" :integer() :primary_key(), column "n" :serial() },
  },
  after = schema {
    table "slips" { column "id" :integer() :primary_key(), column "number" :serial() :renamed_from "n" },
    table "bills" { column "id" :integer() :primary_key(), column "n" :bigserial() },
  },
}
