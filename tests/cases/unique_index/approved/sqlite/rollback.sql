-- Rollback, every phase of migration unique_index
-- No two users share a name
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
-- Undo step 1 of 1, switch: Add the unique index users_name_key on users
--   Id:           users.users_name_key/switch/add-unique-index
-- ============================================================================
.print 'undo step 1 of 1: Add the unique index users_name_key on users'
BEGIN IMMEDIATE;
DROP INDEX "users_name_key";
COMMIT;
.print 'rollback: done'
