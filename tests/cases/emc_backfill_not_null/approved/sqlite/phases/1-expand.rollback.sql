-- Rollback of phase expand, schema of migration emc_backfill_not_null
-- Everyone is in a group
-- sqlite 3.40; strategy expand_migrate_contract; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/1-expand.rollback.sql

.bail on
.timeout 5000
-- A name that is not there is an error: SQLite would take it in double quotes for a text, and write that into rows.
.dbconfig dqs_dml off
-- Off while tables are rebuilt, as dropping a table would otherwise delete its children; checked by validation.sql.
PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = OFF;

-- ============================================================================
-- Undo step 1 of 6, expand: Add grp to users, empty and not insisting
--   Id:           users.grp/expand/add-column
-- ============================================================================
.print 'undo step 1 of 6: Add grp to users, empty and not insisting'
BEGIN IMMEDIATE;
ALTER TABLE "users" DROP COLUMN "grp";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'rollback: done'
