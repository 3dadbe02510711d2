-- Rollback of phase migrate, schema of migration emc_backfill_not_null
-- Everyone is in a group
-- sqlite 3.40; strategy expand_migrate_contract; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/2-migrate.rollback.sql

.bail on
.timeout 5000
-- A name that is not there is an error: SQLite would take it in double quotes for a text, and write that into rows.
.dbconfig dqs_dml off
-- Off while tables are rebuilt, as dropping a table would otherwise delete its children; checked by validation.sql.
PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = OFF;

-- ============================================================================
-- Undo step 2 of 6, migrate: Keep grp of users filled for new rows
--   Id:           users.grp/migrate/keep-filled
-- ============================================================================
.print 'undo step 2 of 6: Keep grp of users filled for new rows'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "users__sync_ins";
DROP TRIGGER IF EXISTS "users__sync_upd";
COMMIT;
.print 'rollback: done'
