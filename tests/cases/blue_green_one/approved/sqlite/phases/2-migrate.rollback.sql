-- Rollback of phase migrate, schema of migration blue_green_one
-- Prices flip in one short step
-- sqlite 3.40; strategy blue_green; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/2-migrate.rollback.sql

.bail on
.timeout 5000
-- A name that is not there is an error: SQLite would take it in double quotes for a text, and write that into rows.
.dbconfig dqs_dml off
-- Off while tables are rebuilt, as dropping a table would otherwise delete its children; checked by validation.sql.
PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = OFF;

-- ============================================================================
-- Undo step 2 of 9, migrate: Repeat every write to prices on prices__new
--   Id:           prices/migrate/sync
-- ============================================================================
.print 'undo step 2 of 9: Repeat every write to prices on prices__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "prices__sync_ins";
DROP TRIGGER IF EXISTS "prices__sync_upd";
DROP TRIGGER IF EXISTS "prices__sync_del";
COMMIT;
.print 'rollback: done'
