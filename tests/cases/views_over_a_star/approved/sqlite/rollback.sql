-- Rollback, every phase of migration views_over_a_star
-- A column is renamed below a view that reads all of them, and views over that one say its new name or none
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
-- Check: step 7 must be done before this: Drop the old column amount of items. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 7 must be done before this: Drop the old column amount of items', '1', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('items') WHERE name = 'amount' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
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
-- Undo step 7 of 8, contract: Drop the old column amount of items
--   Id:           items.total/contract/drop-old
-- ============================================================================
.print 'undo step 7 of 8: Drop the old column amount of items'
BEGIN IMMEDIATE;
ALTER TABLE "items" ADD COLUMN "amount" integer;
COMMIT;
.print 'undo step 7 of 8: done'

-- ============================================================================
-- Undo step 6 of 8, contract: Stop keeping amount and total of items equal
--   Id:           items.total/contract/stop-sync
-- ============================================================================
.print 'undo step 6 of 8: Stop keeping amount and total of items equal'
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
  UPDATE OR IGNORE "items" SET "total" = (SELECT "amount" FROM (SELECT NEW."amount" AS "amount") AS "items") WHERE "id" = NEW."id" AND NEW."amount" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'total', quote(NEW."amount") FROM "items" WHERE "id" = NEW."id" AND NEW."amount" IS NOT NULL AND NEW."amount" IS NOT NULL AND "items"."total" IS NULL;
  UPDATE OR IGNORE "items" SET "amount" = (SELECT "total" FROM (SELECT NEW."total" AS "total") AS "items") WHERE "id" = NEW."id" AND NEW."amount" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'amount', quote(NEW."total") FROM "items" WHERE "id" = NEW."id" AND NEW."amount" IS NULL AND NEW."total" IS NOT NULL AND "items"."amount" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'items__sync';
END;
CREATE TRIGGER "items__sync_upd" AFTER UPDATE OF "amount", "total" ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items__sync');
  UPDATE OR IGNORE "items" SET "total" = (SELECT "amount" FROM (SELECT NEW."amount" AS "amount") AS "items") WHERE "id" = NEW."id" AND NEW."amount" IS NOT OLD."amount" AND NOT (NEW."total" IS NOT OLD."total");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'total', quote(NEW."amount") FROM "items" WHERE "id" = NEW."id" AND NEW."amount" IS NOT OLD."amount" AND NOT (NEW."total" IS NOT OLD."total") AND NEW."amount" IS NOT NULL AND "items"."total" IS NULL;
  UPDATE OR IGNORE "items" SET "amount" = (SELECT "total" FROM (SELECT NEW."total" AS "total") AS "items") WHERE "id" = NEW."id" AND NEW."total" IS NOT OLD."total";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'amount', quote(NEW."total") FROM "items" WHERE "id" = NEW."id" AND NEW."total" IS NOT OLD."total" AND NEW."total" IS NOT NULL AND "items"."amount" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'items__sync';
END;
CREATE TRIGGER "items__sync_kept" AFTER UPDATE ON "items"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."amount" IS NOT OLD."amount")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "items" SET "amount" = OLD."amount" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "items__sync_back" AFTER UPDATE ON "items"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."total" IS NOT OLD."total")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "items" SET "total" = OLD."total" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'undo step 6 of 8: done'

