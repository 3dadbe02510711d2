-- Phase expand, schema of migration primary_key_change
-- Readings are keyed by sensor and time
-- sqlite 3.40; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/1-expand.sql

.bail on
.timeout 5000
-- A name that is not there is an error: SQLite would take it in double quotes for a text, and write that into rows.
.dbconfig dqs_dml off
-- Off while tables are rebuilt, as dropping a table would otherwise delete its children; checked by validation.sql.
PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = OFF;

-- ============================================================================
-- Step 1 of 8, expand: Create readings__new in the new shape of readings
--   Id:           readings/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      disk
-- ============================================================================
.print 'step 1 of 8: Create readings__new in the new shape of readings'
BEGIN IMMEDIATE;
CREATE TABLE "readings__new" (
  "id" bigint NOT NULL,
  "sensor" integer NOT NULL,
  "at" bigint NOT NULL,
  "v" integer,
  PRIMARY KEY ("sensor", "at")
);
COMMIT;
.print 'forward: done'
