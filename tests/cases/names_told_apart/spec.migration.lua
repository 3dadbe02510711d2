migration "names_told_apart" {
  description = "Columns get other names under views that say names of other tables, of queries and of what stands around them",
  before = schema {
    table "rooms" { column "id" :integer() :primary_key(), column "size" :integer(), column "door" :integer() },
    table "doors" { column "nr" :integer() :primary_key(), column "size" :integer() },
    table "keys_of" { column "nr" :integer() :primary_key(), column "hook" :integer() },
    view "listed" "WITH q (id, size) AS (SELECT id, size FROM rooms) SELECT id, size FROM q",
    view "around" "SELECT id FROM rooms WHERE EXISTS (SELECT 1 FROM keys_of WHERE hook = size)",
    view "inner_one" "SELECT id FROM rooms WHERE size IN (SELECT size FROM doors WHERE nr = door)",
    view "derived" "SELECT d.size AS n FROM (SELECT id, size FROM rooms) d JOIN doors ON doors.nr = d.id WHERE doors.size > 0",
    view "arms" "SELECT size FROM doors UNION ALL SELECT size FROM rooms ORDER BY size",
  },
  changes = {
    rename_column "rooms.size" "area",
    alter_column "rooms.area" :bigint(),
    rename_column "doors.size" "width",
  },
  hints = { rooms = { rows = 5e6 } },
}
