migration "capital_names_renamed" {
  description = "A table and a column whose names have capitals get other names under a trigger and a view that say them without quotes",

  before = schema {
    table "Orders" { column "Oid" :integer() :primary_key(), column "Total" :integer() },
    table "log" { column "what" :integer() },
    view "totals" "SELECT Oid, Total FROM Orders WHERE Total > 0",
    definition "trigger audit on Orders"
      "CREATE TRIGGER audit AFTER UPDATE OF Total ON Orders BEGIN INSERT INTO log VALUES (new.Oid); END",
  },

  changes = { rename_column "Orders.Oid" "id", rename_table "Orders" "orders_v2" },
}
