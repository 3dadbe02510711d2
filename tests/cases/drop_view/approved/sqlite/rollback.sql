-- Rollback, every phase of migration drop_view
-- The view of adults goes
-- sqlite 3.40; strategy direct; risk medium; forgelua 0.1.0
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
-- Undo step 1 of 1, contract: Drop the view adults
--   Id:           adults/contract/drop-view
-- ============================================================================
.print 'undo step 1 of 1: Drop the view adults'
BEGIN IMMEDIATE;
CREATE VIEW "adults" AS SELECT id, name FROM users WHERE age >= 18;
COMMIT;
.print 'rollback: done'
