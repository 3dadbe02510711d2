-- Rollback, every phase of migration columns_swapped
-- Two columns exchange their names, and two pass theirs on
-- sqlite 3.40; strategy big_bang; risk high; forgelua 0.1.0
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
-- Check: step 7 must be done before this: Rename pairs.a__moved to b. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 7 must be done before this: Rename pairs.a__moved to b', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('pairs') WHERE name = 'b') THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 2 must be done before this: Rename ledger.x to y. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 2 must be done before this: Rename ledger.x to y', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('ledger') WHERE name = 'y') THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must be done before this: rename_column ledger.z. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must be done before this: rename_column ledger.z', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('ledger') WHERE name = 'z') THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 9 of 9, switch: Start the new application
--   Id:           pairs/switch/start
-- ============================================================================
.print 'undo step 9 of 9: Start the new application'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 9 of 9: done'

-- ============================================================================
-- Undo step 8 of 9, switch: Validate pairs
--   Id:           pairs/switch/validate
-- ============================================================================
.print 'undo step 8 of 9: Validate pairs'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 8 of 9: done'

-- ============================================================================
-- Undo step 7 of 9, switch: Rename pairs.a__moved to b
--   Id:           pairs.a__moved/switch/rename
-- ============================================================================
.print 'undo step 7 of 9: Rename pairs.a__moved to b'
BEGIN IMMEDIATE;
ALTER TABLE "pairs" RENAME COLUMN "b" TO a__moved;
COMMIT;
.print 'undo step 7 of 9: done'

-- ============================================================================
-- Undo step 6 of 9, switch: Rename pairs.b to a
--   Id:           pairs.b/switch/rename
-- ============================================================================
.print 'undo step 6 of 9: Rename pairs.b to a'
BEGIN IMMEDIATE;
ALTER TABLE "pairs" RENAME COLUMN "a" TO b;
COMMIT;
.print 'undo step 6 of 9: done'

-- ============================================================================
-- Undo step 5 of 9, switch: Rename pairs.a to a__moved
--   Id:           pairs.a/switch/rename
-- ============================================================================
.print 'undo step 5 of 9: Rename pairs.a to a__moved'
BEGIN IMMEDIATE;
ALTER TABLE "pairs" RENAME COLUMN "a__moved" TO a;
COMMIT;
.print 'undo step 5 of 9: done'

-- ============================================================================
-- Undo step 4 of 9, switch: Back up pairs
--   Id:           pairs/switch/backup
-- ============================================================================
.print 'undo step 4 of 9: Back up pairs'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 4 of 9: done'

-- ============================================================================
-- Undo step 3 of 9, switch: Stop every application that writes pairs
--   Id:           pairs/switch/stop
-- ============================================================================
.print 'undo step 3 of 9: Stop every application that writes pairs'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 9: done'

-- ============================================================================
-- Undo step 2 of 9, switch: Rename ledger.x to y
--   Id:           ledger.x/switch/rename
-- ============================================================================
.print 'undo step 2 of 9: Rename ledger.x to y'
BEGIN IMMEDIATE;
ALTER TABLE "ledger" RENAME COLUMN "y" TO x;
COMMIT;
.print 'undo step 2 of 9: done'

-- ============================================================================
-- Undo step 1 of 9, switch: Rename ledger.y to z
--   Id:           ledger.y/switch/rename
-- ============================================================================
.print 'undo step 1 of 9: Rename ledger.y to z'
BEGIN IMMEDIATE;
ALTER TABLE "ledger" RENAME COLUMN "z" TO y;
COMMIT;
.print 'undo step 1 of 9: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
