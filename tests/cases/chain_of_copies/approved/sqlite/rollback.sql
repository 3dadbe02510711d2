-- Rollback, every phase of migration chain_of_copies
-- Three tables that refer to each other in a chain are copied: on the way back each comes after what it refers to
-- sqlite 3.40; strategy shadow_table; risk high; forgelua 0.1.0
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
-- Check: step 19 must be done before this: Drop customers__old, items__old, orders__old. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 19 must be done before this: Drop customers__old, items__old, orders__old', '1', CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'items__old' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must be done before this: alter_column customers.name. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must be done before this: alter_column customers.name', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('customers') WHERE name = 'name' COLLATE NOCASE AND lower(type) = 'varchar(40)' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no name of customers is longer than 20. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no name of customers is longer than 20', '0', CAST((SELECT COUNT(*) FROM "customers" WHERE SUBSTR("name", 21) <> '') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 20 of 20, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 20 of 20: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 20 of 20: done'

-- ============================================================================
-- Undo step 19 of 20, contract: Drop customers__old, items__old, orders__old
--   Id:           customers, items, orders/contract/drop-old
-- ============================================================================
.print 'undo step 19 of 20: Drop customers__old, items__old, orders__old'
BEGIN IMMEDIATE;
CREATE TABLE "customers__old" (
  "id" bigint NOT NULL PRIMARY KEY,
  "name" varchar(20) NOT NULL
);
CREATE TABLE "orders__old" (
  "id" bigint NOT NULL PRIMARY KEY,
  "total" integer,
  "customer_id" bigint NOT NULL REFERENCES "customers__old" ("id") ON DELETE CASCADE
);
CREATE TABLE "items__old" (
  "order_id" bigint NOT NULL REFERENCES "orders__old" ("id"),
  "line" integer NOT NULL,
  "price" integer,
  PRIMARY KEY ("order_id", "line")
);
COMMIT;
.print 'undo step 19 of 20: done'

