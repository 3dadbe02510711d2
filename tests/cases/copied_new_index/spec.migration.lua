migration "copied_new_index" {
  description = "A table that is copied gets a foreign key and an index, which bears its name on the copy already",

  before = schema {
    table "users" { column "id" :bigint() :primary_key(), column "name" :varchar(80) :not_null() },
    table "orders" { column "id" :bigint() :primary_key(), column "user_id" :bigint(), column "note" :varchar(40) },
  },

  after = schema {
    table "users" { column "id" :bigint() :primary_key(), column "name" :varchar(80) :not_null() },
    table "orders" {
      column "id" :bigint() :primary_key(),
      column "user_id" :bigint(),
      column "note" :varchar(40),
      index "orders_user_idx" { "user_id" },
      foreign_key "orders_user_fk" { "user_id" } :references("users", { "id" }),
    } :strategy "shadow_table",
  },

  hints = { orders = { rows = 40 } },
}
