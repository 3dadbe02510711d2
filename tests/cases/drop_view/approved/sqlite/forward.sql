-- Forward, every phase of migration drop_view
-- The view of adults goes
-- sqlite 3.40; strategy direct; risk medium; forgelua 0.1.0
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
-- Step 1 of 1, contract: Drop the view adults
--   Id:           adults/contract/drop-view
--   Why:          no application reads it any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; queries that name it fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop view
-- ============================================================================
.print 'step 1 of 1: Drop the view adults'
BEGIN IMMEDIATE;
DROP VIEW "adults";
COMMIT;
.print 'forward: done'
