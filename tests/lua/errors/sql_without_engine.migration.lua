migration "m" {
  before = schema {},
  after = schema {
    table "t" {
      column "at" :timestamp() :default(sql { postgres = "now()", mysql = "NOW()" }),
    },
  },
}
