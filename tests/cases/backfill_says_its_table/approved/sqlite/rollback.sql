-- WARNING: rollback is destructive — costs.cents data will be lost: values of cents that do not come back from amount unchanged; values of tax that do not come back from due unchanged.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration backfill_says_its_table
-- The way there of a backfill says its table by the old name, the way back by the new one, with and without a query
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
-- Check: step 8 must be done before this: Drop the old column cents, tax of costs. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 8 must be done before this: Drop the old column cents, tax of costs', '1', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('costs') WHERE name = 'cents' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 5 must be done before this: Rename prices to costs. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 5 must be done before this: Rename prices to costs', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'costs') AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'prices' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 9 of 9, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 9 of 9: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 9 of 9: done'

-- ============================================================================
-- Undo step 8 of 9, contract: Drop the old column cents, tax of costs
--   Id:           prices.amount/contract/drop-old
--   Loses:        values of cents that do not come back from amount unchanged; values of tax that do not come back from due unchanged
-- ============================================================================
.print 'undo step 8 of 9: Drop the old column cents, tax of costs'
BEGIN IMMEDIATE;
ALTER TABLE "costs" ADD COLUMN "tax" integer;
ALTER TABLE "costs" ADD COLUMN "cents" integer;
COMMIT;
.print 'undo step 8 of 9: done'

-- ============================================================================
-- Undo step 7 of 9, contract: Stop keeping cents, tax and amount, due of costs equal
--   Id:           prices.amount/contract/stop-sync
-- ============================================================================
.print 'undo step 7 of 9: Stop keeping cents, tax and amount, due of costs equal'
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
CREATE TRIGGER "prices__sync_ins" AFTER INSERT ON "costs"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'prices__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('prices__sync');
  UPDATE OR IGNORE "costs" SET "amount" = (SELECT cents * 2 FROM (SELECT NEW."cents" AS "cents") AS "costs") WHERE "id" = NEW."id" AND NEW."cents" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'prices__sync', 'costs', quote(NEW."id"), 'amount', quote(NEW."cents") FROM "costs" WHERE "id" = NEW."id" AND NEW."cents" IS NOT NULL AND NEW."cents" IS NOT NULL AND "costs"."amount" IS NULL;
  UPDATE OR IGNORE "costs" SET "cents" = (SELECT amount / 2 FROM (SELECT NEW."amount" AS "amount") AS "costs") WHERE "id" = NEW."id" AND NEW."cents" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'prices__sync', 'costs', quote(NEW."id"), 'cents', quote(NEW."amount") FROM "costs" WHERE "id" = NEW."id" AND NEW."cents" IS NULL AND NEW."amount" IS NOT NULL AND "costs"."cents" IS NULL;
  UPDATE OR IGNORE "costs" SET "due" = (SELECT (SELECT costs.tax * r.factor FROM rates r WHERE r.id = 1) FROM (SELECT NEW."id" AS "id", NEW."tax" AS "tax") AS "costs") WHERE "id" = NEW."id" AND NEW."tax" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'prices__sync', 'costs', quote(NEW."id"), 'due', quote(NEW."tax") FROM "costs" WHERE "id" = NEW."id" AND NEW."tax" IS NOT NULL AND NEW."tax" IS NOT NULL AND "costs"."due" IS NULL;
  UPDATE OR IGNORE "costs" SET "tax" = (SELECT (SELECT costs.due / r.factor FROM rates r WHERE r.id = 1) FROM (SELECT NEW."id" AS "id", NEW."due" AS "due") AS "costs") WHERE "id" = NEW."id" AND NEW."tax" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'prices__sync', 'costs', quote(NEW."id"), 'tax', quote(NEW."due") FROM "costs" WHERE "id" = NEW."id" AND NEW."tax" IS NULL AND NEW."due" IS NOT NULL AND "costs"."tax" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'prices__sync';
