-- Rollback of phase expand, schema of migration add_table
-- Orders are kept
-- sqlite 3.40; strategy direct; risk low; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/1-expand.rollback.sql

.bail on
.timeout 5000
-- A name that is not there is an error: SQLite would take it in double quotes for a text, and write that into rows.
.dbconfig dqs_dml off
-- Off while tables are rebuilt, as dropping a table would otherwise delete its children; checked by validation.sql.
PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = OFF;

-- ============================================================================
-- Undo step 1 of 1, expand: Create the table orders
--   Id:           orders/expand/create-table
-- ============================================================================
.print 'undo step 1 of 1: Create the table orders'
BEGIN IMMEDIATE;
DROP TABLE "orders";
COMMIT;
.print 'rollback: done'
