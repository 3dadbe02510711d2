-- Rollback of phase migrate, schema of migration primary_key_change
-- Readings are keyed by sensor and time
-- sqlite 3.40; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/2-migrate.rollback.sql

.bail on
.timeout 5000
-- A name that is not there is an error: SQLite would take it in double quotes for a text, and write that into rows.
.dbconfig dqs_dml off
-- Off while tables are rebuilt, as dropping a table would otherwise delete its children; checked by validation.sql.
PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = OFF;

-- ============================================================================
-- Undo step 2 of 8, migrate: Repeat every write to readings on readings__new
--   Id:           readings/migrate/sync
-- ============================================================================
.print 'undo step 2 of 8: Repeat every write to readings on readings__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "readings__sync_ins";
DROP TRIGGER IF EXISTS "readings__sync_upd";
DROP TRIGGER IF EXISTS "readings__sync_del";
COMMIT;
.print 'rollback: done'
