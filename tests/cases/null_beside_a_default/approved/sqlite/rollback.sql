-- Rollback, every phase of migration null_beside_a_default
-- Columns with defaults get other names and types, and both applications state NULL where they mean it
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
-- Check: step 7 must be done before this: Drop the old column amount, colour, open of items. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 7 must be done before this: Drop the old column amount, colour, open of items', '1', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('items') WHERE name = 'amount' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
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
-- Undo step 7 of 8, contract: Drop the old column amount, colour, open of items
--   Id:           items.quantity/contract/drop-old
-- ============================================================================
.print 'undo step 7 of 8: Drop the old column amount, colour, open of items'
BEGIN IMMEDIATE;
ALTER TABLE "items" ADD COLUMN "open" boolean DEFAULT 1;
ALTER TABLE "items" ADD COLUMN "colour" varchar(10) DEFAULT 'Red';
ALTER TABLE "items" ADD COLUMN "amount" integer DEFAULT 5;
COMMIT;
.print 'undo step 7 of 8: done'

-- ============================================================================
-- Undo step 6 of 8, contract: Stop keeping amount, colour, open and quantity, shade, is_open of items equal
--   Id:           items.quantity/contract/stop-sync
-- ============================================================================
.print 'undo step 6 of 8: Stop keeping amount, colour, open and quantity, shade, is_open of items equal'
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
  UPDATE OR IGNORE "items" SET "quantity" = (SELECT "amount" FROM (SELECT NEW."amount" AS "amount") AS "items") WHERE "id" = NEW."id" AND NEW."quantity" COLLATE BINARY IS 5;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'quantity', quote(NEW."amount") FROM "items" WHERE "id" = NEW."id" AND NEW."quantity" COLLATE BINARY IS 5 AND NEW."amount" IS NOT NULL AND "items"."quantity" IS NULL;
  UPDATE OR IGNORE "items" SET "amount" = (SELECT "quantity" FROM (SELECT NEW."quantity" AS "quantity") AS "items") WHERE "id" = NEW."id" AND NOT (NEW."quantity" COLLATE BINARY IS 5);
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'amount', quote(NEW."quantity") FROM "items" WHERE "id" = NEW."id" AND NOT (NEW."quantity" COLLATE BINARY IS 5) AND NEW."quantity" IS NOT NULL AND "items"."amount" IS NULL;
  UPDATE OR IGNORE "items" SET "shade" = (SELECT "colour" FROM (SELECT NEW."colour" AS "colour") AS "items") WHERE "id" = NEW."id" AND NEW."shade" COLLATE BINARY IS 'Red';
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'shade', quote(NEW."colour") FROM "items" WHERE "id" = NEW."id" AND NEW."shade" COLLATE BINARY IS 'Red' AND NEW."colour" IS NOT NULL AND "items"."shade" IS NULL;
  UPDATE OR IGNORE "items" SET "colour" = (SELECT "shade" FROM (SELECT NEW."shade" AS "shade") AS "items") WHERE "id" = NEW."id" AND NOT (NEW."shade" COLLATE BINARY IS 'Red');
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'colour', quote(NEW."shade") FROM "items" WHERE "id" = NEW."id" AND NOT (NEW."shade" COLLATE BINARY IS 'Red') AND NEW."shade" IS NOT NULL AND "items"."colour" IS NULL;
  UPDATE OR IGNORE "items" SET "is_open" = (SELECT "open" FROM (SELECT NEW."open" AS "open") AS "items") WHERE "id" = NEW."id" AND NEW."is_open" COLLATE BINARY IS 1;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'is_open', quote(NEW."open") FROM "items" WHERE "id" = NEW."id" AND NEW."is_open" COLLATE BINARY IS 1 AND NEW."open" IS NOT NULL AND "items"."is_open" IS NULL;
  UPDATE OR IGNORE "items" SET "open" = (SELECT "is_open" FROM (SELECT NEW."is_open" AS "is_open") AS "items") WHERE "id" = NEW."id" AND NOT (NEW."is_open" COLLATE BINARY IS 1);
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'open', quote(NEW."is_open") FROM "items" WHERE "id" = NEW."id" AND NOT (NEW."is_open" COLLATE BINARY IS 1) AND NEW."is_open" IS NOT NULL AND "items"."open" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'items__sync';
END;
CREATE TRIGGER "items__sync_upd" AFTER UPDATE OF "amount", "quantity", "colour", "shade", "open", "is_open" ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items__sync');
  UPDATE OR IGNORE "items" SET "quantity" = (SELECT "amount" FROM (SELECT NEW."amount" AS "amount") AS "items") WHERE "id" = NEW."id" AND NEW."amount" IS NOT OLD."amount" AND NOT (NEW."quantity" IS NOT OLD."quantity");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'quantity', quote(NEW."amount") FROM "items" WHERE "id" = NEW."id" AND NEW."amount" IS NOT OLD."amount" AND NOT (NEW."quantity" IS NOT OLD."quantity") AND NEW."amount" IS NOT NULL AND "items"."quantity" IS NULL;
  UPDATE OR IGNORE "items" SET "amount" = (SELECT "quantity" FROM (SELECT NEW."quantity" AS "quantity") AS "items") WHERE "id" = NEW."id" AND NEW."quantity" IS NOT OLD."quantity";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'amount', quote(NEW."quantity") FROM "items" WHERE "id" = NEW."id" AND NEW."quantity" IS NOT OLD."quantity" AND NEW."quantity" IS NOT NULL AND "items"."amount" IS NULL;
  UPDATE OR IGNORE "items" SET "shade" = (SELECT "colour" FROM (SELECT NEW."colour" AS "colour") AS "items") WHERE "id" = NEW."id" AND NEW."colour" IS NOT OLD."colour" AND NOT (NEW."shade" IS NOT OLD."shade");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'shade', quote(NEW."colour") FROM "items" WHERE "id" = NEW."id" AND NEW."colour" IS NOT OLD."colour" AND NOT (NEW."shade" IS NOT OLD."shade") AND NEW."colour" IS NOT NULL AND "items"."shade" IS NULL;
  UPDATE OR IGNORE "items" SET "colour" = (SELECT "shade" FROM (SELECT NEW."shade" AS "shade") AS "items") WHERE "id" = NEW."id" AND NEW."shade" IS NOT OLD."shade";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'colour', quote(NEW."shade") FROM "items" WHERE "id" = NEW."id" AND NEW."shade" IS NOT OLD."shade" AND NEW."shade" IS NOT NULL AND "items"."colour" IS NULL;
  UPDATE OR IGNORE "items" SET "is_open" = (SELECT "open" FROM (SELECT NEW."open" AS "open") AS "items") WHERE "id" = NEW."id" AND NEW."open" IS NOT OLD."open" AND NOT (NEW."is_open" IS NOT OLD."is_open");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'is_open', quote(NEW."open") FROM "items" WHERE "id" = NEW."id" AND NEW."open" IS NOT OLD."open" AND NOT (NEW."is_open" IS NOT OLD."is_open") AND NEW."open" IS NOT NULL AND "items"."is_open" IS NULL;
  UPDATE OR IGNORE "items" SET "open" = (SELECT "is_open" FROM (SELECT NEW."is_open" AS "is_open") AS "items") WHERE "id" = NEW."id" AND NEW."is_open" IS NOT OLD."is_open";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'open', quote(NEW."is_open") FROM "items" WHERE "id" = NEW."id" AND NEW."is_open" IS NOT OLD."is_open" AND NEW."is_open" IS NOT NULL AND "items"."open" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'items__sync';
