local columns = { column "id" :bigint() :primary_key(), column "total" :integer() :not_null() }

migration "trigger" {
  description = "What is written down about orders changes with them",

  before = schema {
    table "orders" (columns),
    table "log" { column "id" :bigint() :identity() :primary_key(), column "what" :varchar(200) },
    definition "trigger orders_ins on orders" {
      create = sql { "CREATE TRIGGER orders_ins AFTER INSERT ON orders FOR EACH ROW" },
      body = sql {
        sqlite = "BEGIN INSERT INTO log (what) VALUES ('new ' || NEW.total); END",
        "BEGIN INSERT INTO log (what) VALUES (CONCAT('new ', NEW.total)); END",
      },
    },
    definition "trigger orders_del on orders" {
      create = "CREATE TRIGGER orders_del AFTER DELETE ON orders FOR EACH ROW",
      body = "BEGIN INSERT INTO log (what) VALUES ('gone'); END",
    },
    definition "trigger orders_upd on orders" {
      create = "CREATE TRIGGER orders_upd AFTER UPDATE ON orders FOR EACH ROW",
      body = "BEGIN INSERT INTO log (what) VALUES ('changed'); END",
    },
  },

  after = schema {
    table "orders" { column "id" :bigint() :primary_key(), column "amount" :integer() :not_null() :renamed_from "total" },
    table "log" { column "id" :bigint() :identity() :primary_key(), column "what" :varchar(200) },
    definition "trigger orders_ins on orders" {
      create = "CREATE TRIGGER orders_ins AFTER INSERT ON orders FOR EACH ROW",
      body = sql {
        sqlite = "BEGIN INSERT INTO log (what) VALUES ('new ' || NEW.amount); END",
        "BEGIN INSERT INTO log (what) VALUES (CONCAT('new ', NEW.amount)); END",
      },
    },
    definition "trigger orders_upd on orders" {
      create = "CREATE TRIGGER orders_upd AFTER UPDATE ON orders FOR EACH ROW",
      body = "BEGIN INSERT INTO log (what) VALUES ('changed to something else'); END",
    },
    definition "trigger log_del on log" {
      create = "CREATE TRIGGER log_del BEFORE DELETE ON log FOR EACH ROW",
      body = "BEGIN INSERT INTO orders (id, amount) VALUES (OLD.id + 5000, 1); END",
    },
  },
}
