migration "trigger_of_another_table" {
  description = "The table and column that another table's trigger writes get other names, and its text follows",

  before = schema {
    table "orders" { column "id" :integer() :primary_key(), column "n" :integer() },
    table "log" { column "id" :integer() :identity() :primary_key(), column "m" :integer() },
    definition "trigger orders_upd on orders" (sql {
      sqlite = "CREATE TRIGGER orders_upd AFTER UPDATE ON orders BEGIN INSERT INTO log (m) VALUES (NEW.n); END",
      "CREATE TRIGGER orders_upd AFTER UPDATE ON orders FOR EACH ROW INSERT INTO log (m) VALUES (NEW.n)",
    }),
  },

  changes = { rename_table "log" "journal", rename_column "journal.m" "amount" },
}
