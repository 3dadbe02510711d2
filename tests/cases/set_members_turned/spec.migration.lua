migration "set_members_turned" {
  description = "The members of a SET stand in another order, beside a second column and in a copy; a text becomes a SET",
  before = schema {
    table "t" { column "id" :integer() :primary_key(), column "flags" :set { "x", "y" } :not_null(), column "words" :varchar(20) },
    table "u" { column "id" :integer() :primary_key(), column "flags" :set { "x", "y" } },
  },
  after = schema {
    table "t" { column "id" :integer() :primary_key(), column "marks" :set { "z", "y", "x" } :not_null() :renamed_from "flags",
                column "words" :set { "it's", "y", "x" } },
    table "u" { column "id" :bigint() :primary_key(), column "flags" :set { "y", "x" } },
  },
}
