-- Rollback, every phase of migration trigger
-- What is written down about orders changes with them
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
-- Check: step 11 must be done before this: Drop the old column total of orders; Make orders.amount NOT NULL. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 11 must be done before this: Drop the old column total of orders; Make orders.amount NOT NULL', '1', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('orders') WHERE name = 'total' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 6 must be done before this: Drop the trigger orders_del on orders. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 6 must be done before this: Drop the trigger orders_del on orders', '1', CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = 'orders_del' COLLATE NOCASE AND tbl_name = 'orders' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 12 of 12, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 12 of 12: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 12 of 12: done'

-- ============================================================================
-- Undo step 11 of 12, contract: Drop the old column total of orders; Make orders.amount NOT NULL
--   Id:           orders/contract/rewrite-once
-- ============================================================================
.print 'undo step 11 of 12: Drop the old column total of orders; Make orders.amount NOT NULL'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('orders') OR lower(f."table") IN ('orders'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'orders');
CREATE TABLE "orders__rebuild" (
  "id" bigint NOT NULL PRIMARY KEY,
  "total" integer,
  "amount" integer
);
INSERT INTO "orders__rebuild" (rowid, "id", "amount")
  SELECT rowid, "id", "amount" FROM "orders";
DROP TABLE "orders";
ALTER TABLE "orders__rebuild" RENAME TO "orders";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('orders') OR lower(f."table") IN ('orders'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 11 of 12: done'

-- ============================================================================
-- Undo step 10 of 12, contract: Stop keeping total and amount of orders equal
--   Id:           orders.amount/contract/stop-sync
-- ============================================================================
.print 'undo step 10 of 12: Stop keeping total and amount of orders equal'
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
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'orders__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('orders__sync');
  UPDATE OR IGNORE "orders" SET "amount" = (SELECT "total" FROM (SELECT NEW."total" AS "total") AS "orders") WHERE rowid = NEW.rowid AND NEW."total" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'orders__sync', 'orders', quote(NEW.rowid), 'amount', quote(NEW."total") FROM "orders" WHERE rowid = NEW.rowid AND NEW."total" IS NOT NULL AND NEW."total" IS NOT NULL AND "orders"."amount" IS NULL;
  UPDATE OR IGNORE "orders" SET "total" = (SELECT "amount" FROM (SELECT NEW."amount" AS "amount") AS "orders") WHERE rowid = NEW.rowid AND NEW."total" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'orders__sync', 'orders', quote(NEW.rowid), 'total', quote(NEW."amount") FROM "orders" WHERE rowid = NEW.rowid AND NEW."total" IS NULL AND NEW."amount" IS NOT NULL AND "orders"."total" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'orders__sync';
END;
CREATE TRIGGER "orders__sync_upd" AFTER UPDATE OF "total", "amount" ON "orders"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'orders__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('orders__sync');
  UPDATE OR IGNORE "orders" SET "amount" = (SELECT "total" FROM (SELECT NEW."total" AS "total") AS "orders") WHERE rowid = NEW.rowid AND NEW."total" IS NOT OLD."total" AND NOT (NEW."amount" IS NOT OLD."amount");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'orders__sync', 'orders', quote(NEW.rowid), 'amount', quote(NEW."total") FROM "orders" WHERE rowid = NEW.rowid AND NEW."total" IS NOT OLD."total" AND NOT (NEW."amount" IS NOT OLD."amount") AND NEW."total" IS NOT NULL AND "orders"."amount" IS NULL;
  UPDATE OR IGNORE "orders" SET "total" = (SELECT "amount" FROM (SELECT NEW."amount" AS "amount") AS "orders") WHERE rowid = NEW.rowid AND NEW."amount" IS NOT OLD."amount";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'orders__sync', 'orders', quote(NEW.rowid), 'total', quote(NEW."amount") FROM "orders" WHERE rowid = NEW.rowid AND NEW."amount" IS NOT OLD."amount" AND NEW."amount" IS NOT NULL AND "orders"."total" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'orders__sync';
END;
CREATE TRIGGER "orders__sync_kept" AFTER UPDATE ON "orders"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."total" IS NOT OLD."total")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "orders" SET "total" = OLD."total" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "orders__sync_back" AFTER UPDATE ON "orders"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."amount" IS NOT OLD."amount")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "orders" SET "amount" = OLD."amount" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'undo step 10 of 12: done'

