-- WARNING: rollback is destructive — items.code data will be lost: values of code that do not come back from number unchanged.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration text_to_int
-- Codes become numbers
-- sqlite 3.40; strategy shadow_column; risk high; forgelua 0.1.0
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
-- Check: step 7 must be done before this: Drop the old column code of items. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 7 must be done before this: Drop the old column code of items', '1', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('items') WHERE name = 'code' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 8 of 8, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 8 of 8: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 8 of 8: done'

-- ============================================================================
-- Undo step 7 of 8, contract: Drop the old column code of items
--   Id:           items.number/contract/drop-old
--   Loses:        values of code that do not come back from number unchanged
-- ============================================================================
.print 'undo step 7 of 8: Drop the old column code of items'
BEGIN IMMEDIATE;
ALTER TABLE "items" ADD COLUMN "code" varchar(20);
COMMIT;
.print 'undo step 7 of 8: done'

-- ============================================================================
-- Undo step 6 of 8, contract: Stop keeping code and number of items equal
--   Id:           items.number/contract/stop-sync
-- ============================================================================
.print 'undo step 6 of 8: Stop keeping code and number of items equal'
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
  UPDATE OR IGNORE "items" SET "number" = (SELECT cast(code as integer) FROM (SELECT NEW."code" AS "code") AS "items") WHERE rowid = NEW.rowid AND NEW."code" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW.rowid), 'number', quote(NEW."code") FROM "items" WHERE rowid = NEW.rowid AND NEW."code" IS NOT NULL AND NEW."code" IS NOT NULL AND "items"."number" IS NULL;
  UPDATE OR IGNORE "items" SET "code" = (SELECT CAST("number" AS TEXT) FROM (SELECT NEW."number" AS "number") AS "items") WHERE rowid = NEW.rowid AND NEW."code" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW.rowid), 'code', quote(NEW."number") FROM "items" WHERE rowid = NEW.rowid AND NEW."code" IS NULL AND NEW."number" IS NOT NULL AND "items"."code" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'items__sync';
END;
CREATE TRIGGER "items__sync_upd" AFTER UPDATE OF "code", "number" ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items__sync');
  UPDATE OR IGNORE "items" SET "number" = (SELECT cast(code as integer) FROM (SELECT NEW."code" AS "code") AS "items") WHERE rowid = NEW.rowid AND NEW."code" IS NOT OLD."code" AND NOT (NEW."number" IS NOT OLD."number");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW.rowid), 'number', quote(NEW."code") FROM "items" WHERE rowid = NEW.rowid AND NEW."code" IS NOT OLD."code" AND NOT (NEW."number" IS NOT OLD."number") AND NEW."code" IS NOT NULL AND "items"."number" IS NULL;
  UPDATE OR IGNORE "items" SET "code" = (SELECT CAST("number" AS TEXT) FROM (SELECT NEW."number" AS "number") AS "items") WHERE rowid = NEW.rowid AND NEW."number" IS NOT OLD."number";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW.rowid), 'code', quote(NEW."number") FROM "items" WHERE rowid = NEW.rowid AND NEW."number" IS NOT OLD."number" AND NEW."number" IS NOT NULL AND "items"."code" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'items__sync';
END;
CREATE TRIGGER "items__sync_kept" AFTER UPDATE ON "items"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."code" IS NOT OLD."code")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "items" SET "code" = OLD."code" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "items__sync_back" AFTER UPDATE ON "items"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."number" IS NOT OLD."number")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "items" SET "number" = OLD."number" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'undo step 6 of 8: done'

