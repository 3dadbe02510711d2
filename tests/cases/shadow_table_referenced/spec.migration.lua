migration "shadow_table_referenced" {
  description = "A referenced table is copied",

  before = schema {
    table "users" { column "id" :bigint() :primary_key(), column "name" :varchar(80) :not_null(), column "age" :integer() },
    table "orders" {
      column "id" :bigint() :primary_key(),
      column "user_id" :bigint(),
      index "orders_user_idx" { "user_id" },
      foreign_key "orders_user_fk" { "user_id" } :references("users", { "id" }),
    },
  },

  after = schema {
    table "users" { column "id" :bigint() :primary_key(), column "name" :varchar(80) :not_null(), column "age" :bigint() } :strategy "shadow_table",
    table "orders" {
      column "id" :bigint() :primary_key(),
      column "user_id" :bigint(),
      index "orders_user_idx" { "user_id" },
      foreign_key "orders_user_fk" { "user_id" } :references("users", { "id" }),
    },
  },

  hints = { users = { rows = 20000 }, orders = { rows = 20000 } },
}
