migration "unique_expression" {
  description = "Addresses are unique whatever their case; an expression goes, and another one changes",

  before = schema {
    table "people" {
      column "id" :bigint() :primary_key(),
      column "mail" :varchar(80) :not_null(),
      column "nick" :varchar(40),
      column "code" :varchar(40),
      index "people_nick" { expr "lower(nick)" } :unique(),
      index "people_code" { expr "lower(code)" },
    },
  },

  after = schema {
    table "people" {
      column "id" :bigint() :primary_key(),
      column "mail" :varchar(80) :not_null(),
      column "nick" :varchar(40),
      column "code" :varchar(40),
      index "people_mail" { expr "lower(mail)" } :unique(),
      index "people_code" { expr "upper(code)" },
    },
  },
}
