-- Forward, every phase of migration trigger_says_rowid
-- The key that stands for a row's number is renamed below triggers that say rowid
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
-- Check: step 1 must not be done at this point: Rename items.id to item_id. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Rename items.id to item_id', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('items') WHERE name = 'item_id') THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 1, switch: Rename items.id to item_id
--   Id:           items.id/switch/rename
--   Why:          metadata only; both names cannot be served at once this way
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say id fail from here; those that say item_id failed until here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
.print 'step 1 of 1: Rename items.id to item_id'
BEGIN IMMEDIATE;
DROP TRIGGER counted;
DROP TRIGGER stamped;
ALTER TABLE "items" RENAME COLUMN "id" TO item_id;
CREATE TRIGGER counted AFTER INSERT ON logs BEGIN UPDATE items SET stamp = stamp + 1 WHERE items.rowid = NEW.n AND items.item_id > 0; END;
CREATE TRIGGER stamped AFTER INSERT ON items BEGIN UPDATE items SET stamp = 1 WHERE rowid = NEW.rowid; END;
COMMIT;
.print 'step 1 of 1: done'
-- Application: Deploy the application that says item_id together with this step.

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
