migration "years_become_numbers" {
  description = "A year becomes a number, under a new name and under its own; the way back leaves out what is no year",
  before = schema {
    table "t" { column "id" :integer() :primary_key(), column "y" :year(), column "since" :year() :not_null() :default(2000),
                column "n" :integer() },
  },
  after = schema {
    table "t" { column "id" :integer() :primary_key(), column "model_year" :integer() :renamed_from "y",
                column "since" :smallint() :not_null() :default(2000), column "n" :year() },
  },
}
