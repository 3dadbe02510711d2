migration "add_foreign_key" {
  description = "Orders belong to users",

  before = schema {
    table "users" { column "id" :bigint() :primary_key(), column "name" :varchar(80) :not_null(), column "age" :integer() },
    table "orders" { column "id" :bigint() :primary_key(), column "user_id" :bigint(), index "orders_user_idx" { "user_id" } },
  },

  after = schema {
    table "users" { column "id" :bigint() :primary_key(), column "name" :varchar(80) :not_null(), column "age" :integer() },
    table "orders" {
      column "id" :bigint() :primary_key(),
      column "user_id" :bigint(),
      index "orders_user_idx" { "user_id" },
      foreign_key "orders_user_fk" { "user_id" } :references("users", { "id" }),
    },
  },

  hints = { orders = { rows = 30e6 }, users = { rows = 2e6 } },
}
