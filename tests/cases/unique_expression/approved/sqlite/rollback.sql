-- WARNING: rollback is destructive — people_nick data will be lost: rows of people that agree in what people_nick held apart: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration unique_expression
-- Addresses are unique whatever their case; an expression goes, and another one changes
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
CREATE TEMP TABLE forgelua_guard (title text, expected text, actual text);
CREATE TEMP TRIGGER forgelua_guard_stops BEFORE DELETE ON forgelua_guard WHEN OLD.actual IS NOT OLD.expected
BEGIN
  SELECT RAISE(ABORT, 'check failed: the line printed last names it');
END;

-- ============================================================================
-- Is it this script's turn? Where one of these checks fails, nothing has been touched: it has run already,
-- or a script that comes before it has not. After a stop in the middle see "When a script stops" in runbook.md.
-- ============================================================================
-- Check: step 3 must be done before this: Drop the unique index people_nick on people. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 3 must be done before this: Drop the unique index people_nick on people', '1', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = 'people_nick' COLLATE NOCASE AND tbl_name = 'people' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no two rows of people agree in ((lower(nick))). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no two rows of people agree in ((lower(nick)))', '0', CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM "people" WHERE (lower(nick)) IS NOT NULL GROUP BY (lower(nick)) HAVING COUNT(*) > 1) AS doubled) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 3 of 3, contract: Drop the unique index people_nick on people
--   Id:           people.people_nick/contract/drop-unique-index
--   Loses:        rows of people that agree in what people_nick held apart: the way back stops at them until they are changed
-- ============================================================================
.print 'undo step 3 of 3: Drop the unique index people_nick on people'
BEGIN IMMEDIATE;
CREATE UNIQUE INDEX "people_nick" ON "people" ((lower(nick)));
COMMIT;
.print 'undo step 3 of 3: done'

-- ============================================================================
-- Undo step 2 of 3, switch: Replace the index people_code on people
--   Id:           people.people_code/switch/replace
-- ============================================================================
.print 'undo step 2 of 3: Replace the index people_code on people'
BEGIN IMMEDIATE;
DROP INDEX "people_code";
CREATE INDEX "people_code" ON "people" ((lower(code)));
COMMIT;
.print 'undo step 2 of 3: done'

-- ============================================================================
-- Undo step 1 of 3, switch: Add the unique index people_mail on people
--   Id:           people.people_mail/switch/add-unique-index
-- ============================================================================
.print 'undo step 1 of 3: Add the unique index people_mail on people'
BEGIN IMMEDIATE;
DROP INDEX "people_mail";
COMMIT;
.print 'undo step 1 of 3: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
