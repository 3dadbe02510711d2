migration "settings_go_with_a_column" {
  description = "Grants and settings of a column, and a table's triggers and publications, go with it and come back with it",
  before = schema {
    table "orders" { column "id" :integer() :primary_key(), column "note" :text() },
    table "log" { column "id" :integer() :primary_key(), column "what" :text() },
    definition "grant SELECT of note to PUBLIC on orders" { kind = "grant", on = "orders", create = "GRANT SELECT (note) ON orders TO PUBLIC",
      drop = "REVOKE SELECT (note) ON orders FROM PUBLIC" },
    definition "column storage of note on orders" { kind = "column storage", on = "orders", replaces = true,
      create = "ALTER TABLE orders ALTER COLUMN note SET STORAGE EXTERNAL", drop = "ALTER TABLE orders ALTER COLUMN note SET STORAGE EXTENDED" },
    definition "publication feed" "CREATE PUBLICATION feed FOR TABLE orders (id), log (id)",
    definition "policy seen on log" "CREATE POLICY seen ON log USING (id > 0)",
    definition "statistics spread" "CREATE STATISTICS spread ON id, what FROM log",
  },
  changes = { drop_column "orders.note", drop_table "log" },
}
