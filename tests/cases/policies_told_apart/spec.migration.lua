migration "policies_told_apart" {
  description = "Columns get other names under a policy, a rule and a routine that say names of other tables",
  before = schema {
    table "rooms" { column "id" :integer() :primary_key(), column "size" :integer() },
    table "doors" { column "nr" :integer() :primary_key(), column "size" :integer() },
    table "notes" { column "nr" :integer() :primary_key(), column "hook" :integer() },
    definition "row security on rooms" { create = "ALTER TABLE rooms ENABLE ROW LEVEL SECURITY", drop = "ALTER TABLE rooms DISABLE ROW LEVEL SECURITY" },
    definition "policy known on rooms" "CREATE POLICY known ON rooms USING (size IN (SELECT size FROM doors) OR EXISTS (SELECT 1 FROM notes WHERE hook = size))",
    definition "rule noted on rooms" "CREATE RULE noted AS ON INSERT TO rooms DO ALSO INSERT INTO notes (nr, hook) SELECT new.id, d.size FROM (SELECT max(size) AS size FROM doors) d",
    definition "function fitting()" { replaces = true,
      create = "CREATE OR REPLACE FUNCTION fitting() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM rooms WHERE EXISTS (SELECT 1 FROM notes WHERE hook = size); END" },
  },
  changes = {
    rename_column "rooms.size" "area",
    rename_column "doors.size" "width",
  },
}
