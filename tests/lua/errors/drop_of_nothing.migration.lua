migration "m" {
  before = schema {
    table "users" { column "id" :bigint() },
  },
  after = schema {
    drop_table "user" :archive(),
  },
}