-- ============================================================================
-- Undo step 5 of 8, contract: From here the way back computes amount of items again
--   Id:           items.total/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 5 of 8: From here the way back computes amount of items again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('items.total/contract/point-of-return/back', (SELECT count(*) FROM "items"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'items.total/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'items.total/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "items"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "items" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill''), (''back'');
UPDATE "items" SET "amount" = ("total") WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ((CASE WHEN ("amount") = ("total") OR (("amount") IS NULL AND ("total") IS NULL) THEN 0 ELSE 1 END = 1));
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''items.total/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'items.total/contract/point-of-return/back';
.print 'undo step 5 of 8: done'

-- ============================================================================
-- Undo step 4 of 8, switch: Let total of items lead
--   Id:           items.total/switch/swap
-- ============================================================================
.print 'undo step 4 of 8: Let total of items lead'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'all_items' OR lower(tbl_name) = 'of_all' OR lower(tbl_name) = 'joined' OR lower(tbl_name) = 'amounts'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP VIEW "amounts";
DROP VIEW "joined";
DROP VIEW "of_all";
DROP VIEW "all_items";
DROP TRIGGER IF EXISTS "items__sync_ins";
DROP TRIGGER IF EXISTS "items__sync_upd";
DROP TRIGGER IF EXISTS "items__sync_kept";
DROP TRIGGER IF EXISTS "items__sync_back";
CREATE VIEW "all_items" AS SELECT * FROM items;
CREATE VIEW "of_all" AS SELECT * FROM all_items;
CREATE VIEW "joined" AS SELECT a.id, k.amount FROM all_items AS a JOIN kinds AS k ON k.id = a.id;
CREATE VIEW "amounts" AS SELECT amount FROM all_items;
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
  UPDATE OR IGNORE "items" SET "total" = (SELECT "amount" FROM (SELECT NEW."amount" AS "amount") AS "items") WHERE "id" = NEW."id" AND NEW."total" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'total', quote(NEW."amount") FROM "items" WHERE "id" = NEW."id" AND NEW."total" IS NULL AND NEW."amount" IS NOT NULL AND "items"."total" IS NULL;
  UPDATE OR IGNORE "items" SET "amount" = (SELECT "total" FROM (SELECT NEW."total" AS "total") AS "items") WHERE "id" = NEW."id" AND NEW."total" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'amount', quote(NEW."total") FROM "items" WHERE "id" = NEW."id" AND NEW."total" IS NOT NULL AND NEW."total" IS NOT NULL AND "items"."amount" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'items__sync';
END;
CREATE TRIGGER "items__sync_upd" AFTER UPDATE OF "amount", "total" ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items__sync');
  UPDATE OR IGNORE "items" SET "total" = (SELECT "amount" FROM (SELECT NEW."amount" AS "amount") AS "items") WHERE "id" = NEW."id" AND NEW."amount" IS NOT OLD."amount";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'total', quote(NEW."amount") FROM "items" WHERE "id" = NEW."id" AND NEW."amount" IS NOT OLD."amount" AND NEW."amount" IS NOT NULL AND "items"."total" IS NULL;
  UPDATE OR IGNORE "items" SET "amount" = (SELECT "total" FROM (SELECT NEW."total" AS "total") AS "items") WHERE "id" = NEW."id" AND NEW."total" IS NOT OLD."total" AND NOT (NEW."amount" IS NOT OLD."amount");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'amount', quote(NEW."total") FROM "items" WHERE "id" = NEW."id" AND NEW."total" IS NOT OLD."total" AND NOT (NEW."amount" IS NOT OLD."amount") AND NEW."total" IS NOT NULL AND "items"."amount" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'items__sync';
END;
CREATE TRIGGER "items__sync_kept" AFTER UPDATE ON "items"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."amount" IS NOT OLD."amount")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "items" SET "amount" = OLD."amount" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "items__sync_back" AFTER UPDATE ON "items"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."total" IS NOT OLD."total")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "items" SET "total" = OLD."total" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 4 of 8: done'

-- ============================================================================
-- Undo step 3 of 8, migrate: Convert amount of items into total
--   Id:           items.total/migrate/backfill
-- ============================================================================
.print 'undo step 3 of 8: Convert amount of items into total'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 8: done'

-- ============================================================================
-- Undo step 2 of 8, migrate: Keep amount and total of items equal
--   Id:           items.total/migrate/sync
-- ============================================================================
.print 'undo step 2 of 8: Keep amount and total of items equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "items__sync_ins";
DROP TRIGGER IF EXISTS "items__sync_upd";
DROP TRIGGER IF EXISTS "items__sync_kept";
DROP TRIGGER IF EXISTS "items__sync_back";
COMMIT;
.print 'undo step 2 of 8: done'

-- ============================================================================
-- Undo step 1 of 8, expand: Add total beside amount in items
--   Id:           items.total/expand/add-column
-- ============================================================================
.print 'undo step 1 of 8: Add total beside amount in items'
BEGIN IMMEDIATE;
ALTER TABLE "items" DROP COLUMN "total";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 8: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
