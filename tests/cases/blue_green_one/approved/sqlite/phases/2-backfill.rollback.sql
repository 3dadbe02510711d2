-- Rollback of phase migrate, rows of migration blue_green_one
-- Prices flip in one short step
-- sqlite 3.40; strategy blue_green; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/2-backfill.rollback.sql

.bail on
.timeout 5000
-- A name that is not there is an error: SQLite would take it in double quotes for a text, and write that into rows.
.dbconfig dqs_dml off
-- Off while tables are rebuilt, as dropping a table would otherwise delete its children; checked by validation.sql.
PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = OFF;

-- ============================================================================
-- Undo step 3 of 9, migrate: Copy the rows of prices into prices__new
--   Id:           prices/migrate/copy
-- ============================================================================
.print 'undo step 3 of 9: Copy the rows of prices into prices__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'rollback: done'
