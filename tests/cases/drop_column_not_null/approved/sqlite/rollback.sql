-- WARNING: rollback is destructive — users.legacy data will be lost: the values of users.legacy: the way back adds it again with its default in every row.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration drop_column_not_null
-- A required column goes
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
-- Undo step 1 of 1, contract: Drop users.legacy
--   Id:           users.legacy/contract/drop-column
--   Loses:        the values of users.legacy: the way back adds it again with its default in every row
-- ============================================================================
.print 'undo step 1 of 1: Drop users.legacy'
BEGIN IMMEDIATE;
ALTER TABLE "users" ADD COLUMN "legacy" integer NOT NULL DEFAULT 7;
COMMIT;
.print 'rollback: done'
