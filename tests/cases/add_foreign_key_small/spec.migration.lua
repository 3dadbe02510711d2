migration "add_foreign_key_small" {
  description = "Orders belong to users, on small tables",

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

  hints = { orders = { rows = 500 }, users = { rows = 34 } },
}
