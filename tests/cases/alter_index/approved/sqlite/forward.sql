-- Forward, every phase of migration alter_index
-- The index covers the age too
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
-- Step 1 of 1, switch: Replace the index users_name_idx on users
--   Id:           users.users_name_idx/switch/replace
--   Why:          its definition changes
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (unknown), scans the table
--   Note:         one writer for the whole database; in WAL mode readers go on; the index is built from all rows in one transaction; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
.print 'step 1 of 1: Replace the index users_name_idx on users'
BEGIN IMMEDIATE;
DROP INDEX "users_name_idx";
CREATE INDEX "users_name_idx" ON "users" ("name", "age");
COMMIT;
.print 'step 1 of 1: done'
.print 'forward: done'
