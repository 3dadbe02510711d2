-- Forward, every phase of migration rename_table
-- Users are called people
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
-- Step 1 of 1, switch: Rename users to people
--   Id:           users/switch/rename-table
--   Why:          metadata only
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; views take no writes on this engine, so one name works at a time: users fails from here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
.print 'step 1 of 1: Rename users to people'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
ALTER TABLE "users" RENAME TO "people";
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
-- Application: Deploy the application that says people together with this step.
.print 'forward: done'
