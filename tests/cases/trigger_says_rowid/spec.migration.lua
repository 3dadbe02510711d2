migration "trigger_says_rowid" {
  description = "The key that stands for a row's number is renamed below triggers that say rowid",

  before = schema {
    table "items" {
      column "id" :integer() :primary_key(), column "name" :varchar(9), column "stamp" :integer(), column "log_id" :integer(),
    },
    table "logs" { column "id" :integer() :primary_key(), column "n" :integer() },
    definition "trigger stamped on items" "CREATE TRIGGER stamped AFTER INSERT ON items BEGIN UPDATE items SET stamp = 1 WHERE rowid = NEW.rowid; END",
    definition "trigger counted on logs" "CREATE TRIGGER counted AFTER INSERT ON logs BEGIN UPDATE items SET stamp = stamp + 1 WHERE items.rowid = NEW.n AND items.id > 0; END",
  },

  changes = { rename_column "items.id" "item_id" },
}