END;
CREATE TRIGGER "items__sync_kept" AFTER UPDATE ON "items"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."amount" IS NOT OLD."amount" OR NEW."colour" IS NOT OLD."colour" OR NEW."open" IS NOT OLD."open")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "items" SET "amount" = OLD."amount", "colour" = OLD."colour", "open" = OLD."open" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "items__sync_back" AFTER UPDATE ON "items"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."quantity" IS NOT OLD."quantity" OR NEW."shade" IS NOT OLD."shade" OR NEW."is_open" IS NOT OLD."is_open")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "items" SET "quantity" = OLD."quantity", "shade" = OLD."shade", "is_open" = OLD."is_open" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'undo step 6 of 8: done'

-- ============================================================================
-- Undo step 5 of 8, contract: From here the way back computes amount, colour, open of items again
--   Id:           items.quantity/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
.print 'undo step 5 of 8: From here the way back computes amount, colour, open of items again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('items.quantity/contract/point-of-return/back', 20000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'items.quantity/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'items.quantity/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "items"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "items" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill''), (''back'');
UPDATE "items" SET "amount" = ("quantity"), "colour" = ("shade"), "open" = ("is_open") WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ((CASE WHEN ("amount") = ("quantity") OR (("amount") IS NULL AND ("quantity") IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN ("colour") = ("shade") OR (("colour") IS NULL AND ("shade") IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN ("open") = ("is_open") OR (("open") IS NULL AND ("is_open") IS NULL) THEN 0 ELSE 1 END = 1));
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''items.quantity/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'items.quantity/contract/point-of-return/back';
.print 'undo step 5 of 8: done'

-- ============================================================================
-- Undo step 4 of 8, switch: Let quantity, shade, is_open of items lead
--   Id:           items.quantity/switch/swap
-- ============================================================================
.print 'undo step 4 of 8: Let quantity, shade, is_open of items lead'
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
  UPDATE OR IGNORE "items" SET "quantity" = (SELECT "amount" FROM (SELECT NEW."amount" AS "amount") AS "items") WHERE "id" = NEW."id" AND NEW."quantity" COLLATE BINARY IS 5;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'quantity', quote(NEW."amount") FROM "items" WHERE "id" = NEW."id" AND NEW."quantity" COLLATE BINARY IS 5 AND NEW."amount" IS NOT NULL AND "items"."quantity" IS NULL;
  UPDATE OR IGNORE "items" SET "amount" = (SELECT "quantity" FROM (SELECT NEW."quantity" AS "quantity") AS "items") WHERE "id" = NEW."id" AND NOT (NEW."quantity" COLLATE BINARY IS 5);
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'amount', quote(NEW."quantity") FROM "items" WHERE "id" = NEW."id" AND NOT (NEW."quantity" COLLATE BINARY IS 5) AND NEW."quantity" IS NOT NULL AND "items"."amount" IS NULL;
  UPDATE OR IGNORE "items" SET "shade" = (SELECT "colour" FROM (SELECT NEW."colour" AS "colour") AS "items") WHERE "id" = NEW."id" AND NEW."shade" COLLATE BINARY IS 'Red';
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'shade', quote(NEW."colour") FROM "items" WHERE "id" = NEW."id" AND NEW."shade" COLLATE BINARY IS 'Red' AND NEW."colour" IS NOT NULL AND "items"."shade" IS NULL;
  UPDATE OR IGNORE "items" SET "colour" = (SELECT "shade" FROM (SELECT NEW."shade" AS "shade") AS "items") WHERE "id" = NEW."id" AND NOT (NEW."shade" COLLATE BINARY IS 'Red');
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'colour', quote(NEW."shade") FROM "items" WHERE "id" = NEW."id" AND NOT (NEW."shade" COLLATE BINARY IS 'Red') AND NEW."shade" IS NOT NULL AND "items"."colour" IS NULL;
  UPDATE OR IGNORE "items" SET "is_open" = (SELECT "open" FROM (SELECT NEW."open" AS "open") AS "items") WHERE "id" = NEW."id" AND NEW."is_open" COLLATE BINARY IS 1;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'is_open', quote(NEW."open") FROM "items" WHERE "id" = NEW."id" AND NEW."is_open" COLLATE BINARY IS 1 AND NEW."open" IS NOT NULL AND "items"."is_open" IS NULL;
  UPDATE OR IGNORE "items" SET "open" = (SELECT "is_open" FROM (SELECT NEW."is_open" AS "is_open") AS "items") WHERE "id" = NEW."id" AND NOT (NEW."is_open" COLLATE BINARY IS 1);
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'open', quote(NEW."is_open") FROM "items" WHERE "id" = NEW."id" AND NOT (NEW."is_open" COLLATE BINARY IS 1) AND NEW."is_open" IS NOT NULL AND "items"."open" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'items__sync';
END;
CREATE TRIGGER "items__sync_upd" AFTER UPDATE OF "amount", "quantity", "colour", "shade", "open", "is_open" ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items__sync');
  UPDATE OR IGNORE "items" SET "quantity" = (SELECT "amount" FROM (SELECT NEW."amount" AS "amount") AS "items") WHERE "id" = NEW."id" AND NEW."amount" IS NOT OLD."amount";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'quantity', quote(NEW."amount") FROM "items" WHERE "id" = NEW."id" AND NEW."amount" IS NOT OLD."amount" AND NEW."amount" IS NOT NULL AND "items"."quantity" IS NULL;
  UPDATE OR IGNORE "items" SET "amount" = (SELECT "quantity" FROM (SELECT NEW."quantity" AS "quantity") AS "items") WHERE "id" = NEW."id" AND NEW."quantity" IS NOT OLD."quantity" AND NOT (NEW."amount" IS NOT OLD."amount");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'amount', quote(NEW."quantity") FROM "items" WHERE "id" = NEW."id" AND NEW."quantity" IS NOT OLD."quantity" AND NOT (NEW."amount" IS NOT OLD."amount") AND NEW."quantity" IS NOT NULL AND "items"."amount" IS NULL;
  UPDATE OR IGNORE "items" SET "shade" = (SELECT "colour" FROM (SELECT NEW."colour" AS "colour") AS "items") WHERE "id" = NEW."id" AND NEW."colour" IS NOT OLD."colour";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'shade', quote(NEW."colour") FROM "items" WHERE "id" = NEW."id" AND NEW."colour" IS NOT OLD."colour" AND NEW."colour" IS NOT NULL AND "items"."shade" IS NULL;
  UPDATE OR IGNORE "items" SET "colour" = (SELECT "shade" FROM (SELECT NEW."shade" AS "shade") AS "items") WHERE "id" = NEW."id" AND NEW."shade" IS NOT OLD."shade" AND NOT (NEW."colour" IS NOT OLD."colour");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'colour', quote(NEW."shade") FROM "items" WHERE "id" = NEW."id" AND NEW."shade" IS NOT OLD."shade" AND NOT (NEW."colour" IS NOT OLD."colour") AND NEW."shade" IS NOT NULL AND "items"."colour" IS NULL;
  UPDATE OR IGNORE "items" SET "is_open" = (SELECT "open" FROM (SELECT NEW."open" AS "open") AS "items") WHERE "id" = NEW."id" AND NEW."open" IS NOT OLD."open";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'is_open', quote(NEW."open") FROM "items" WHERE "id" = NEW."id" AND NEW."open" IS NOT OLD."open" AND NEW."open" IS NOT NULL AND "items"."is_open" IS NULL;
  UPDATE OR IGNORE "items" SET "open" = (SELECT "is_open" FROM (SELECT NEW."is_open" AS "is_open") AS "items") WHERE "id" = NEW."id" AND NEW."is_open" IS NOT OLD."is_open" AND NOT (NEW."open" IS NOT OLD."open");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'open', quote(NEW."is_open") FROM "items" WHERE "id" = NEW."id" AND NEW."is_open" IS NOT OLD."is_open" AND NOT (NEW."open" IS NOT OLD."open") AND NEW."is_open" IS NOT NULL AND "items"."open" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'items__sync';
END;
CREATE TRIGGER "items__sync_kept" AFTER UPDATE ON "items"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."amount" IS NOT OLD."amount" OR NEW."colour" IS NOT OLD."colour" OR NEW."open" IS NOT OLD."open")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "items" SET "amount" = OLD."amount", "colour" = OLD."colour", "open" = OLD."open" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "items__sync_back" AFTER UPDATE ON "items"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."quantity" IS NOT OLD."quantity" OR NEW."shade" IS NOT OLD."shade" OR NEW."is_open" IS NOT OLD."is_open")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "items" SET "quantity" = OLD."quantity", "shade" = OLD."shade", "is_open" = OLD."is_open" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 4 of 8: done'

