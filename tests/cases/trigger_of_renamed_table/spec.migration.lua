local function log_table() return table "log" { column "id" :bigint() :identity() :primary_key(), column "total" :varchar(20) } end

local function on_insert(name)
  return definition("trigger orders_ins on " .. name) {
    create = "CREATE TRIGGER orders_ins AFTER INSERT ON " .. name .. " FOR EACH ROW",
    body = "BEGIN INSERT INTO log (total) VALUES (NEW.total); END",
  }
end

migration "trigger_of_renamed_table" {
  description = "A table with a trigger gets another name; each phase finds the other ones done",
  before = schema {
    table "orders" { column "id" :bigint() :identity() :primary_key(), column "total" :varchar(20) :not_null() },
    log_table(), on_insert "orders",
  },
  after = schema {
    table "purchases" { column "id" :bigint() :identity() :primary_key(), column "total" :varchar(20) :not_null() } :renamed_from "orders",
    log_table(), on_insert "purchases",
  },
}
