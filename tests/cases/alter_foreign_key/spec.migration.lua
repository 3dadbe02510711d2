migration "alter_foreign_key" {
  description = "Orders go with their users",

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
    table "users" { column "id" :bigint() :primary_key(), column "name" :varchar(80) :not_null(), column "age" :integer() },
    table "orders" {
      column "id" :bigint() :primary_key(),
      column "user_id" :bigint(),
      index "orders_user_idx" { "user_id" },
      foreign_key "orders_user_fk" { "user_id" } :references("users", { "id" }) :on_delete "cascade",
    },
  },
}
