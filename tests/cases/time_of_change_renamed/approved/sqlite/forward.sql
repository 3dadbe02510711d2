-- Forward, every phase of migration time_of_change_renamed
-- The column that the application's trigger sets gets another name
-- sqlite 3.40; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 8 is destructive — rev of orders as the old schema held it

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
-- Check: step 1 must not be done at this point: Add revision beside rev in orders. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Add revision beside rev in orders', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('orders') WHERE name = 'revision' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must not be done at this point: rename_column orders.revision. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must not be done at this point: rename_column orders.revision', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('orders') WHERE name = 'revision') THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 9, expand: Add revision beside rev in orders
--   Id:           orders.revision/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         old rows are not touched: they show the default; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
.print 'step 1 of 9: Add revision beside rev in orders'
BEGIN IMMEDIATE;
ALTER TABLE "orders" ADD COLUMN "revision" integer;
COMMIT;
.print 'step 1 of 9: done'

-- ============================================================================
-- Step 2 of 9, migrate: Allow NULL in orders.rev for as long as both columns live
--   Id:           orders.rev/migrate/relax
--   Why:          this engine tests NOT NULL before the trigger has filled the column
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (10 s), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     10 s
--   Applications: old works, new works; the deployed application may read NULL where the new one wrote what it cannot hold
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 2 of 9: Allow NULL in orders.rev for as long as both columns live'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('orders') OR lower(f."table") IN ('orders'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'orders');
CREATE TABLE "orders__rebuild" (
  "id" bigint NOT NULL PRIMARY KEY,
  "total" integer,
  "rev" integer,
  "revision" integer
);
INSERT INTO "orders__rebuild" (rowid, "id", "total", "rev", "revision")
  SELECT rowid, "id", "total", "rev", "revision" FROM "orders";
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
.print 'step 2 of 9: done'

-- ============================================================================
-- Step 3 of 9, migrate: Keep rev and revision of orders equal
--   Id:           orders.revision/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 3 of 9: Keep rev and revision of orders equal'
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
  UPDATE OR IGNORE "orders" SET "revision" = (SELECT "rev" FROM (SELECT NEW."rev" AS "rev") AS "orders") WHERE rowid = NEW.rowid AND NEW."revision" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'orders__sync', 'orders', quote(NEW.rowid), 'revision', quote(NEW."rev") FROM "orders" WHERE rowid = NEW.rowid AND NEW."revision" IS NULL AND NEW."rev" IS NOT NULL AND "orders"."revision" IS NULL;
  UPDATE OR IGNORE "orders" SET "rev" = (SELECT "revision" FROM (SELECT NEW."revision" AS "revision") AS "orders") WHERE rowid = NEW.rowid AND NEW."revision" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'orders__sync', 'orders', quote(NEW.rowid), 'rev', quote(NEW."revision") FROM "orders" WHERE rowid = NEW.rowid AND NEW."revision" IS NOT NULL AND NEW."revision" IS NOT NULL AND "orders"."rev" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'orders__sync';
END;
CREATE TRIGGER "orders__sync_upd" AFTER UPDATE OF "rev", "revision" ON "orders"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'orders__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('orders__sync');
  UPDATE OR IGNORE "orders" SET "revision" = (SELECT "rev" FROM (SELECT NEW."rev" AS "rev") AS "orders") WHERE rowid = NEW.rowid AND NEW."rev" IS NOT OLD."rev";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'orders__sync', 'orders', quote(NEW.rowid), 'revision', quote(NEW."rev") FROM "orders" WHERE rowid = NEW.rowid AND NEW."rev" IS NOT OLD."rev" AND NEW."rev" IS NOT NULL AND "orders"."revision" IS NULL;
  UPDATE OR IGNORE "orders" SET "rev" = (SELECT "revision" FROM (SELECT NEW."revision" AS "revision") AS "orders") WHERE rowid = NEW.rowid AND NEW."revision" IS NOT OLD."revision" AND NOT (NEW."rev" IS NOT OLD."rev");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'orders__sync', 'orders', quote(NEW.rowid), 'rev', quote(NEW."revision") FROM "orders" WHERE rowid = NEW.rowid AND NEW."revision" IS NOT OLD."revision" AND NOT (NEW."rev" IS NOT OLD."rev") AND NEW."revision" IS NOT NULL AND "orders"."rev" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'orders__sync';
END;
CREATE TRIGGER "orders__sync_kept" AFTER UPDATE ON "orders"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."rev" IS NOT OLD."rev")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "orders" SET "rev" = OLD."rev" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "orders__sync_back" AFTER UPDATE ON "orders"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."revision" IS NOT OLD."revision")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "orders" SET "revision" = OLD."revision" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'step 3 of 9: done'
-- Application: From here the new application may read and write revision once the backfill is done.

