local function log_table() return table "log" { column "id" :bigint() :identity() :primary_key(), column "what" :varchar(200) } end

local function on_insert()
  return definition "trigger orders_ins on orders" {
    create = "CREATE TRIGGER orders_ins AFTER INSERT ON orders FOR EACH ROW",
    body = "BEGIN INSERT INTO log (what) VALUES ('new'); END",
  }
end

migration "trigger_copied" {
  description = "A copied table keeps its triggers",
  before = schema {
    table "orders" { column "id" :bigint() :primary_key(), column "total" :integer() :not_null() },
    log_table(), on_insert(),
  },
  after = schema {
    table "orders" { column "id" :bigint() :primary_key(), column "total" :bigint() :not_null() } :strategy "shadow_table",
    log_table(), on_insert(),
  },
}
