migration "application_triggers_renamed" {
  description = "Triggers of the application name tables and columns that get other names, in place and by a copy",

  before = schema {
    table "orders" { column "oid" :integer() :primary_key(), column "nm" :varchar(20) },
    table "doors" { column "id" :integer() :primary_key(), column "nm" :varchar(20) },
    table "audit" { column "word" :varchar(50) },
    definition "trigger orders_au on orders"
      "CREATE TRIGGER orders_au AFTER UPDATE ON orders FOR EACH ROW INSERT INTO audit VALUES (NEW.oid)",
    definition "trigger doors_au on doors"
      "CREATE TRIGGER doors_au AFTER UPDATE ON doors FOR EACH ROW INSERT INTO audit VALUES (OLD.nm)",
  },

  after = schema {
    table "purchases" { column "id" :integer() :primary_key() :renamed_from "oid", column "nm" :varchar(20) } :renamed_from "orders",
    table "doors" { column "id" :bigint() :primary_key(), column "name" :varchar(20) :renamed_from "nm" },
    table "journal" { column "word" :varchar(50) } :renamed_from "audit",
    definition "trigger orders_au on purchases"
      "CREATE TRIGGER orders_au AFTER UPDATE ON purchases FOR EACH ROW INSERT INTO journal VALUES (NEW.id)",
    definition "trigger doors_au on doors"
      "CREATE TRIGGER doors_au AFTER UPDATE ON doors FOR EACH ROW INSERT INTO journal VALUES (OLD.name)",
  },
}
