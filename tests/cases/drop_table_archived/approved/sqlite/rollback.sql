-- Rollback, every phase of migration drop_table_archived
-- The audit log goes, its rows stay in an archive
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
-- Undo step 2 of 2, contract: Drop the table audit
--   Id:           audit/contract/drop-table
-- ============================================================================
.print 'undo step 2 of 2: Drop the table audit'
BEGIN IMMEDIATE;
CREATE TABLE "audit" (
  "id" bigint NOT NULL PRIMARY KEY,
  "what" text,
  "at" timestamp
);
COMMIT;

-- ============================================================================
-- Undo step 1 of 2, contract: Archive audit into audit__archive
--   Id:           audit/contract/archive
-- ============================================================================
.print 'undo step 1 of 2: Archive audit into audit__archive'
BEGIN IMMEDIATE;
INSERT INTO "audit" ("id", "what", "at") SELECT "id", "what", "at" FROM "audit__archive";
DROP TABLE "audit__archive";
COMMIT;
.print 'rollback: done'
