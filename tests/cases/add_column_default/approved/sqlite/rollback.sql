-- Rollback, every phase of migration add_column_default
-- Every user has a status from the start
-- sqlite 3.40; strategy direct; risk low; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < rollback.sql
-- Takes back a whole forward.sql. After some of the phases only, run their .rollback.sql files, last
-- phase first.

.bail on
.timeout 5000
-- A name that is not there is an error: SQLite would take it in double quotes for a text, and write that into rows.
.dbconfig dqs_dml off
-- Off while tables are rebuilt, as dropping a table would otherwise delete its children; checked by validation.sql.
PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = OFF;

-- ============================================================================
-- Undo step 1 of 1, expand: Add users.status
--   Id:           users.status/expand/add-column
-- ============================================================================
.print 'undo step 1 of 1: Add users.status'
BEGIN IMMEDIATE;
ALTER TABLE "users" DROP COLUMN "status";
COMMIT;
.print 'rollback: done'