END;
CREATE TRIGGER "prices__sync_upd" AFTER UPDATE OF "cents", "amount", "tax", "due" ON "costs"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'prices__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('prices__sync');
  UPDATE OR IGNORE "costs" SET "amount" = (SELECT cents * 2 FROM (SELECT NEW."cents" AS "cents") AS "costs") WHERE "id" = NEW."id" AND NEW."cents" IS NOT OLD."cents" AND NOT (NEW."amount" IS NOT OLD."amount");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'prices__sync', 'costs', quote(NEW."id"), 'amount', quote(NEW."cents") FROM "costs" WHERE "id" = NEW."id" AND NEW."cents" IS NOT OLD."cents" AND NOT (NEW."amount" IS NOT OLD."amount") AND NEW."cents" IS NOT NULL AND "costs"."amount" IS NULL;
  UPDATE OR IGNORE "costs" SET "cents" = (SELECT amount / 2 FROM (SELECT NEW."amount" AS "amount") AS "costs") WHERE "id" = NEW."id" AND NEW."amount" IS NOT OLD."amount";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'prices__sync', 'costs', quote(NEW."id"), 'cents', quote(NEW."amount") FROM "costs" WHERE "id" = NEW."id" AND NEW."amount" IS NOT OLD."amount" AND NEW."amount" IS NOT NULL AND "costs"."cents" IS NULL;
  UPDATE OR IGNORE "costs" SET "due" = (SELECT (SELECT costs.tax * r.factor FROM rates r WHERE r.id = 1) FROM (SELECT NEW."id" AS "id", NEW."tax" AS "tax") AS "costs") WHERE "id" = NEW."id" AND NEW."tax" IS NOT OLD."tax" AND NOT (NEW."due" IS NOT OLD."due");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'prices__sync', 'costs', quote(NEW."id"), 'due', quote(NEW."tax") FROM "costs" WHERE "id" = NEW."id" AND NEW."tax" IS NOT OLD."tax" AND NOT (NEW."due" IS NOT OLD."due") AND NEW."tax" IS NOT NULL AND "costs"."due" IS NULL;
  UPDATE OR IGNORE "costs" SET "tax" = (SELECT (SELECT costs.due / r.factor FROM rates r WHERE r.id = 1) FROM (SELECT NEW."id" AS "id", NEW."due" AS "due") AS "costs") WHERE "id" = NEW."id" AND NEW."due" IS NOT OLD."due";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'prices__sync', 'costs', quote(NEW."id"), 'tax', quote(NEW."due") FROM "costs" WHERE "id" = NEW."id" AND NEW."due" IS NOT OLD."due" AND NEW."due" IS NOT NULL AND "costs"."tax" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'prices__sync';
END;
CREATE TRIGGER "prices__sync_kept" AFTER UPDATE ON "costs"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."cents" IS NOT OLD."cents" OR NEW."tax" IS NOT OLD."tax")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "costs" SET "cents" = OLD."cents", "tax" = OLD."tax" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "prices__sync_back" AFTER UPDATE ON "costs"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."amount" IS NOT OLD."amount" OR NEW."due" IS NOT OLD."due")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "costs" SET "amount" = OLD."amount", "due" = OLD."due" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'undo step 7 of 9: done'