-- ============================================================================
-- Undo step 9 of 12, contract: From here the way back computes total of orders again
--   Id:           orders.amount/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 9 of 12: From here the way back computes total of orders again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('orders.amount/contract/point-of-return/back', (SELECT count(*) FROM "orders"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'orders.amount/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'orders.amount/contract/point-of-return/back'), (SELECT min(rowid) - 1 FROM "orders"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "orders" WHERE rowid > batch.hi ORDER BY rowid LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill''), (''back'');
UPDATE "orders" SET "total" = ("amount") WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND ((CASE WHEN ("total") = ("amount") OR (("total") IS NULL AND ("amount") IS NULL) THEN 0 ELSE 1 END = 1));
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''orders.amount/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'orders.amount/contract/point-of-return/back';
.print 'undo step 9 of 12: done'

-- ============================================================================
-- Undo step 8 of 12, switch: Create the trigger log_del on log
--   Id:           trigger log_del on log/switch/create
-- ============================================================================
.print 'undo step 8 of 12: Create the trigger log_del on log'
BEGIN IMMEDIATE;
DROP TRIGGER log_del;
COMMIT;
.print 'undo step 8 of 12: done'

-- ============================================================================
-- Undo step 7 of 12, switch: Change the trigger orders_upd on orders
--   Id:           trigger orders_upd on orders/switch/alter
-- ============================================================================
.print 'undo step 7 of 12: Change the trigger orders_upd on orders'
BEGIN IMMEDIATE;
DROP TRIGGER orders_upd;
CREATE TRIGGER orders_upd AFTER UPDATE ON orders FOR EACH ROW
BEGIN INSERT INTO log (what) VALUES ('changed'); END;
COMMIT;
.print 'undo step 7 of 12: done'

-- ============================================================================
-- Undo step 6 of 12, switch: Drop the trigger orders_del on orders
--   Id:           trigger orders_del on orders/switch/drop
-- ============================================================================
.print 'undo step 6 of 12: Drop the trigger orders_del on orders'
BEGIN IMMEDIATE;
CREATE TRIGGER orders_del AFTER DELETE ON orders FOR EACH ROW
BEGIN INSERT INTO log (what) VALUES ('gone'); END;
COMMIT;
.print 'undo step 6 of 12: done'

-- ============================================================================
-- Undo step 5 of 12, switch: Let amount of orders lead
--   Id:           orders.amount/switch/swap
-- ============================================================================
.print 'undo step 5 of 12: Let amount of orders lead'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
DROP TRIGGER orders_ins;
DROP TRIGGER IF EXISTS "orders__sync_ins";
DROP TRIGGER IF EXISTS "orders__sync_upd";
DROP TRIGGER IF EXISTS "orders__sync_kept";
DROP TRIGGER IF EXISTS "orders__sync_back";
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
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'orders__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('orders__sync');
  UPDATE OR IGNORE "orders" SET "amount" = (SELECT "total" FROM (SELECT NEW."total" AS "total") AS "orders") WHERE rowid = NEW.rowid AND NEW."amount" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'orders__sync', 'orders', quote(NEW.rowid), 'amount', quote(NEW."total") FROM "orders" WHERE rowid = NEW.rowid AND NEW."amount" IS NULL AND NEW."total" IS NOT NULL AND "orders"."amount" IS NULL;
  UPDATE OR IGNORE "orders" SET "total" = (SELECT "amount" FROM (SELECT NEW."amount" AS "amount") AS "orders") WHERE rowid = NEW.rowid AND NEW."amount" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'orders__sync', 'orders', quote(NEW.rowid), 'total', quote(NEW."amount") FROM "orders" WHERE rowid = NEW.rowid AND NEW."amount" IS NOT NULL AND NEW."amount" IS NOT NULL AND "orders"."total" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'orders__sync';
END;
CREATE TRIGGER "orders__sync_upd" AFTER UPDATE OF "total", "amount" ON "orders"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'orders__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('orders__sync');
  UPDATE OR IGNORE "orders" SET "amount" = (SELECT "total" FROM (SELECT NEW."total" AS "total") AS "orders") WHERE rowid = NEW.rowid AND NEW."total" IS NOT OLD."total";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'orders__sync', 'orders', quote(NEW.rowid), 'amount', quote(NEW."total") FROM "orders" WHERE rowid = NEW.rowid AND NEW."total" IS NOT OLD."total" AND NEW."total" IS NOT NULL AND "orders"."amount" IS NULL;
  UPDATE OR IGNORE "orders" SET "total" = (SELECT "amount" FROM (SELECT NEW."amount" AS "amount") AS "orders") WHERE rowid = NEW.rowid AND NEW."amount" IS NOT OLD."amount" AND NOT (NEW."total" IS NOT OLD."total");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'orders__sync', 'orders', quote(NEW.rowid), 'total', quote(NEW."amount") FROM "orders" WHERE rowid = NEW.rowid AND NEW."amount" IS NOT OLD."amount" AND NOT (NEW."total" IS NOT OLD."total") AND NEW."amount" IS NOT NULL AND "orders"."total" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'orders__sync';
END;
CREATE TRIGGER "orders__sync_kept" AFTER UPDATE ON "orders"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."total" IS NOT OLD."total")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "orders" SET "total" = OLD."total" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "orders__sync_back" AFTER UPDATE ON "orders"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."amount" IS NOT OLD."amount")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "orders" SET "amount" = OLD."amount" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER orders_ins AFTER INSERT ON orders FOR EACH ROW
BEGIN INSERT INTO log (what) VALUES ('new ' || NEW.total); END;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 5 of 12: done'

