-- Rollback, every phase of migration generated_column
-- The name is shown in capitals
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
-- Undo step 1 of 1, expand: Add users.shown
--   Id:           users.shown/expand/add-column
-- ============================================================================
.print 'undo step 1 of 1: Add users.shown'
BEGIN IMMEDIATE;
ALTER TABLE "users" DROP COLUMN "shown";
COMMIT;
.print 'rollback: done'