-- ============================================================================
-- Undo step 6 of 9, contract: From here the way back computes cents, tax of costs again
--   Id:           prices.amount/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 6 of 9: From here the way back computes cents, tax of costs again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('prices.amount/contract/point-of-return/back', (SELECT count(*) FROM "costs"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'prices.amount/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'prices.amount/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "costs"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "costs" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill''), (''back'');
UPDATE "costs" SET "cents" = (amount / 2), "tax" = ((SELECT costs.due / r.factor FROM rates r WHERE r.id = 1)) WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ((CASE WHEN ("cents") = (amount / 2) OR (("cents") IS NULL AND (amount / 2) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN ("tax") = ((SELECT costs.due / r.factor FROM rates r WHERE r.id = 1)) OR (("tax") IS NULL AND ((SELECT costs.due / r.factor FROM rates r WHERE r.id = 1)) IS NULL) THEN 0 ELSE 1 END = 1));
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''prices.amount/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'prices.amount/contract/point-of-return/back';
.print 'undo step 6 of 9: done'

-- ============================================================================
-- Undo step 5 of 9, switch: Rename prices to costs
--   Id:           prices/switch/rename-table
-- ============================================================================
.print 'undo step 5 of 9: Rename prices to costs'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
ALTER TABLE "costs" RENAME TO "prices";
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 5 of 9: done'

-- ============================================================================
-- Undo step 4 of 9, switch: Let amount, due of prices lead
--   Id:           prices.amount/switch/swap
-- ============================================================================
.print 'undo step 4 of 9: Let amount, due of prices lead'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "prices__sync_ins";
DROP TRIGGER IF EXISTS "prices__sync_upd";
DROP TRIGGER IF EXISTS "prices__sync_kept";
DROP TRIGGER IF EXISTS "prices__sync_back";
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
CREATE TRIGGER "prices__sync_ins" AFTER INSERT ON "prices"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'prices__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('prices__sync');
  UPDATE OR IGNORE "prices" SET "amount" = (SELECT cents * 2 FROM (SELECT NEW."cents" AS "cents") AS "prices") WHERE "id" = NEW."id" AND NEW."amount" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'prices__sync', 'prices', quote(NEW."id"), 'amount', quote(NEW."cents") FROM "prices" WHERE "id" = NEW."id" AND NEW."amount" IS NULL AND NEW."cents" IS NOT NULL AND "prices"."amount" IS NULL;
  UPDATE OR IGNORE "prices" SET "cents" = (SELECT amount / 2 FROM (SELECT NEW."amount" AS "amount") AS "prices") WHERE "id" = NEW."id" AND NEW."amount" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'prices__sync', 'prices', quote(NEW."id"), 'cents', quote(NEW."amount") FROM "prices" WHERE "id" = NEW."id" AND NEW."amount" IS NOT NULL AND NEW."amount" IS NOT NULL AND "prices"."cents" IS NULL;
  UPDATE OR IGNORE "prices" SET "due" = (SELECT (SELECT prices.tax * r.factor FROM rates r WHERE r.id = 1) FROM (SELECT NEW."id" AS "id", NEW."tax" AS "tax") AS "prices") WHERE "id" = NEW."id" AND NEW."due" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'prices__sync', 'prices', quote(NEW."id"), 'due', quote(NEW."tax") FROM "prices" WHERE "id" = NEW."id" AND NEW."due" IS NULL AND NEW."tax" IS NOT NULL AND "prices"."due" IS NULL;
  UPDATE OR IGNORE "prices" SET "tax" = (SELECT (SELECT prices.due / r.factor FROM rates r WHERE r.id = 1) FROM (SELECT NEW."id" AS "id", NEW."due" AS "due") AS "prices") WHERE "id" = NEW."id" AND NEW."due" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'prices__sync', 'prices', quote(NEW."id"), 'tax', quote(NEW."due") FROM "prices" WHERE "id" = NEW."id" AND NEW."due" IS NOT NULL AND NEW."due" IS NOT NULL AND "prices"."tax" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'prices__sync';
END;
CREATE TRIGGER "prices__sync_upd" AFTER UPDATE OF "cents", "amount", "tax", "due" ON "prices"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'prices__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('prices__sync');
  UPDATE OR IGNORE "prices" SET "amount" = (SELECT cents * 2 FROM (SELECT NEW."cents" AS "cents") AS "prices") WHERE "id" = NEW."id" AND NEW."cents" IS NOT OLD."cents";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'prices__sync', 'prices', quote(NEW."id"), 'amount', quote(NEW."cents") FROM "prices" WHERE "id" = NEW."id" AND NEW."cents" IS NOT OLD."cents" AND NEW."cents" IS NOT NULL AND "prices"."amount" IS NULL;
  UPDATE OR IGNORE "prices" SET "cents" = (SELECT amount / 2 FROM (SELECT NEW."amount" AS "amount") AS "prices") WHERE "id" = NEW."id" AND NEW."amount" IS NOT OLD."amount" AND NOT (NEW."cents" IS NOT OLD."cents");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'prices__sync', 'prices', quote(NEW."id"), 'cents', quote(NEW."amount") FROM "prices" WHERE "id" = NEW."id" AND NEW."amount" IS NOT OLD."amount" AND NOT (NEW."cents" IS NOT OLD."cents") AND NEW."amount" IS NOT NULL AND "prices"."cents" IS NULL;
  UPDATE OR IGNORE "prices" SET "due" = (SELECT (SELECT prices.tax * r.factor FROM rates r WHERE r.id = 1) FROM (SELECT NEW."id" AS "id", NEW."tax" AS "tax") AS "prices") WHERE "id" = NEW."id" AND NEW."tax" IS NOT OLD."tax";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'prices__sync', 'prices', quote(NEW."id"), 'due', quote(NEW."tax") FROM "prices" WHERE "id" = NEW."id" AND NEW."tax" IS NOT OLD."tax" AND NEW."tax" IS NOT NULL AND "prices"."due" IS NULL;
  UPDATE OR IGNORE "prices" SET "tax" = (SELECT (SELECT prices.due / r.factor FROM rates r WHERE r.id = 1) FROM (SELECT NEW."id" AS "id", NEW."due" AS "due") AS "prices") WHERE "id" = NEW."id" AND NEW."due" IS NOT OLD."due" AND NOT (NEW."tax" IS NOT OLD."tax");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'prices__sync', 'prices', quote(NEW."id"), 'tax', quote(NEW."due") FROM "prices" WHERE "id" = NEW."id" AND NEW."due" IS NOT OLD."due" AND NOT (NEW."tax" IS NOT OLD."tax") AND NEW."due" IS NOT NULL AND "prices"."tax" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'prices__sync';
END;
CREATE TRIGGER "prices__sync_kept" AFTER UPDATE ON "prices"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."cents" IS NOT OLD."cents" OR NEW."tax" IS NOT OLD."tax")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "prices" SET "cents" = OLD."cents", "tax" = OLD."tax" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "prices__sync_back" AFTER UPDATE ON "prices"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."amount" IS NOT OLD."amount" OR NEW."due" IS NOT OLD."due")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "prices" SET "amount" = OLD."amount", "due" = OLD."due" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 4 of 9: done'

-- ============================================================================
-- Undo step 3 of 9, migrate: Convert cents, tax of prices into amount, due
--   Id:           prices.amount/migrate/backfill
-- ============================================================================
.print 'undo step 3 of 9: Convert cents, tax of prices into amount, due'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 9: done'

-- ============================================================================
-- Undo step 2 of 9, migrate: Keep cents, tax and amount, due of prices equal
--   Id:           prices.amount/migrate/sync
-- ============================================================================
.print 'undo step 2 of 9: Keep cents, tax and amount, due of prices equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "prices__sync_ins";
DROP TRIGGER IF EXISTS "prices__sync_upd";
DROP TRIGGER IF EXISTS "prices__sync_kept";
DROP TRIGGER IF EXISTS "prices__sync_back";
COMMIT;
.print 'undo step 2 of 9: done'

-- ============================================================================
-- Undo step 1 of 9, expand: Add amount, due beside cents, tax in prices
--   Id:           prices.amount/expand/add-column
-- ============================================================================
.print 'undo step 1 of 9: Add amount, due beside cents, tax in prices'
BEGIN IMMEDIATE;
ALTER TABLE "prices" DROP COLUMN "due";
ALTER TABLE "prices" DROP COLUMN "amount";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 9: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
