-- WARNING: rollback is destructive — audit data will be lost: the rows of audit: the way back creates it empty.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration drop_table
-- The audit log is no longer kept here
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
-- Undo step 1 of 1, contract: Drop the table audit
--   Id:           audit/contract/drop-table
--   Loses:        the rows of audit: the way back creates it empty
-- ============================================================================
.print 'undo step 1 of 1: Drop the table audit'
BEGIN IMMEDIATE;
CREATE TABLE "audit" (
  "id" bigint NOT NULL PRIMARY KEY,
  "what" text
);
COMMIT;
.print 'rollback: done'
