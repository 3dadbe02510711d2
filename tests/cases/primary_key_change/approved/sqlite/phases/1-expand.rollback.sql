-- Rollback of phase expand, schema of migration primary_key_change
-- Readings are keyed by sensor and time
-- sqlite 3.40; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/1-expand.rollback.sql

.bail on
.timeout 5000
-- A name that is not there is an error: SQLite would take it in double quotes for a text, and write that into rows.
.dbconfig dqs_dml off
-- Off while tables are rebuilt, as dropping a table would otherwise delete its children; checked by validation.sql.
PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = OFF;

-- ============================================================================
-- Undo step 1 of 8, expand: Create readings__new in the new shape of readings
--   Id:           readings/expand/create-copy
-- ============================================================================
.print 'undo step 1 of 8: Create readings__new in the new shape of readings'
BEGIN IMMEDIATE;
DROP TABLE "readings__new";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'rollback: done'
