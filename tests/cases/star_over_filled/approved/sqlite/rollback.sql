-- Rollback, every phase of migration star_over_filled
-- A column is added and filled below a view that reads all columns
-- sqlite 3.40; strategy expand_migrate_contract; risk medium; forgelua 0.1.0
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
-- Check: step 4 must be done before this: Drop the trigger that filled twice of items. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 4 must be done before this: Drop the trigger that filled twice of items', '1', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = 'items__sync_ins' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 1 must be done before this: Add twice to items, empty and not insisting. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must be done before this: Add twice to items, empty and not insisting', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('items') WHERE name = 'twice' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 5 of 5, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 5 of 5: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 5 of 5: done'

-- ============================================================================
-- Undo step 4 of 5, contract: Drop the trigger that filled twice of items
--   Id:           items.twice/contract/stop-filling
-- ============================================================================
.print 'undo step 4 of 5: Drop the trigger that filled twice of items'
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS forgelua_marker (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id INTEGER PRIMARY KEY,
  sync TEXT NOT NULL,
  table_name TEXT NOT NULL,
  row_key TEXT,
  column_name TEXT,
  value TEXT,
  at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TRIGGER "items__sync_ins" AFTER INSERT ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items__sync');
  UPDATE OR IGNORE "items" SET "twice" = (amount * 2) WHERE "id" = NEW."id" AND "twice" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'items__sync';
END;
CREATE TRIGGER "items__sync_upd" AFTER UPDATE ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items__sync');
  UPDATE OR IGNORE "items" SET "twice" = (amount * 2) WHERE "id" = NEW."id" AND ("twice" IS NULL OR (NEW."amount" IS NOT OLD."amount") AND NOT (NEW."twice" IS NOT OLD."twice") AND OLD."twice" IS (SELECT amount * 2 FROM (SELECT OLD."amount" AS "amount") AS "items"));
  DELETE FROM forgelua_marker WHERE name = 'items__sync';
END;
COMMIT;
.print 'undo step 4 of 5: done'

-- ============================================================================
-- Undo step 3 of 5, migrate: Backfill twice of items
--   Id:           items.twice/migrate/backfill
-- ============================================================================
.print 'undo step 3 of 5: Backfill twice of items'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 5: done'

-- ============================================================================
-- Undo step 2 of 5, migrate: Keep twice of items filled for new rows
--   Id:           items.twice/migrate/keep-filled
-- ============================================================================
.print 'undo step 2 of 5: Keep twice of items filled for new rows'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "items__sync_ins";
DROP TRIGGER IF EXISTS "items__sync_upd";
COMMIT;
.print 'undo step 2 of 5: done'

-- ============================================================================
-- Undo step 1 of 5, expand: Add twice to items, empty and not insisting
--   Id:           items.twice/expand/add-column
-- ============================================================================
.print 'undo step 1 of 5: Add twice to items, empty and not insisting'
BEGIN IMMEDIATE;
ALTER TABLE "items" DROP COLUMN "twice";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 5: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
