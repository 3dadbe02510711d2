-- Forward, every phase of migration create_index
-- Users are searched by name
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
-- Step 1 of 1, expand: Add the index users_name_idx on users
--   Id:           users.users_name_idx/expand/add-index
--   Why:          the new schema's queries use it
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (47 s), scans the table
--   Note:         the index is built from all rows in one transaction; one writer for the whole database; in WAL mode readers go on
--   Estimate:     47 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
.print 'step 1 of 1: Add the index users_name_idx on users'
BEGIN IMMEDIATE;
CREATE INDEX "users_name_idx" ON "users" ("name", "age" DESC);
COMMIT;
.print 'forward: done'
