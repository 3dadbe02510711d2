migration "triggers_told_apart" {
  description = "Columns get other names under triggers that say names of other tables and of queries",
  before = schema {
    table "rooms" { column "id" :integer() :primary_key(), column "size" :integer() },
    table "doors" { column "nr" :integer() :primary_key(), column "size" :integer() },
    table "log" { column "nr" :integer() :primary_key(), column "size" :integer() },
    definition "trigger rooms_au on rooms" "CREATE TRIGGER rooms_au AFTER UPDATE ON rooms FOR EACH ROW BEGIN UPDATE log SET size = (SELECT max(s.size) FROM (SELECT id, size FROM rooms) AS s JOIN doors ON doors.nr = s.id WHERE doors.size > 0) WHERE nr = NEW.id; END",
  },
  changes = {
    rename_column "rooms.size" "area",
    rename_column "doors.size" "width",
  },
}
