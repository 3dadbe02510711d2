migration "keyless_grows" {
  description = "A number of a table without a key gets another name and a wider type",
  before = schema { table "events" { column "word" :varchar(20), column "hits" :integer() } },
  after = schema { table "events" { column "word" :varchar(20), column "visits" :bigint() :renamed_from "hits" } },
}
