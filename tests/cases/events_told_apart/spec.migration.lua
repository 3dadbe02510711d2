migration "events_told_apart" {
  description = "Columns get other names under an event and views that say names of other tables",
  before = schema {
    table "rooms" { column "id" :integer() :primary_key(), column "size" :integer() },
    table "doors" { column "nr" :integer() :primary_key(), column "size" :integer() },
    definition "event swept" "CREATE EVENT swept ON SCHEDULE EVERY 1 DAY STARTS '2037-01-01 00:00:00' DO DELETE FROM rooms WHERE size IN (SELECT size FROM doors)",
    view "large" "WITH rooms AS (SELECT id, size FROM rooms WHERE id > 1) SELECT id, size FROM rooms",
  },
  changes = {
    rename_column "rooms.size" "roomArea",
    rename_column "doors.size" "width",
  },
}
