migration "drop_table_archived" {
  description = "The audit log and a tree go, their rows stay in archives",

  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
    },

    table "audit" { column "id" :bigint() :primary_key(), column "what" :text(), column "at" :timestamp() },

    table "nodes" {
      column "id" :integer() :primary_key(),
      column "up" :integer() :references "nodes.id",
      column "owner" :bigint() :references "users.id",
    },
  },

  changes = {
    drop_table "audit" :archive(),
    drop_table "nodes" :archive(),
  },
}