-- ============================================================================
-- Undo step 18 of 20, contract: Stop repeating writes to orders on orders__old
--   Id:           orders/contract/stop-sync
-- ============================================================================
.print 'undo step 18 of 20: Stop repeating writes to orders on orders__old'
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
CREATE TRIGGER "orders__sync_ins" AFTER INSERT ON "orders"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'orders|orders__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('orders|orders__old');
  UPDATE OR IGNORE "orders__old" SET ("total", "customer_id") = (SELECT "total", "customer_id" FROM (SELECT "id", "total", "customer_id" FROM "orders" WHERE "id" IS NEW."id") AS "orders") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "orders__old" ("id", "total", "customer_id") SELECT "id", "total", "customer_id" FROM (SELECT "id", "total", "customer_id" FROM "orders" WHERE "id" IS NEW."id") AS "orders" WHERE NOT EXISTS (SELECT 1 FROM "orders__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'orders__sync', 'orders', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "orders__old" AS forgelua_t, (SELECT "id" AS v1, "total" AS v2, "customer_id" AS v3 FROM (SELECT "id", "total", "customer_id" FROM "orders" WHERE "id" IS NEW."id") AS "orders") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."total" IS s.v2 AND forgelua_t."customer_id" IS s.v3) AND EXISTS (SELECT 1 FROM "orders" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'orders|orders__old';
END;
CREATE TRIGGER "orders__sync_upd" AFTER UPDATE ON "orders"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'orders|orders__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('orders|orders__old');
  DELETE FROM "orders__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "orders" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "orders__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "orders__old" SET ("total", "customer_id") = (SELECT "total", "customer_id" FROM (SELECT "id", "total", "customer_id" FROM "orders" WHERE "id" IS NEW."id") AS "orders") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "orders__old" SET "id" = NEW."id", ("total", "customer_id") = (SELECT "total", "customer_id" FROM (SELECT "id", "total", "customer_id" FROM "orders" WHERE "id" IS NEW."id") AS "orders") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "orders" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "orders__old" WHERE "id" IS NEW."id");
  DELETE FROM "orders__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "orders" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "orders__old" ("id", "total", "customer_id") SELECT "id", "total", "customer_id" FROM (SELECT "id", "total", "customer_id" FROM "orders" WHERE "id" IS NEW."id") AS "orders" WHERE NOT EXISTS (SELECT 1 FROM "orders__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'orders__sync', 'orders', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "orders__old" AS forgelua_t, (SELECT "id" AS v1, "total" AS v2, "customer_id" AS v3 FROM (SELECT "id", "total", "customer_id" FROM "orders" WHERE "id" IS NEW."id") AS "orders") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."total" IS s.v2 AND forgelua_t."customer_id" IS s.v3) AND EXISTS (SELECT 1 FROM "orders" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'orders|orders__old';
END;
CREATE TRIGGER "orders__sync_del" AFTER DELETE ON "orders"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'orders|orders__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('orders|orders__old');
  DELETE FROM "orders__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "orders" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'orders|orders__old';
END;
COMMIT;
.print 'undo step 18 of 20: done'

-- ============================================================================
-- Undo step 17 of 20, contract: Stop repeating writes to items on items__old
--   Id:           items/contract/stop-sync
-- ============================================================================
.print 'undo step 17 of 20: Stop repeating writes to items on items__old'
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
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__old');
  UPDATE OR IGNORE "items__old" SET ("price") = (SELECT "price" FROM (SELECT "order_id", "line", "price" FROM "items" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line") AS "items") WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line";
  INSERT OR IGNORE INTO "items__old" ("order_id", "line", "price") SELECT "order_id", "line", "price" FROM (SELECT "order_id", "line", "price" FROM "items" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line") AS "items" WHERE NOT EXISTS (SELECT 1 FROM "items__old" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."order_id") || ',' || quote(NEW."line"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "items__old" AS forgelua_t, (SELECT "order_id" AS v1, "line" AS v2, "price" AS v3 FROM (SELECT "order_id", "line", "price" FROM "items" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line") AS "items") AS s WHERE forgelua_t."order_id" IS NEW."order_id" AND forgelua_t."line" IS NEW."line" AND forgelua_t."order_id" IS s.v1 AND forgelua_t."line" IS s.v2 AND forgelua_t."price" IS s.v3) AND EXISTS (SELECT 1 FROM "items" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line");
  DELETE FROM forgelua_marker WHERE name = 'items|items__old';
END;
CREATE TRIGGER "items__sync_upd" AFTER UPDATE ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__old');
  DELETE FROM "items__old" WHERE "order_id" IS OLD."order_id" AND "line" IS OLD."line" AND NOT (OLD."order_id" IS NEW."order_id" AND OLD."line" IS NEW."line") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "order_id" IS OLD."order_id" AND "line" IS OLD."line") AND EXISTS (SELECT 1 FROM "items__old" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line");
  UPDATE OR IGNORE "items__old" SET ("price") = (SELECT "price" FROM (SELECT "order_id", "line", "price" FROM "items" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line") AS "items") WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line";
  UPDATE OR IGNORE "items__old" SET "order_id" = NEW."order_id", "line" = NEW."line", ("price") = (SELECT "price" FROM (SELECT "order_id", "line", "price" FROM "items" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line") AS "items") WHERE "order_id" IS OLD."order_id" AND "line" IS OLD."line" AND NOT (OLD."order_id" IS NEW."order_id" AND OLD."line" IS NEW."line") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "order_id" IS OLD."order_id" AND "line" IS OLD."line") AND NOT EXISTS (SELECT 1 FROM "items__old" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line");
  DELETE FROM "items__old" WHERE "order_id" IS OLD."order_id" AND "line" IS OLD."line" AND NOT (OLD."order_id" IS NEW."order_id" AND OLD."line" IS NEW."line") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "order_id" IS OLD."order_id" AND "line" IS OLD."line");
  INSERT OR IGNORE INTO "items__old" ("order_id", "line", "price") SELECT "order_id", "line", "price" FROM (SELECT "order_id", "line", "price" FROM "items" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line") AS "items" WHERE NOT EXISTS (SELECT 1 FROM "items__old" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."order_id") || ',' || quote(NEW."line"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "items__old" AS forgelua_t, (SELECT "order_id" AS v1, "line" AS v2, "price" AS v3 FROM (SELECT "order_id", "line", "price" FROM "items" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line") AS "items") AS s WHERE forgelua_t."order_id" IS NEW."order_id" AND forgelua_t."line" IS NEW."line" AND forgelua_t."order_id" IS s.v1 AND forgelua_t."line" IS s.v2 AND forgelua_t."price" IS s.v3) AND EXISTS (SELECT 1 FROM "items" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line");
  DELETE FROM forgelua_marker WHERE name = 'items|items__old';
END;
CREATE TRIGGER "items__sync_del" AFTER DELETE ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__old');
  DELETE FROM "items__old" WHERE "order_id" IS OLD."order_id" AND "line" IS OLD."line" AND NOT EXISTS (SELECT 1 FROM "items" WHERE "order_id" IS OLD."order_id" AND "line" IS OLD."line");
  DELETE FROM forgelua_marker WHERE name = 'items|items__old';
END;
COMMIT;
.print 'undo step 17 of 20: done'

-- ============================================================================
-- Undo step 16 of 20, contract: Stop repeating writes to customers on customers__old
--   Id:           customers/contract/stop-sync
-- ============================================================================
.print 'undo step 16 of 20: Stop repeating writes to customers on customers__old'
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
CREATE TRIGGER "customers__sync_ins" AFTER INSERT ON "customers"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'customers|customers__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('customers|customers__old');
  UPDATE OR IGNORE "customers__old" SET ("name") = (SELECT "name" FROM (SELECT "id", "name" FROM "customers" WHERE "id" IS NEW."id") AS "customers") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "customers__old" ("id", "name") SELECT "id", "name" FROM (SELECT "id", "name" FROM "customers" WHERE "id" IS NEW."id") AS "customers" WHERE NOT EXISTS (SELECT 1 FROM "customers__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'customers__sync', 'customers', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "customers__old" AS forgelua_t, (SELECT "id" AS v1, "name" AS v2 FROM (SELECT "id", "name" FROM "customers" WHERE "id" IS NEW."id") AS "customers") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."name" IS s.v2) AND EXISTS (SELECT 1 FROM "customers" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'customers|customers__old';
END;
CREATE TRIGGER "customers__sync_upd" AFTER UPDATE ON "customers"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'customers|customers__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('customers|customers__old');
  DELETE FROM "customers__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "customers" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "customers__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "customers__old" SET ("name") = (SELECT "name" FROM (SELECT "id", "name" FROM "customers" WHERE "id" IS NEW."id") AS "customers") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "customers__old" SET "id" = NEW."id", ("name") = (SELECT "name" FROM (SELECT "id", "name" FROM "customers" WHERE "id" IS NEW."id") AS "customers") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "customers" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "customers__old" WHERE "id" IS NEW."id");
  DELETE FROM "customers__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "customers" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "customers__old" ("id", "name") SELECT "id", "name" FROM (SELECT "id", "name" FROM "customers" WHERE "id" IS NEW."id") AS "customers" WHERE NOT EXISTS (SELECT 1 FROM "customers__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'customers__sync', 'customers', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "customers__old" AS forgelua_t, (SELECT "id" AS v1, "name" AS v2 FROM (SELECT "id", "name" FROM "customers" WHERE "id" IS NEW."id") AS "customers") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."name" IS s.v2) AND EXISTS (SELECT 1 FROM "customers" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'customers|customers__old';
END;
CREATE TRIGGER "customers__sync_del" AFTER DELETE ON "customers"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'customers|customers__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('customers|customers__old');
  DELETE FROM "customers__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "customers" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'customers|customers__old';
END;
COMMIT;
.print 'undo step 16 of 20: done'

-- ============================================================================
-- Undo step 15 of 20, contract: From here the way back copies customers into customers__old again
--   Id:           customers/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 15 of 20: From here the way back copies customers into customers__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('customers/contract/point-of-return/back', (SELECT count(*) FROM "customers"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'customers/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'customers/contract/point-of-return/back'), (SELECT min(rowid) - 1 FROM "customers"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "customers" WHERE rowid > batch.hi ORDER BY rowid LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "customers__old" ("id", "name") SELECT "id", "name" FROM "customers" WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "customers__old" AS forgelua_t WHERE forgelua_t."id" = "customers"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''customers/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'customers/contract/point-of-return/back';
.print 'undo step 15 of 20: done'

-- ============================================================================
-- Undo step 14 of 20, contract: From here the way back copies orders into orders__old again
--   Id:           orders/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 14 of 20: From here the way back copies orders into orders__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('orders/contract/point-of-return/back', (SELECT count(*) FROM "orders"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'orders/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'orders/contract/point-of-return/back'), (SELECT min(rowid) - 1 FROM "orders"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "orders" WHERE rowid > batch.hi ORDER BY rowid LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "orders__old" ("id", "total", "customer_id") SELECT "id", "total", "customer_id" FROM "orders" WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "orders__old" AS forgelua_t WHERE forgelua_t."id" = "orders"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''orders/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'orders/contract/point-of-return/back';
.print 'undo step 14 of 20: done'

-- ============================================================================
-- Undo step 13 of 20, contract: From here the way back copies items into items__old again
--   Id:           items/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 13 of 20: From here the way back copies items into items__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('items/contract/point-of-return/back', (SELECT count(*) FROM "items"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'items/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'items/contract/point-of-return/back'), (SELECT min(rowid) - 1 FROM "items"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "items" WHERE rowid > batch.hi ORDER BY rowid LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "items__old" ("order_id", "line", "price") SELECT "order_id", "line", "price" FROM "items" WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "items__old" AS forgelua_t WHERE forgelua_t."order_id" = "items"."order_id" AND forgelua_t."line" = "items"."line");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''items/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'items/contract/point-of-return/back';
.print 'undo step 13 of 20: done'

-- ============================================================================
-- Undo step 12 of 20, switch: Flip customers, items, orders to their copies, together
--   Id:           customers, items, orders/switch/swap
-- ============================================================================
.print 'undo step 12 of 20: Flip customers, items, orders to their copies, together'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'orders' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]orders[^a-z0-9_]*' OR lower(tbl_name) = 'items' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]items[^a-z0-9_]*' OR lower(tbl_name) = 'customers' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]customers[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "orders__sync_ins";
DROP TRIGGER IF EXISTS "orders__sync_upd";
DROP TRIGGER IF EXISTS "orders__sync_del";
DROP TRIGGER IF EXISTS "items__sync_ins";
DROP TRIGGER IF EXISTS "items__sync_upd";
DROP TRIGGER IF EXISTS "items__sync_del";
DROP TRIGGER IF EXISTS "customers__sync_ins";
DROP TRIGGER IF EXISTS "customers__sync_upd";
DROP TRIGGER IF EXISTS "customers__sync_del";
ALTER TABLE "orders" RENAME TO "orders__new";
ALTER TABLE "orders__old" RENAME TO "orders";
ALTER TABLE "items" RENAME TO "items__new";
ALTER TABLE "items__old" RENAME TO "items";
ALTER TABLE "customers" RENAME TO "customers__new";
ALTER TABLE "customers__old" RENAME TO "customers";
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
CREATE TRIGGER "orders__sync_ins" AFTER INSERT ON "orders"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'orders|orders__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('orders|orders__new');
  UPDATE OR IGNORE "orders__new" SET ("total", "customer_id") = (SELECT "total", "customer_id" FROM (SELECT "id", "total", "customer_id" FROM "orders" WHERE "id" IS NEW."id") AS "orders") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "orders__new" ("id", "total", "customer_id") SELECT "id", "total", "customer_id" FROM (SELECT "id", "total", "customer_id" FROM "orders" WHERE "id" IS NEW."id") AS "orders" WHERE NOT EXISTS (SELECT 1 FROM "orders__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'orders__sync', 'orders', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "orders__new" AS forgelua_t, (SELECT "id" AS v1, "total" AS v2, "customer_id" AS v3 FROM (SELECT "id", "total", "customer_id" FROM "orders" WHERE "id" IS NEW."id") AS "orders") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."total" IS s.v2 AND forgelua_t."customer_id" IS s.v3) AND EXISTS (SELECT 1 FROM "orders" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'orders|orders__new';
END;
CREATE TRIGGER "orders__sync_upd" AFTER UPDATE ON "orders"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'orders|orders__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('orders|orders__new');
  DELETE FROM "orders__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "orders" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "orders__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "orders__new" SET ("total", "customer_id") = (SELECT "total", "customer_id" FROM (SELECT "id", "total", "customer_id" FROM "orders" WHERE "id" IS NEW."id") AS "orders") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "orders__new" SET "id" = NEW."id", ("total", "customer_id") = (SELECT "total", "customer_id" FROM (SELECT "id", "total", "customer_id" FROM "orders" WHERE "id" IS NEW."id") AS "orders") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "orders" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "orders__new" WHERE "id" IS NEW."id");
  DELETE FROM "orders__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "orders" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "orders__new" ("id", "total", "customer_id") SELECT "id", "total", "customer_id" FROM (SELECT "id", "total", "customer_id" FROM "orders" WHERE "id" IS NEW."id") AS "orders" WHERE NOT EXISTS (SELECT 1 FROM "orders__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'orders__sync', 'orders', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "orders__new" AS forgelua_t, (SELECT "id" AS v1, "total" AS v2, "customer_id" AS v3 FROM (SELECT "id", "total", "customer_id" FROM "orders" WHERE "id" IS NEW."id") AS "orders") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."total" IS s.v2 AND forgelua_t."customer_id" IS s.v3) AND EXISTS (SELECT 1 FROM "orders" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'orders|orders__new';
END;
CREATE TRIGGER "orders__sync_del" AFTER DELETE ON "orders"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'orders|orders__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('orders|orders__new');
  DELETE FROM "orders__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "orders" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'orders|orders__new';
END;
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
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__new');
  UPDATE OR IGNORE "items__new" SET ("price") = (SELECT "price" FROM (SELECT "order_id", "line", "price" FROM "items" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line") AS "items") WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line";
  INSERT OR IGNORE INTO "items__new" ("order_id", "line", "price") SELECT "order_id", "line", "price" FROM (SELECT "order_id", "line", "price" FROM "items" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line") AS "items" WHERE NOT EXISTS (SELECT 1 FROM "items__new" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."order_id") || ',' || quote(NEW."line"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "items__new" AS forgelua_t, (SELECT "order_id" AS v1, "line" AS v2, "price" AS v3 FROM (SELECT "order_id", "line", "price" FROM "items" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line") AS "items") AS s WHERE forgelua_t."order_id" IS NEW."order_id" AND forgelua_t."line" IS NEW."line" AND forgelua_t."order_id" IS s.v1 AND forgelua_t."line" IS s.v2 AND forgelua_t."price" IS s.v3) AND EXISTS (SELECT 1 FROM "items" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line");
  DELETE FROM forgelua_marker WHERE name = 'items|items__new';
END;
CREATE TRIGGER "items__sync_upd" AFTER UPDATE ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__new');
  DELETE FROM "items__new" WHERE "order_id" IS OLD."order_id" AND "line" IS OLD."line" AND NOT (OLD."order_id" IS NEW."order_id" AND OLD."line" IS NEW."line") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "order_id" IS OLD."order_id" AND "line" IS OLD."line") AND EXISTS (SELECT 1 FROM "items__new" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line");
  UPDATE OR IGNORE "items__new" SET ("price") = (SELECT "price" FROM (SELECT "order_id", "line", "price" FROM "items" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line") AS "items") WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line";
  UPDATE OR IGNORE "items__new" SET "order_id" = NEW."order_id", "line" = NEW."line", ("price") = (SELECT "price" FROM (SELECT "order_id", "line", "price" FROM "items" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line") AS "items") WHERE "order_id" IS OLD."order_id" AND "line" IS OLD."line" AND NOT (OLD."order_id" IS NEW."order_id" AND OLD."line" IS NEW."line") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "order_id" IS OLD."order_id" AND "line" IS OLD."line") AND NOT EXISTS (SELECT 1 FROM "items__new" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line");
  DELETE FROM "items__new" WHERE "order_id" IS OLD."order_id" AND "line" IS OLD."line" AND NOT (OLD."order_id" IS NEW."order_id" AND OLD."line" IS NEW."line") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "order_id" IS OLD."order_id" AND "line" IS OLD."line");
  INSERT OR IGNORE INTO "items__new" ("order_id", "line", "price") SELECT "order_id", "line", "price" FROM (SELECT "order_id", "line", "price" FROM "items" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line") AS "items" WHERE NOT EXISTS (SELECT 1 FROM "items__new" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."order_id") || ',' || quote(NEW."line"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "items__new" AS forgelua_t, (SELECT "order_id" AS v1, "line" AS v2, "price" AS v3 FROM (SELECT "order_id", "line", "price" FROM "items" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line") AS "items") AS s WHERE forgelua_t."order_id" IS NEW."order_id" AND forgelua_t."line" IS NEW."line" AND forgelua_t."order_id" IS s.v1 AND forgelua_t."line" IS s.v2 AND forgelua_t."price" IS s.v3) AND EXISTS (SELECT 1 FROM "items" WHERE "order_id" IS NEW."order_id" AND "line" IS NEW."line");
  DELETE FROM forgelua_marker WHERE name = 'items|items__new';
END;
CREATE TRIGGER "items__sync_del" AFTER DELETE ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__new');
  DELETE FROM "items__new" WHERE "order_id" IS OLD."order_id" AND "line" IS OLD."line" AND NOT EXISTS (SELECT 1 FROM "items" WHERE "order_id" IS OLD."order_id" AND "line" IS OLD."line");
  DELETE FROM forgelua_marker WHERE name = 'items|items__new';
END;
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
CREATE TRIGGER "customers__sync_ins" AFTER INSERT ON "customers"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'customers|customers__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('customers|customers__new');
  UPDATE OR IGNORE "customers__new" SET ("name") = (SELECT "name" FROM (SELECT "id", "name" FROM "customers" WHERE "id" IS NEW."id") AS "customers") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "customers__new" ("id", "name") SELECT "id", "name" FROM (SELECT "id", "name" FROM "customers" WHERE "id" IS NEW."id") AS "customers" WHERE NOT EXISTS (SELECT 1 FROM "customers__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'customers__sync', 'customers', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "customers__new" AS forgelua_t, (SELECT "id" AS v1, "name" AS v2 FROM (SELECT "id", "name" FROM "customers" WHERE "id" IS NEW."id") AS "customers") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."name" IS s.v2) AND EXISTS (SELECT 1 FROM "customers" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'customers|customers__new';
END;
CREATE TRIGGER "customers__sync_upd" AFTER UPDATE ON "customers"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'customers|customers__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('customers|customers__new');
  DELETE FROM "customers__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "customers" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "customers__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "customers__new" SET ("name") = (SELECT "name" FROM (SELECT "id", "name" FROM "customers" WHERE "id" IS NEW."id") AS "customers") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "customers__new" SET "id" = NEW."id", ("name") = (SELECT "name" FROM (SELECT "id", "name" FROM "customers" WHERE "id" IS NEW."id") AS "customers") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "customers" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "customers__new" WHERE "id" IS NEW."id");
  DELETE FROM "customers__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "customers" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "customers__new" ("id", "name") SELECT "id", "name" FROM (SELECT "id", "name" FROM "customers" WHERE "id" IS NEW."id") AS "customers" WHERE NOT EXISTS (SELECT 1 FROM "customers__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'customers__sync', 'customers', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "customers__new" AS forgelua_t, (SELECT "id" AS v1, "name" AS v2 FROM (SELECT "id", "name" FROM "customers" WHERE "id" IS NEW."id") AS "customers") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."name" IS s.v2) AND EXISTS (SELECT 1 FROM "customers" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'customers|customers__new';
END;
CREATE TRIGGER "customers__sync_del" AFTER DELETE ON "customers"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'customers|customers__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('customers|customers__new');
  DELETE FROM "customers__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "customers" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'customers|customers__new';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"orders__old"', '"orders"') WHERE type = 'table' AND instr(sql, '"orders__old"') > 0;
UPDATE main.sqlite_master SET sql = replace(sql, '"items__old"', '"items"') WHERE type = 'table' AND instr(sql, '"items__old"') > 0;
UPDATE main.sqlite_master SET sql = replace(sql, '"customers__old"', '"customers"') WHERE type = 'table' AND instr(sql, '"customers__old"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 12 of 20: done'

-- ============================================================================
-- Undo step 11 of 20, switch: Add the foreign key (customer_id) on orders__new
--   Id:           orders__new.unnamed:foreign_key:customer_id/switch/add-foreign-key
-- ============================================================================
.print 'undo step 11 of 20: Add the foreign key (customer_id) on orders__new'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('orders__new') OR lower(f."table") IN ('orders__new'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'orders__new');
CREATE TABLE "orders__new__rebuild" (
  "id" bigint NOT NULL PRIMARY KEY,
  "total" bigint,
  "customer_id" bigint NOT NULL
);
INSERT INTO "orders__new__rebuild" (rowid, "id", "total", "customer_id")
  SELECT rowid, "id", "total", "customer_id" FROM "orders__new";
DROP TABLE "orders__new";
ALTER TABLE "orders__new__rebuild" RENAME TO "orders__new";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('orders__new') OR lower(f."table") IN ('orders__new'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 11 of 20: done'

-- ============================================================================
-- Undo step 10 of 20, switch: Add the foreign key (order_id) on items__new
--   Id:           items__new.unnamed:foreign_key:order_id/switch/add-foreign-key
-- ============================================================================
.print 'undo step 10 of 20: Add the foreign key (order_id) on items__new'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('items__new') OR lower(f."table") IN ('items__new'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'items__new');
CREATE TABLE "items__new__rebuild" (
  "order_id" bigint NOT NULL,
  "line" integer NOT NULL,
  "price" bigint,
  PRIMARY KEY ("order_id", "line")
);
INSERT INTO "items__new__rebuild" (rowid, "order_id", "line", "price")
  SELECT rowid, "order_id", "line", "price" FROM "items__new";
DROP TABLE "items__new";
ALTER TABLE "items__new__rebuild" RENAME TO "items__new";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('items__new') OR lower(f."table") IN ('items__new'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 10 of 20: done'

-- ============================================================================
-- Undo step 9 of 20, migrate: Copy the rows of orders into orders__new
--   Id:           orders/migrate/copy
-- ============================================================================
.print 'undo step 9 of 20: Copy the rows of orders into orders__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 9 of 20: done'

-- ============================================================================
-- Undo step 8 of 20, migrate: Repeat every write to orders on orders__new
--   Id:           orders/migrate/sync
-- ============================================================================
.print 'undo step 8 of 20: Repeat every write to orders on orders__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "orders__sync_ins";
DROP TRIGGER IF EXISTS "orders__sync_upd";
DROP TRIGGER IF EXISTS "orders__sync_del";
COMMIT;
.print 'undo step 8 of 20: done'

-- ============================================================================
-- Undo step 7 of 20, migrate: Copy the rows of items into items__new
--   Id:           items/migrate/copy
-- ============================================================================
.print 'undo step 7 of 20: Copy the rows of items into items__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 7 of 20: done'

-- ============================================================================
-- Undo step 6 of 20, migrate: Repeat every write to items on items__new
--   Id:           items/migrate/sync
-- ============================================================================
.print 'undo step 6 of 20: Repeat every write to items on items__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "items__sync_ins";
DROP TRIGGER IF EXISTS "items__sync_upd";
DROP TRIGGER IF EXISTS "items__sync_del";
COMMIT;
.print 'undo step 6 of 20: done'

-- ============================================================================
-- Undo step 5 of 20, migrate: Copy the rows of customers into customers__new
--   Id:           customers/migrate/copy
-- ============================================================================
.print 'undo step 5 of 20: Copy the rows of customers into customers__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 5 of 20: done'

-- ============================================================================
-- Undo step 4 of 20, migrate: Repeat every write to customers on customers__new
--   Id:           customers/migrate/sync
-- ============================================================================
.print 'undo step 4 of 20: Repeat every write to customers on customers__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "customers__sync_ins";
DROP TRIGGER IF EXISTS "customers__sync_upd";
DROP TRIGGER IF EXISTS "customers__sync_del";
COMMIT;
.print 'undo step 4 of 20: done'

-- ============================================================================
-- Undo step 3 of 20, expand: Create orders__new in the new shape of orders
--   Id:           orders/expand/create-copy
-- ============================================================================
.print 'undo step 3 of 20: Create orders__new in the new shape of orders'
BEGIN IMMEDIATE;
DROP TABLE "orders__new";
COMMIT;
.print 'undo step 3 of 20: done'

-- ============================================================================
-- Undo step 2 of 20, expand: Create items__new in the new shape of items
--   Id:           items/expand/create-copy
-- ============================================================================
.print 'undo step 2 of 20: Create items__new in the new shape of items'
BEGIN IMMEDIATE;
DROP TABLE "items__new";
COMMIT;
.print 'undo step 2 of 20: done'

-- ============================================================================
-- Undo step 1 of 20, expand: Create customers__new in the new shape of customers
--   Id:           customers/expand/create-copy
-- ============================================================================
.print 'undo step 1 of 20: Create customers__new in the new shape of customers'
BEGIN IMMEDIATE;
DROP TABLE "customers__new";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 20: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
