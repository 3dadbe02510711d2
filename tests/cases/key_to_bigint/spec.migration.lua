migration "key_to_bigint" {
  description = "Keys outgrow an integer",

  before = schema {
    table "users" { column "id" :integer() :primary_key(), column "name" :varchar(80) :not_null() },
    table "orders" { column "id" :bigint() :primary_key(), column "user_id" :integer() :not_null(), foreign_key "orders_user_fk" { "user_id" } :references("users", { "id" }) },
  },

  after = schema {
    table "users" { column "id" :bigint() :primary_key(), column "name" :varchar(80) :not_null() },
    table "orders" { column "id" :bigint() :primary_key(), column "user_id" :bigint() :not_null(), foreign_key "orders_user_fk" { "user_id" } :references("users", { "id" }) },
  },

  hints = { users = { rows = 1200 }, orders = { rows = 1500 } },
}
