-- Phase expand, schema of migration blue_green_one
-- Prices flip in one short step
-- sqlite 3.40; strategy blue_green; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/1-expand.sql

.bail on
.timeout 5000
-- A name that is not there is an error: SQLite would take it in double quotes for a text, and write that into rows.
.dbconfig dqs_dml off
-- Off while tables are rebuilt, as dropping a table would otherwise delete its children; checked by validation.sql.
PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = OFF;

-- ============================================================================
-- Step 1 of 9, expand: Create prices__new in the new shape of prices
--   Id:           prices/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      disk
-- ============================================================================
.print 'step 1 of 9: Create prices__new in the new shape of prices'
BEGIN IMMEDIATE;
CREATE TABLE "prices__new" (
  "id" bigint NOT NULL PRIMARY KEY,
  "amount" bigint NOT NULL
);
COMMIT;
.print 'forward: done'
