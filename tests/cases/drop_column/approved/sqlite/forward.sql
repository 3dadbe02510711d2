-- Forward, every phase of migration drop_column
-- The age is no longer kept
-- sqlite 3.40; strategy direct; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 1 is destructive — every value of users.age

.bail on
.timeout 5000
-- A name that is not there is an error: SQLite would take it in double quotes for a text, and write that into rows.
.dbconfig dqs_dml off
-- Off while tables are rebuilt, as dropping a table would otherwise delete its children; checked by validation.sql.
PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_guard (title text, expected text, actual text);
CREATE TEMP TRIGGER forgelua_guard_stops BEFORE DELETE ON forgelua_guard WHEN OLD.actual IS NOT OLD.expected
BEGIN
  SELECT RAISE(ABORT, 'check failed: the line printed last names it');
END;

-- ============================================================================
-- Is it this script's turn? Where one of these checks fails, nothing has been touched: it has run already,
-- or a script that comes before it has not. After a stop in the middle see "When a script stops" in runbook.md.
-- ============================================================================
-- Check: step 1 must not be done at this point: Drop users.age. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Drop users.age', '0', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('users') WHERE name = 'age' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 1, contract: Drop users.age
--   Id:           users.age/contract/drop-column
--   Why:          no application reads or writes it any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (unknown), rewrites the table, scans the table
--   Note:         DROP COLUMN writes every row anew, in place; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old BREAKS, new works; statements that name users.age fail from here
--   Way back:     loses the values of users.age: the way back adds it again with NULL in every row
--   Hazards:      drop
-- ============================================================================
.print 'step 1 of 1: Drop users.age'
BEGIN IMMEDIATE;
ALTER TABLE "users" DROP COLUMN "age";
COMMIT;
.print 'step 1 of 1: done'
-- Application: Check that no application, report or job names users.age any more.

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
