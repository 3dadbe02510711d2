migration "drop_table_archived" {
  description = "The audit log goes, its rows stay in an archive",

  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
    },

    table "audit" { column "id" :bigint() :primary_key(), column "what" :text(), column "at" :timestamp() },
  },

  changes = {
    drop_table "audit" :archive(),
  },
}