-- ============================================================================
-- Undo step 3 of 8, migrate: Convert amount, colour, open of items into quantity, shade, is_open
--   Id:           items.quantity/migrate/backfill
-- ============================================================================
.print 'undo step 3 of 8: Convert amount, colour, open of items into quantity, shade, is_open'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 8: done'

-- ============================================================================
-- Undo step 2 of 8, migrate: Keep amount, colour, open and quantity, shade, is_open of items equal
--   Id:           items.quantity/migrate/sync
-- ============================================================================
.print 'undo step 2 of 8: Keep amount, colour, open and quantity, shade, is_open of items equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "items__sync_ins";
DROP TRIGGER IF EXISTS "items__sync_upd";
DROP TRIGGER IF EXISTS "items__sync_kept";
DROP TRIGGER IF EXISTS "items__sync_back";
COMMIT;
.print 'undo step 2 of 8: done'

-- ============================================================================
-- Undo step 1 of 8, expand: Add quantity, shade, is_open beside amount, colour, open in items
--   Id:           items.quantity/expand/add-column
-- ============================================================================
.print 'undo step 1 of 8: Add quantity, shade, is_open beside amount, colour, open in items'
BEGIN IMMEDIATE;
ALTER TABLE "items" DROP COLUMN "is_open";
ALTER TABLE "items" DROP COLUMN "shade";
ALTER TABLE "items" DROP COLUMN "quantity";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 8: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
