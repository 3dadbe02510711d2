-- Forward, every phase of migration drop_table_archived
-- The audit log goes, its rows stay in an archive
-- sqlite 3.40; strategy direct; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.

.bail on
.timeout 5000
-- A name that is not there is an error: SQLite would take it in double quotes for a text, and write that into rows.
.dbconfig dqs_dml off
-- Off while tables are rebuilt, as dropping a table would otherwise delete its children; checked by validation.sql.
PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = OFF;

-- ============================================================================
-- Step 1 of 2, contract: Archive audit into audit__archive
--   Id:           audit/contract/archive
--   Why:          the specification asks for it: the rows outlive the drop, and the way back restores them
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s)
--   Note:         SQL of the specification's own: what it takes depends on it; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; nothing writes the table any more
--   Way back:     yes, nothing is lost
--   Hazards:      archive
-- ============================================================================
.print 'step 1 of 2: Archive audit into audit__archive'
BEGIN IMMEDIATE;
CREATE TABLE "audit__archive" AS SELECT * FROM "audit" WHERE 1 = 0;
INSERT INTO "audit__archive" ("id", "what", "at") SELECT "id", "what", "at" FROM "audit";
COMMIT;

-- ============================================================================
-- Step 2 of 2, contract: Drop the table audit
--   Id:           audit/contract/drop-table
--   Why:          no application reads or writes it any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name audit fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 2 of 2: Drop the table audit'
BEGIN IMMEDIATE;
DROP TABLE "audit";
COMMIT;
-- Application: Check that no application, report or job names audit any more.
.print 'forward: done'
