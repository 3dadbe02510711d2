migration "accent_renamed" {
  description = "Names that change in an accent alone, in place and beside a change of type",

  before = schema {
    table "people" { column "id" :integer() :primary_key(), column "prenom" :varchar(9), column "sp ace" :integer() },
  },
  after = schema {
    table "people" {
      column "id" :integer() :primary_key(), column "prénom" :varchar(12) :renamed_from "prenom",
      column "sp äce" :integer() :renamed_from "sp ace",
    },
  },
}
