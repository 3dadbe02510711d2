-- Rollback, every phase of migration raw_sql
-- A row is corrected by hand
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
-- Undo step 2 of 2, expand: Run the SQL stated as fix_ada
--   Id:           fix_ada/expand/run-sql
-- ============================================================================
.print 'undo step 2 of 2: Run the SQL stated as fix_ada'
BEGIN IMMEDIATE;
UPDATE users SET age = 36 WHERE id = 1;
COMMIT;

-- ============================================================================
-- Undo step 1 of 2, expand: Add users.seen
--   Id:           users.seen/expand/add-column
-- ============================================================================
.print 'undo step 1 of 2: Add users.seen'
BEGIN IMMEDIATE;
ALTER TABLE "users" DROP COLUMN "seen";
COMMIT;
.print 'rollback: done'
