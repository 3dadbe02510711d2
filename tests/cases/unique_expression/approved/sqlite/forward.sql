-- Forward, every phase of migration unique_expression
-- Addresses are unique whatever their case; an expression goes, and another one changes
-- sqlite 3.40; strategy direct; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.

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
-- Check: step 1 must not be done at this point: Add the unique index people_mail on people. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Add the unique index people_mail on people', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = 'people_mail' AND tbl_name = 'people' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 3, switch: Add the unique index people_mail on people
--   Id:           people.people_mail/switch/add-unique-index
--   Why:          the new schema promises it
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (unknown), scans the table
--   Note:         the index is built from all rows in one transaction; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
.print 'step 1 of 3: Add the unique index people_mail on people'
-- Check: no two rows of people agree in ((lower(mail))). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no two rows of people agree in ((lower(mail)))', '0', CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM "people" WHERE (lower(mail)) IS NOT NULL GROUP BY (lower(mail)) HAVING COUNT(*) > 1) AS doubled) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
BEGIN IMMEDIATE;
CREATE UNIQUE INDEX "people_mail" ON "people" ((lower(mail)));
COMMIT;
.print 'step 1 of 3: done'

-- ============================================================================
-- Step 2 of 3, switch: Replace the index people_code on people
--   Id:           people.people_code/switch/replace
--   Why:          its definition changes
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (unknown), scans the table
--   Note:         one writer for the whole database; in WAL mode readers go on; the index is built from all rows in one transaction; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
.print 'step 2 of 3: Replace the index people_code on people'
BEGIN IMMEDIATE;
DROP INDEX "people_code";
CREATE INDEX "people_code" ON "people" ((upper(code)));
COMMIT;
.print 'step 2 of 3: done'

-- ============================================================================
-- Step 3 of 3, contract: Drop the unique index people_nick on people
--   Id:           people.people_nick/contract/drop-unique-index
--   Why:          no query of the new schema counts on it
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; queries that used the index get slower
--   Way back:     loses rows of people that agree in what people_nick held apart: the way back stops at them until they are changed
--   Hazards:      index drop
-- ============================================================================
.print 'step 3 of 3: Drop the unique index people_nick on people'
BEGIN IMMEDIATE;
DROP INDEX "people_nick";
COMMIT;
.print 'step 3 of 3: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