-- ============================================================================
-- Step 4 of 9, migrate: Convert rev of orders into revision
--   Id:           orders.revision/migrate/backfill
--   Why:          5,000,000 rows, 50000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     1 min 3 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
.print 'step 4 of 9: Convert rev of orders into revision'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('orders.revision/migrate/backfill', 5000000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'orders.revision/migrate/backfill' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'orders.revision/migrate/backfill'), (SELECT min(rowid) - 1 FROM "orders"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "orders" WHERE rowid > batch.hi ORDER BY rowid LIMIT 50000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.200' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
UPDATE "orders" SET "revision" = ("rev") WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND ("revision" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''orders.revision/migrate/backfill'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'orders.revision/migrate/backfill';
.print 'step 4 of 9: done'
-- Check: every row holds the converted value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row holds the converted value', '0', CAST((SELECT COUNT(*) FROM "orders" WHERE (CASE WHEN ("revision") = ("rev") OR (("revision") IS NULL AND ("rev") IS NULL) THEN 0 ELSE 1 END = 1)) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 5 of 9, switch: Let revision of orders lead
--   Id:           orders.revision/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications run: rev is kept equal until contract
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 5 of 9: Let revision of orders lead'
-- Check: step 4 has come to its end: Convert rev of orders into revision. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 4 has come to its end: Convert rev of orders into revision', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'orders.revision/migrate/backfill' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no value of orders stands in forgelua_sync_errors (mend it in orders, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no value of orders stands in forgelua_sync_errors (mend it in orders, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'orders__sync' AND column_name IN ('revision')) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
DROP TRIGGER orders_upd;
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
  UPDATE OR IGNORE "orders" SET "revision" = (SELECT "rev" FROM (SELECT NEW."rev" AS "rev") AS "orders") WHERE rowid = NEW.rowid AND NEW."rev" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'orders__sync', 'orders', quote(NEW.rowid), 'revision', quote(NEW."rev") FROM "orders" WHERE rowid = NEW.rowid AND NEW."rev" IS NOT NULL AND NEW."rev" IS NOT NULL AND "orders"."revision" IS NULL;
  UPDATE OR IGNORE "orders" SET "rev" = (SELECT "revision" FROM (SELECT NEW."revision" AS "revision") AS "orders") WHERE rowid = NEW.rowid AND NEW."rev" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'orders__sync', 'orders', quote(NEW.rowid), 'rev', quote(NEW."revision") FROM "orders" WHERE rowid = NEW.rowid AND NEW."rev" IS NULL AND NEW."revision" IS NOT NULL AND "orders"."rev" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'orders__sync';
END;
CREATE TRIGGER "orders__sync_upd" AFTER UPDATE OF "rev", "revision" ON "orders"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'orders__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('orders__sync');
  UPDATE OR IGNORE "orders" SET "revision" = (SELECT "rev" FROM (SELECT NEW."rev" AS "rev") AS "orders") WHERE rowid = NEW.rowid AND NEW."rev" IS NOT OLD."rev" AND NOT (NEW."revision" IS NOT OLD."revision");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'orders__sync', 'orders', quote(NEW.rowid), 'revision', quote(NEW."rev") FROM "orders" WHERE rowid = NEW.rowid AND NEW."rev" IS NOT OLD."rev" AND NOT (NEW."revision" IS NOT OLD."revision") AND NEW."rev" IS NOT NULL AND "orders"."revision" IS NULL;
  UPDATE OR IGNORE "orders" SET "rev" = (SELECT "revision" FROM (SELECT NEW."revision" AS "revision") AS "orders") WHERE rowid = NEW.rowid AND NEW."revision" IS NOT OLD."revision";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'orders__sync', 'orders', quote(NEW.rowid), 'rev', quote(NEW."revision") FROM "orders" WHERE rowid = NEW.rowid AND NEW."revision" IS NOT OLD."revision" AND NEW."revision" IS NOT NULL AND "orders"."rev" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'orders__sync';
END;
CREATE TRIGGER "orders__sync_kept" AFTER UPDATE ON "orders"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."rev" IS NOT OLD."rev")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "orders" SET "rev" = OLD."rev" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "orders__sync_back" AFTER UPDATE ON "orders"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."revision" IS NOT OLD."revision")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "orders" SET "revision" = OLD."revision" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER orders_upd AFTER UPDATE ON orders FOR EACH ROW
BEGIN UPDATE orders SET revision = OLD.revision + 1 WHERE id = NEW.id; END;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 5 of 9: done'
-- Application: Deploy the application that uses revision as the new schema has it.

-- ============================================================================
-- Step 6 of 9, contract: From here the way back computes rev of orders again
--   Id:           orders.revision/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 6 of 9: From here the way back computes rev of orders again'
-- Check: no row of orders has NULL in revision. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of orders has NULL in revision', '0', CAST((SELECT COUNT(*) FROM "orders" WHERE "revision" IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Nothing to run in the database.
.print 'step 6 of 9: done'

-- ============================================================================
-- Step 7 of 9, contract: Stop keeping rev and revision of orders equal
--   Id:           orders.revision/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 7 of 9: Stop keeping rev and revision of orders equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "orders__sync_ins";
DROP TRIGGER IF EXISTS "orders__sync_upd";
DROP TRIGGER IF EXISTS "orders__sync_kept";
DROP TRIGGER IF EXISTS "orders__sync_back";
COMMIT;
.print 'step 7 of 9: done'

-- ============================================================================
-- Step 8 of 9, contract: Drop the old column rev of orders; Make orders.revision NOT NULL
--   Id:           orders/contract/rewrite-once
--   Why:          every application uses the new one; every row has a value by now; from here the schema says so
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (10 s), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     10 s
--   Applications: old BREAKS, new works; statements that name rev fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop, constraint
-- ============================================================================
.print 'step 8 of 9: Drop the old column rev of orders; Make orders.revision NOT NULL'
-- Check: no row of orders has NULL in revision. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of orders has NULL in revision', '0', CAST((SELECT COUNT(*) FROM "orders" WHERE "revision" IS NULL) AS text));
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
  "total" integer,
  "revision" integer NOT NULL
);
INSERT INTO "orders__rebuild" (rowid, "id", "total", "revision")
  SELECT rowid, "id", "total", "revision" FROM "orders";
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
.print 'step 8 of 9: done'
-- Application: Check that no application, report or job names rev any more.

-- ============================================================================
-- Step 9 of 9, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 9 of 9: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 9 of 9: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
