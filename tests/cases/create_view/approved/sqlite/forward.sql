-- Forward, every phase of migration create_view
-- Adults have a view
-- sqlite 3.40; strategy direct; risk low; forgelua 0.1.0
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
-- Step 1 of 1, expand: Create the view adults
--   Id:           adults/expand/create-view
--   Why:          the new application reads it
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 1 of 1: Create the view adults'
BEGIN IMMEDIATE;
CREATE VIEW "adults" AS SELECT id, name FROM users WHERE age >= 18;
COMMIT;
.print 'forward: done'