-- ============================================================================
-- Undo step 4 of 12, migrate: Convert total of orders into amount
--   Id:           orders.amount/migrate/backfill
-- ============================================================================
.print 'undo step 4 of 12: Convert total of orders into amount'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 4 of 12: done'

-- ============================================================================
-- Undo step 3 of 12, migrate: Keep total and amount of orders equal
--   Id:           orders.amount/migrate/sync
-- ============================================================================
.print 'undo step 3 of 12: Keep total and amount of orders equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "orders__sync_ins";
DROP TRIGGER IF EXISTS "orders__sync_upd";
DROP TRIGGER IF EXISTS "orders__sync_kept";
DROP TRIGGER IF EXISTS "orders__sync_back";
COMMIT;
.print 'undo step 3 of 12: done'

-- ============================================================================
-- Undo step 2 of 12, migrate: Allow NULL in orders.total for as long as both columns live
--   Id:           orders.total/migrate/relax
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 2 of 12: Allow NULL in orders.total for as long as both columns live'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('orders.total/migrate/relax/back', (SELECT count(*) FROM "orders"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'orders.total/migrate/relax/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'orders.total/migrate/relax/back'), (SELECT min(rowid) - 1 FROM "orders"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "orders" WHERE rowid > batch.hi ORDER BY rowid LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill''), (''back'');
UPDATE "orders" SET "total" = (0) WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND ("total" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''orders.total/migrate/relax/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'orders.total/migrate/relax/back';
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('orders') OR lower(f."table") IN ('orders'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'orders');
CREATE TABLE "orders__rebuild" (
  "id" bigint NOT NULL PRIMARY KEY,
  "total" integer NOT NULL,
  "amount" integer
);
INSERT INTO "orders__rebuild" (rowid, "id", "total", "amount")
  SELECT rowid, "id", "total", "amount" FROM "orders";
DROP TABLE "orders";
ALTER TABLE "orders__rebuild" RENAME TO "orders";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('orders') OR lower(f."table") IN ('orders'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 2 of 12: done'

-- ============================================================================
-- Undo step 1 of 12, expand: Add amount beside total in orders
--   Id:           orders.amount/expand/add-column
-- ============================================================================
.print 'undo step 1 of 12: Add amount beside total in orders'
BEGIN IMMEDIATE;
ALTER TABLE "orders" DROP COLUMN "amount";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 12: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
