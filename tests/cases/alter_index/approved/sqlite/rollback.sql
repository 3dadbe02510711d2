-- Rollback, every phase of migration alter_index
-- The index covers the age too
-- sqlite 3.40; strategy direct; risk high; forgelua 0.1.0
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
-- Undo step 1 of 1, switch: Replace the index users_name_idx on users
--   Id:           users.users_name_idx/switch/replace
-- ============================================================================
.print 'undo step 1 of 1: Replace the index users_name_idx on users'
BEGIN IMMEDIATE;
DROP INDEX "users_name_idx";
CREATE INDEX "users_name_idx" ON "users" ("name");
COMMIT;
.print 'undo step 1 of 1: done'
.print 'rollback: done'
