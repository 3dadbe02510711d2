-- Rollback of phase expand, schema of migration blue_green_one
-- Prices flip in one short step
-- sqlite 3.40; strategy blue_green; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/1-expand.rollback.sql

.bail on
.timeout 5000
-- A name that is not there is an error: SQLite would take it in double quotes for a text, and write that into rows.
.dbconfig dqs_dml off
-- Off while tables are rebuilt, as dropping a table would otherwise delete its children; checked by validation.sql.
PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = OFF;

-- ============================================================================
-- Undo step 1 of 9, expand: Create prices__new in the new shape of prices
--   Id:           prices/expand/create-copy
-- ============================================================================
.print 'undo step 1 of 9: Create prices__new in the new shape of prices'
BEGIN IMMEDIATE;
DROP TABLE "prices__new";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'rollback: done'
