-- Rollback, every phase of migration rename_table_and_change
-- Users are called people and may have a phone
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
-- Undo step 3 of 3, switch: Rename users to people
--   Id:           users/switch/rename-table
-- ============================================================================
.print 'undo step 3 of 3: Rename users to people'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
ALTER TABLE "people" RENAME TO "users";
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;

-- ============================================================================
-- Undo step 2 of 3, expand: Add the index people_phone_idx on users
--   Id:           users.people_phone_idx/expand/add-index
-- ============================================================================
.print 'undo step 2 of 3: Add the index people_phone_idx on users'
BEGIN IMMEDIATE;
DROP INDEX "people_phone_idx";
COMMIT;

-- ============================================================================
-- Undo step 1 of 3, expand: Add users.phone
--   Id:           users.phone/expand/add-column
-- ============================================================================
.print 'undo step 1 of 3: Add users.phone'
BEGIN IMMEDIATE;
ALTER TABLE "users" DROP COLUMN "phone";
COMMIT;
.print 'rollback: done'
