-- Rollback of phase expand, schema of migration rename_column
-- The age is called years
-- sqlite 3.40; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/1-expand.rollback.sql

.bail on
.timeout 5000
-- A name that is not there is an error: SQLite would take it in double quotes for a text, and write that into rows.
.dbconfig dqs_dml off
-- Off while tables are rebuilt, as dropping a table would otherwise delete its children; checked by validation.sql.
PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = OFF;

-- ============================================================================
-- Undo step 1 of 8, expand: Add years beside age in users
--   Id:           users.years/expand/add-column
-- ============================================================================
.print 'undo step 1 of 8: Add years beside age in users'
BEGIN IMMEDIATE;
ALTER TABLE "users" DROP COLUMN "years";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'rollback: done'