-- ============================================================================
-- Undo step 5 of 8, contract: From here the way back computes code of items again
--   Id:           items.number/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
.print 'undo step 5 of 8: From here the way back computes code of items again'
CREATE TABLE IF NOT EXISTS forgelua_backfill_progress (
  step TEXT PRIMARY KEY,
  cursor TEXT,
  rows_done INTEGER NOT NULL DEFAULT 0,
  total INTEGER,
  state TEXT NOT NULL DEFAULT 'running',
  started_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TEXT,
  key_1, key_2, key_3, key_4
);
CREATE TABLE IF NOT EXISTS forgelua_marker (name TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('items.number/contract/point-of-return/back', 10504);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'items.number/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'items.number/contract/point-of-return/back'), (SELECT min(rowid) - 1 FROM "items"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "items" WHERE rowid > batch.hi ORDER BY rowid LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill''), (''back'');
UPDATE "items" SET "code" = (CAST("number" AS TEXT)) WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND ((CASE WHEN ("code") = (CAST("number" AS TEXT)) OR (("code") IS NULL AND (CAST("number" AS TEXT)) IS NULL) THEN 0 ELSE 1 END = 1));
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''items.number/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'items.number/contract/point-of-return/back';
.print 'undo step 5 of 8: done'

-- ============================================================================
-- Undo step 4 of 8, switch: Let number of items lead
--   Id:           items.number/switch/swap
-- ============================================================================
.print 'undo step 4 of 8: Let number of items lead'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "items__sync_ins";
DROP TRIGGER IF EXISTS "items__sync_upd";
DROP TRIGGER IF EXISTS "items__sync_kept";
DROP TRIGGER IF EXISTS "items__sync_back";
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
  UPDATE OR IGNORE "items" SET "number" = (SELECT cast(code as integer) FROM (SELECT NEW."code" AS "code") AS "items") WHERE rowid = NEW.rowid AND NEW."number" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW.rowid), 'number', quote(NEW."code") FROM "items" WHERE rowid = NEW.rowid AND NEW."number" IS NULL AND NEW."code" IS NOT NULL AND "items"."number" IS NULL;
  UPDATE OR IGNORE "items" SET "code" = (SELECT CAST("number" AS TEXT) FROM (SELECT NEW."number" AS "number") AS "items") WHERE rowid = NEW.rowid AND NEW."number" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW.rowid), 'code', quote(NEW."number") FROM "items" WHERE rowid = NEW.rowid AND NEW."number" IS NOT NULL AND NEW."number" IS NOT NULL AND "items"."code" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'items__sync';
END;
CREATE TRIGGER "items__sync_upd" AFTER UPDATE OF "code", "number" ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items__sync');
  UPDATE OR IGNORE "items" SET "number" = (SELECT cast(code as integer) FROM (SELECT NEW."code" AS "code") AS "items") WHERE rowid = NEW.rowid AND NEW."code" IS NOT OLD."code";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW.rowid), 'number', quote(NEW."code") FROM "items" WHERE rowid = NEW.rowid AND NEW."code" IS NOT OLD."code" AND NEW."code" IS NOT NULL AND "items"."number" IS NULL;
  UPDATE OR IGNORE "items" SET "code" = (SELECT CAST("number" AS TEXT) FROM (SELECT NEW."number" AS "number") AS "items") WHERE rowid = NEW.rowid AND NEW."number" IS NOT OLD."number" AND NOT (NEW."code" IS NOT OLD."code");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW.rowid), 'code', quote(NEW."number") FROM "items" WHERE rowid = NEW.rowid AND NEW."number" IS NOT OLD."number" AND NOT (NEW."code" IS NOT OLD."code") AND NEW."number" IS NOT NULL AND "items"."code" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'items__sync';
END;
CREATE TRIGGER "items__sync_kept" AFTER UPDATE ON "items"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."code" IS NOT OLD."code")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "items" SET "code" = OLD."code" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "items__sync_back" AFTER UPDATE ON "items"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."number" IS NOT OLD."number")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "items" SET "number" = OLD."number" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 4 of 8: done'

-- ============================================================================
-- Undo step 3 of 8, migrate: Convert code of items into number
--   Id:           items.number/migrate/backfill
-- ============================================================================
.print 'undo step 3 of 8: Convert code of items into number'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 8: done'

-- ============================================================================
-- Undo step 2 of 8, migrate: Keep code and number of items equal
--   Id:           items.number/migrate/sync
-- ============================================================================
.print 'undo step 2 of 8: Keep code and number of items equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "items__sync_ins";
DROP TRIGGER IF EXISTS "items__sync_upd";
DROP TRIGGER IF EXISTS "items__sync_kept";
DROP TRIGGER IF EXISTS "items__sync_back";
COMMIT;
.print 'undo step 2 of 8: done'

-- ============================================================================
-- Undo step 1 of 8, expand: Add number beside code in items
--   Id:           items.number/expand/add-column
-- ============================================================================
.print 'undo step 1 of 8: Add number beside code in items'
BEGIN IMMEDIATE;
ALTER TABLE "items" DROP COLUMN "number";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 8: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
