-- Phase expand, schema of migration rename_column
-- The age is called years
-- sqlite 3.40; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/1-expand.sql

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
-- Check: step 1 must not be done at this point: Add years beside age in users. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Add years beside age in users', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('users') WHERE name = 'years' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 8, expand: Add years beside age in users
--   Id:           users.years/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         old rows are not touched: they show the default; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
.print 'step 1 of 8: Add years beside age in users'
BEGIN IMMEDIATE;
ALTER TABLE "users" ADD COLUMN "years" integer;
COMMIT;
.print 'step 1 of 8: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
