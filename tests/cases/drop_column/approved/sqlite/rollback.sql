-- WARNING: rollback is destructive — users.age data will be lost: the values of users.age: the way back adds it again with NULL in every row.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration drop_column
-- The age is no longer kept
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
-- Undo step 1 of 1, contract: Drop users.age
--   Id:           users.age/contract/drop-column
--   Loses:        the values of users.age: the way back adds it again with NULL in every row
-- ============================================================================
.print 'undo step 1 of 1: Drop users.age'
BEGIN IMMEDIATE;
ALTER TABLE "users" ADD COLUMN "age" integer;
COMMIT;
.print 'rollback: done'
