migration "add_table" {
  description = "Orders are kept",

  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
    },
  },

  after = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
    },

    table "orders" {
      column "id" :bigint() :identity() :primary_key(),
      column "user_id" :bigint() :not_null() :references "users.id" :on_delete "cascade",
      column "total" :numeric(12, 2) :not_null() :default(0),
      column "note" :text(),
      unique { "user_id", "total" },
      index "orders_user_idx" { "user_id", desc "total" },
      check "total_positive" "total >= 0",
    },
  },
}
