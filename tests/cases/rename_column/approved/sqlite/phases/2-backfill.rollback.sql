-- Rollback of phase migrate, rows of migration rename_column
-- The age is called years
-- sqlite 3.40; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/2-backfill.rollback.sql

.bail on
.timeout 5000
-- A name that is not there is an error: SQLite would take it in double quotes for a text, and write that into rows.
.dbconfig dqs_dml off
-- Off while tables are rebuilt, as dropping a table would otherwise delete its children; checked by validation.sql.
PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = OFF;

-- ============================================================================
-- Undo step 3 of 8, migrate: Convert age of users into years
--   Id:           users.years/migrate/backfill
-- ============================================================================
.print 'undo step 3 of 8: Convert age of users into years'
-- Nothing to run: the steps before it take with them what it did.
.print 'rollback: done'
