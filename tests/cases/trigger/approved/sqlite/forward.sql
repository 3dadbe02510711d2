-- Forward, every phase of migration trigger
-- What is written down about orders changes with them
-- sqlite 3.40; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 11 is destructive — total of orders as the old schema held it

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
-- Check: step 1 must not be done at this point: Add amount beside total in orders. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Add amount beside total in orders', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('orders') WHERE name = 'amount' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 6 must not be done at this point: Drop the trigger orders_del on orders. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 6 must not be done at this point: Drop the trigger orders_del on orders', '0', CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = 'orders_del' COLLATE NOCASE AND tbl_name = 'orders' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 12, expand: Add amount beside total in orders
--   Id:           orders.amount/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         old rows are not touched: they show the default; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
.print 'step 1 of 12: Add amount beside total in orders'
BEGIN IMMEDIATE;
ALTER TABLE "orders" ADD COLUMN "amount" integer;
COMMIT;
.print 'step 1 of 12: done'

-- ============================================================================
-- Step 2 of 12, migrate: Allow NULL in orders.total for as long as both columns live
--   Id:           orders.total/migrate/relax
--   Why:          this engine tests NOT NULL before the trigger has filled the column
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (unknown), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works; the deployed application may read NULL where the new one wrote what it cannot hold
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 2 of 12: Allow NULL in orders.total for as long as both columns live'
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
.print 'step 2 of 12: done'

-- ============================================================================
-- Step 3 of 12, migrate: Keep total and amount of orders equal
--   Id:           orders.amount/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 3 of 12: Keep total and amount of orders equal'
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
COMMIT;
.print 'step 3 of 12: done'
-- Application: From here the new application may read and write amount once the backfill is done.

-- ============================================================================
-- Step 4 of 12, migrate: Convert total of orders into amount
--   Id:           orders.amount/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
.print 'step 4 of 12: Convert total of orders into amount'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('orders.amount/migrate/backfill', (SELECT count(*) FROM "orders"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'orders.amount/migrate/backfill' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'orders.amount/migrate/backfill'), (SELECT min(rowid) - 1 FROM "orders"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "orders" WHERE rowid > batch.hi ORDER BY rowid LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
UPDATE "orders" SET "amount" = ("total") WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND ("amount" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''orders.amount/migrate/backfill'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'orders.amount/migrate/backfill';
.print 'step 4 of 12: done'
-- Check: every row holds the converted value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row holds the converted value', '0', CAST((SELECT COUNT(*) FROM "orders" WHERE (CASE WHEN ("amount") = ("total") OR (("amount") IS NULL AND ("total") IS NULL) THEN 0 ELSE 1 END = 1)) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 5 of 12, switch: Let amount of orders lead
--   Id:           orders.amount/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications run: total is kept equal until contract
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 5 of 12: Let amount of orders lead'
-- Check: step 4 has come to its end: Convert total of orders into amount. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 4 has come to its end: Convert total of orders into amount', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'orders.amount/migrate/backfill' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no value of orders stands in forgelua_sync_errors (mend it in orders, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no value of orders stands in forgelua_sync_errors (mend it in orders, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'orders__sync' AND column_name IN ('amount')) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
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
CREATE TRIGGER orders_ins AFTER INSERT ON orders FOR EACH ROW
BEGIN INSERT INTO log (what) VALUES ('new ' || NEW.amount); END;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 5 of 12: done'
-- Application: Deploy the application that uses amount as the new schema has it.

-- ============================================================================
-- Step 6 of 12, switch: Drop the trigger orders_del on orders
--   Id:           trigger orders_del on orders/switch/drop
--   Why:          the new schema is without it
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; what it did is no longer done
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 6 of 12: Drop the trigger orders_del on orders'
BEGIN IMMEDIATE;
DROP TRIGGER orders_del;
COMMIT;
.print 'step 6 of 12: done'

-- ============================================================================
-- Step 7 of 12, switch: Change the trigger orders_upd on orders
--   Id:           trigger orders_upd on orders/switch/alter
--   Why:          its definition changes
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications meet the new definition
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 7 of 12: Change the trigger orders_upd on orders'
BEGIN IMMEDIATE;
DROP TRIGGER orders_upd;
CREATE TRIGGER orders_upd AFTER UPDATE ON orders FOR EACH ROW
BEGIN INSERT INTO log (what) VALUES ('changed to something else'); END;
COMMIT;
.print 'step 7 of 12: done'

-- ============================================================================
-- Step 8 of 12, switch: Create the trigger log_del on log
--   Id:           trigger log_del on log/switch/create
--   Why:          from here it acts for both applications
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; it acts on what the deployed application does, too
--   Way back:     yes, nothing is lost
--   Hazards:      trigger
-- ============================================================================
.print 'step 8 of 12: Create the trigger log_del on log'
BEGIN IMMEDIATE;
CREATE TRIGGER log_del BEFORE DELETE ON log FOR EACH ROW
BEGIN INSERT INTO orders (id, amount) VALUES (OLD.id + 5000, 1); END;
COMMIT;
.print 'step 8 of 12: done'

-- ============================================================================
-- Step 9 of 12, contract: From here the way back computes total of orders again
--   Id:           orders.amount/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 9 of 12: From here the way back computes total of orders again'
-- Check: no row of orders has NULL in amount. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of orders has NULL in amount', '0', CAST((SELECT COUNT(*) FROM "orders" WHERE "amount" IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Nothing to run in the database.
.print 'step 9 of 12: done'

-- ============================================================================
-- Step 10 of 12, contract: Stop keeping total and amount of orders equal
--   Id:           orders.amount/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 10 of 12: Stop keeping total and amount of orders equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "orders__sync_ins";
DROP TRIGGER IF EXISTS "orders__sync_upd";
DROP TRIGGER IF EXISTS "orders__sync_kept";
DROP TRIGGER IF EXISTS "orders__sync_back";
COMMIT;
.print 'step 10 of 12: done'

-- ============================================================================
-- Step 11 of 12, contract: Drop the old column total of orders; Make orders.amount NOT NULL
--   Id:           orders/contract/rewrite-once
--   Why:          every application uses the new one; every row has a value by now; from here the schema says so
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (unknown), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old BREAKS, new works; statements that name total fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop, constraint
-- ============================================================================
.print 'step 11 of 12: Drop the old column total of orders; Make orders.amount NOT NULL'
-- Check: no row of orders has NULL in amount. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of orders has NULL in amount', '0', CAST((SELECT COUNT(*) FROM "orders" WHERE "amount" IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('orders') OR lower(f."table") IN ('orders'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'orders');
CREATE TABLE "orders__rebuild" (
  "id" bigint NOT NULL PRIMARY KEY,
  "amount" integer NOT NULL
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
.print 'step 11 of 12: done'
-- Application: Check that no application, report or job names total any more.

-- ============================================================================
-- Step 12 of 12, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 12 of 12: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 12 of 12: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
