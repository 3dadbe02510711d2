-- Rollback, every phase of migration views_of_like_names
-- Tables and columns get other names under views that say columns of the same names of other tables
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
-- Check: step 16 must be done before this: Drop the old column store_id of employee. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 16 must be done before this: Drop the old column store_id of employee', '1', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('employee') WHERE name = 'store_id' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 10 must be done before this: Rename staff to employee. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 10 must be done before this: Rename staff to employee', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'employee') AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'staff' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 17 of 17, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 17 of 17: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 17 of 17: done'

-- ============================================================================
-- Undo step 16 of 17, contract: Drop the old column store_id of employee
--   Id:           staff.shop_id/contract/drop-old
-- ============================================================================
.print 'undo step 16 of 17: Drop the old column store_id of employee'
BEGIN IMMEDIATE;
ALTER TABLE "employee" ADD COLUMN "store_id" integer;
COMMIT;
.print 'undo step 16 of 17: done'

-- ============================================================================
-- Undo step 15 of 17, contract: Stop keeping store_id and shop_id of employee equal
--   Id:           staff.shop_id/contract/stop-sync
-- ============================================================================
.print 'undo step 15 of 17: Stop keeping store_id and shop_id of employee equal'
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
CREATE TRIGGER "staff__sync_ins" AFTER INSERT ON "employee"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'staff__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('staff__sync');
  UPDATE OR IGNORE "employee" SET "shop_id" = (SELECT "store_id" FROM (SELECT NEW."store_id" AS "store_id") AS "employee") WHERE "id" = NEW."id" AND NEW."store_id" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'staff__sync', 'employee', quote(NEW."id"), 'shop_id', quote(NEW."store_id") FROM "employee" WHERE "id" = NEW."id" AND NEW."store_id" IS NOT NULL AND NEW."store_id" IS NOT NULL AND "employee"."shop_id" IS NULL;
  UPDATE OR IGNORE "employee" SET "store_id" = (SELECT "shop_id" FROM (SELECT NEW."shop_id" AS "shop_id") AS "employee") WHERE "id" = NEW."id" AND NEW."store_id" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'staff__sync', 'employee', quote(NEW."id"), 'store_id', quote(NEW."shop_id") FROM "employee" WHERE "id" = NEW."id" AND NEW."store_id" IS NULL AND NEW."shop_id" IS NOT NULL AND "employee"."store_id" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'staff__sync';
END;
CREATE TRIGGER "staff__sync_upd" AFTER UPDATE OF "store_id", "shop_id" ON "employee"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'staff__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('staff__sync');
  UPDATE OR IGNORE "employee" SET "shop_id" = (SELECT "store_id" FROM (SELECT NEW."store_id" AS "store_id") AS "employee") WHERE "id" = NEW."id" AND NEW."store_id" IS NOT OLD."store_id" AND NOT (NEW."shop_id" IS NOT OLD."shop_id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'staff__sync', 'employee', quote(NEW."id"), 'shop_id', quote(NEW."store_id") FROM "employee" WHERE "id" = NEW."id" AND NEW."store_id" IS NOT OLD."store_id" AND NOT (NEW."shop_id" IS NOT OLD."shop_id") AND NEW."store_id" IS NOT NULL AND "employee"."shop_id" IS NULL;
  UPDATE OR IGNORE "employee" SET "store_id" = (SELECT "shop_id" FROM (SELECT NEW."shop_id" AS "shop_id") AS "employee") WHERE "id" = NEW."id" AND NEW."shop_id" IS NOT OLD."shop_id";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'staff__sync', 'employee', quote(NEW."id"), 'store_id', quote(NEW."shop_id") FROM "employee" WHERE "id" = NEW."id" AND NEW."shop_id" IS NOT OLD."shop_id" AND NEW."shop_id" IS NOT NULL AND "employee"."store_id" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'staff__sync';
END;
CREATE TRIGGER "staff__sync_kept" AFTER UPDATE ON "employee"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."store_id" IS NOT OLD."store_id")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "employee" SET "store_id" = OLD."store_id" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "staff__sync_back" AFTER UPDATE ON "employee"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."shop_id" IS NOT OLD."shop_id")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "employee" SET "shop_id" = OLD."shop_id" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'undo step 15 of 17: done'

-- ============================================================================
-- Undo step 14 of 17, contract: From here the way back computes store_id of employee again
--   Id:           staff.shop_id/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 14 of 17: From here the way back computes store_id of employee again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('staff.shop_id/contract/point-of-return/back', (SELECT count(*) FROM "employee"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'staff.shop_id/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'staff.shop_id/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "employee"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "employee" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill''), (''back'');
UPDATE "employee" SET "store_id" = ("shop_id") WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ((CASE WHEN ("store_id") = ("shop_id") OR (("store_id") IS NULL AND ("shop_id") IS NULL) THEN 0 ELSE 1 END = 1));
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''staff.shop_id/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'staff.shop_id/contract/point-of-return/back';
.print 'undo step 14 of 17: done'

-- ============================================================================
-- Undo step 13 of 17, contract: Drop the old column city, country_id of cities
--   Id:           city.name/contract/drop-old
-- ============================================================================
.print 'undo step 13 of 17: Drop the old column city, country_id of cities'
BEGIN IMMEDIATE;
ALTER TABLE "cities" ADD COLUMN "country_id" integer;
ALTER TABLE "cities" ADD COLUMN "city" varchar(9);
COMMIT;
.print 'undo step 13 of 17: done'

-- ============================================================================
-- Undo step 12 of 17, contract: Stop keeping city, country_id and name, country of cities equal
--   Id:           city.name/contract/stop-sync
-- ============================================================================
.print 'undo step 12 of 17: Stop keeping city, country_id and name, country of cities equal'
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
CREATE TRIGGER "city__sync_ins" AFTER INSERT ON "cities"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'city__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('city__sync');
  UPDATE OR IGNORE "cities" SET "name" = (SELECT "city" FROM (SELECT NEW."city" AS "city") AS "cities") WHERE "id" = NEW."id" AND NEW."city" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'cities', quote(NEW."id"), 'name', quote(NEW."city") FROM "cities" WHERE "id" = NEW."id" AND NEW."city" IS NOT NULL AND NEW."city" IS NOT NULL AND "cities"."name" IS NULL;
  UPDATE OR IGNORE "cities" SET "city" = (SELECT "name" FROM (SELECT NEW."name" AS "name") AS "cities") WHERE "id" = NEW."id" AND NEW."city" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'cities', quote(NEW."id"), 'city', quote(NEW."name") FROM "cities" WHERE "id" = NEW."id" AND NEW."city" IS NULL AND NEW."name" IS NOT NULL AND "cities"."city" IS NULL;
  UPDATE OR IGNORE "cities" SET "country" = (SELECT "country_id" FROM (SELECT NEW."country_id" AS "country_id") AS "cities") WHERE "id" = NEW."id" AND NEW."country_id" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'cities', quote(NEW."id"), 'country', quote(NEW."country_id") FROM "cities" WHERE "id" = NEW."id" AND NEW."country_id" IS NOT NULL AND NEW."country_id" IS NOT NULL AND "cities"."country" IS NULL;
  UPDATE OR IGNORE "cities" SET "country_id" = (SELECT "country" FROM (SELECT NEW."country" AS "country") AS "cities") WHERE "id" = NEW."id" AND NEW."country_id" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'cities', quote(NEW."id"), 'country_id', quote(NEW."country") FROM "cities" WHERE "id" = NEW."id" AND NEW."country_id" IS NULL AND NEW."country" IS NOT NULL AND "cities"."country_id" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'city__sync';
END;
CREATE TRIGGER "city__sync_upd" AFTER UPDATE OF "city", "name", "country_id", "country" ON "cities"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'city__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('city__sync');
  UPDATE OR IGNORE "cities" SET "name" = (SELECT "city" FROM (SELECT NEW."city" AS "city") AS "cities") WHERE "id" = NEW."id" AND NEW."city" IS NOT OLD."city" AND NOT (NEW."name" IS NOT OLD."name");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'cities', quote(NEW."id"), 'name', quote(NEW."city") FROM "cities" WHERE "id" = NEW."id" AND NEW."city" IS NOT OLD."city" AND NOT (NEW."name" IS NOT OLD."name") AND NEW."city" IS NOT NULL AND "cities"."name" IS NULL;
  UPDATE OR IGNORE "cities" SET "city" = (SELECT "name" FROM (SELECT NEW."name" AS "name") AS "cities") WHERE "id" = NEW."id" AND NEW."name" IS NOT OLD."name";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'cities', quote(NEW."id"), 'city', quote(NEW."name") FROM "cities" WHERE "id" = NEW."id" AND NEW."name" IS NOT OLD."name" AND NEW."name" IS NOT NULL AND "cities"."city" IS NULL;
  UPDATE OR IGNORE "cities" SET "country" = (SELECT "country_id" FROM (SELECT NEW."country_id" AS "country_id") AS "cities") WHERE "id" = NEW."id" AND NEW."country_id" IS NOT OLD."country_id" AND NOT (NEW."country" IS NOT OLD."country");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'cities', quote(NEW."id"), 'country', quote(NEW."country_id") FROM "cities" WHERE "id" = NEW."id" AND NEW."country_id" IS NOT OLD."country_id" AND NOT (NEW."country" IS NOT OLD."country") AND NEW."country_id" IS NOT NULL AND "cities"."country" IS NULL;
  UPDATE OR IGNORE "cities" SET "country_id" = (SELECT "country" FROM (SELECT NEW."country" AS "country") AS "cities") WHERE "id" = NEW."id" AND NEW."country" IS NOT OLD."country";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'cities', quote(NEW."id"), 'country_id', quote(NEW."country") FROM "cities" WHERE "id" = NEW."id" AND NEW."country" IS NOT OLD."country" AND NEW."country" IS NOT NULL AND "cities"."country_id" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'city__sync';
END;
CREATE TRIGGER "city__sync_kept" AFTER UPDATE ON "cities"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."city" IS NOT OLD."city" OR NEW."country_id" IS NOT OLD."country_id")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "cities" SET "city" = OLD."city", "country_id" = OLD."country_id" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "city__sync_back" AFTER UPDATE ON "cities"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."name" IS NOT OLD."name" OR NEW."country" IS NOT OLD."country")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "cities" SET "name" = OLD."name", "country" = OLD."country" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'undo step 12 of 17: done'

-- ============================================================================
-- Undo step 11 of 17, contract: From here the way back computes city, country_id of cities again
--   Id:           city.name/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 11 of 17: From here the way back computes city, country_id of cities again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('city.name/contract/point-of-return/back', (SELECT count(*) FROM "cities"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'city.name/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'city.name/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "cities"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "cities" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill''), (''back'');
UPDATE "cities" SET "city" = ("name"), "country_id" = ("country") WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ((CASE WHEN ("city") = ("name") OR (("city") IS NULL AND ("name") IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN ("country_id") = ("country") OR (("country_id") IS NULL AND ("country") IS NULL) THEN 0 ELSE 1 END = 1));
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''city.name/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'city.name/contract/point-of-return/back';
.print 'undo step 11 of 17: done'

-- ============================================================================
-- Undo step 10 of 17, switch: Rename staff to employee
--   Id:           staff/switch/rename-table
-- ============================================================================
.print 'undo step 10 of 17: Rename staff to employee'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
ALTER TABLE "employee" RENAME TO "staff";
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 10 of 17: done'

-- ============================================================================
-- Undo step 9 of 17, switch: Let shop_id of staff lead
--   Id:           staff.shop_id/switch/swap
-- ============================================================================
.print 'undo step 9 of 17: Let shop_id of staff lead'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'bosses'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP VIEW "bosses";
DROP TRIGGER IF EXISTS "staff__sync_ins";
DROP TRIGGER IF EXISTS "staff__sync_upd";
DROP TRIGGER IF EXISTS "staff__sync_kept";
DROP TRIGGER IF EXISTS "staff__sync_back";
CREATE VIEW "bosses" AS SELECT s.store_id, m.nm FROM store AS s INNER JOIN staff AS m ON s.boss = m.id;
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
CREATE TRIGGER "staff__sync_ins" AFTER INSERT ON "staff"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'staff__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('staff__sync');
  UPDATE OR IGNORE "staff" SET "shop_id" = (SELECT "store_id" FROM (SELECT NEW."store_id" AS "store_id") AS "staff") WHERE "id" = NEW."id" AND NEW."shop_id" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'staff__sync', 'staff', quote(NEW."id"), 'shop_id', quote(NEW."store_id") FROM "staff" WHERE "id" = NEW."id" AND NEW."shop_id" IS NULL AND NEW."store_id" IS NOT NULL AND "staff"."shop_id" IS NULL;
  UPDATE OR IGNORE "staff" SET "store_id" = (SELECT "shop_id" FROM (SELECT NEW."shop_id" AS "shop_id") AS "staff") WHERE "id" = NEW."id" AND NEW."shop_id" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'staff__sync', 'staff', quote(NEW."id"), 'store_id', quote(NEW."shop_id") FROM "staff" WHERE "id" = NEW."id" AND NEW."shop_id" IS NOT NULL AND NEW."shop_id" IS NOT NULL AND "staff"."store_id" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'staff__sync';
END;
CREATE TRIGGER "staff__sync_upd" AFTER UPDATE OF "store_id", "shop_id" ON "staff"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'staff__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('staff__sync');
  UPDATE OR IGNORE "staff" SET "shop_id" = (SELECT "store_id" FROM (SELECT NEW."store_id" AS "store_id") AS "staff") WHERE "id" = NEW."id" AND NEW."store_id" IS NOT OLD."store_id";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'staff__sync', 'staff', quote(NEW."id"), 'shop_id', quote(NEW."store_id") FROM "staff" WHERE "id" = NEW."id" AND NEW."store_id" IS NOT OLD."store_id" AND NEW."store_id" IS NOT NULL AND "staff"."shop_id" IS NULL;
  UPDATE OR IGNORE "staff" SET "store_id" = (SELECT "shop_id" FROM (SELECT NEW."shop_id" AS "shop_id") AS "staff") WHERE "id" = NEW."id" AND NEW."shop_id" IS NOT OLD."shop_id" AND NOT (NEW."store_id" IS NOT OLD."store_id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'staff__sync', 'staff', quote(NEW."id"), 'store_id', quote(NEW."shop_id") FROM "staff" WHERE "id" = NEW."id" AND NEW."shop_id" IS NOT OLD."shop_id" AND NOT (NEW."store_id" IS NOT OLD."store_id") AND NEW."shop_id" IS NOT NULL AND "staff"."store_id" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'staff__sync';
END;
CREATE TRIGGER "staff__sync_kept" AFTER UPDATE ON "staff"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."store_id" IS NOT OLD."store_id")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "staff" SET "store_id" = OLD."store_id" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "staff__sync_back" AFTER UPDATE ON "staff"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."shop_id" IS NOT OLD."shop_id")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "staff" SET "shop_id" = OLD."shop_id" WHERE "id" = NEW."id";
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
.print 'undo step 9 of 17: done'

-- ============================================================================
-- Undo step 8 of 17, switch: Rename city to cities
--   Id:           city/switch/rename-table
-- ============================================================================
.print 'undo step 8 of 17: Rename city to cities'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
ALTER TABLE "cities" RENAME TO "city";
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 8 of 17: done'

-- ============================================================================
-- Undo step 7 of 17, switch: Let name, country of city lead
--   Id:           city.name/switch/swap
-- ============================================================================
.print 'undo step 7 of 17: Let name, country of city lead'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'places'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP VIEW "places";
DROP TRIGGER IF EXISTS "city__sync_ins";
DROP TRIGGER IF EXISTS "city__sync_upd";
DROP TRIGGER IF EXISTS "city__sync_kept";
DROP TRIGGER IF EXISTS "city__sync_back";
CREATE VIEW "places" AS SELECT city.city AS city, country.country AS country FROM city JOIN country ON city.country_id = country.country_id;
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
CREATE TRIGGER "city__sync_ins" AFTER INSERT ON "city"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'city__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('city__sync');
  UPDATE OR IGNORE "city" SET "name" = (SELECT "city" FROM (SELECT NEW."city" AS "city") AS "city") WHERE "id" = NEW."id" AND NEW."name" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'city', quote(NEW."id"), 'name', quote(NEW."city") FROM "city" WHERE "id" = NEW."id" AND NEW."name" IS NULL AND NEW."city" IS NOT NULL AND "city"."name" IS NULL;
  UPDATE OR IGNORE "city" SET "city" = (SELECT "name" FROM (SELECT NEW."name" AS "name") AS "city") WHERE "id" = NEW."id" AND NEW."name" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'city', quote(NEW."id"), 'city', quote(NEW."name") FROM "city" WHERE "id" = NEW."id" AND NEW."name" IS NOT NULL AND NEW."name" IS NOT NULL AND "city"."city" IS NULL;
  UPDATE OR IGNORE "city" SET "country" = (SELECT "country_id" FROM (SELECT NEW."country_id" AS "country_id") AS "city") WHERE "id" = NEW."id" AND NEW."country" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'city', quote(NEW."id"), 'country', quote(NEW."country_id") FROM "city" WHERE "id" = NEW."id" AND NEW."country" IS NULL AND NEW."country_id" IS NOT NULL AND "city"."country" IS NULL;
  UPDATE OR IGNORE "city" SET "country_id" = (SELECT "country" FROM (SELECT NEW."country" AS "country") AS "city") WHERE "id" = NEW."id" AND NEW."country" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'city', quote(NEW."id"), 'country_id', quote(NEW."country") FROM "city" WHERE "id" = NEW."id" AND NEW."country" IS NOT NULL AND NEW."country" IS NOT NULL AND "city"."country_id" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'city__sync';
END;
CREATE TRIGGER "city__sync_upd" AFTER UPDATE OF "city", "name", "country_id", "country" ON "city"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'city__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('city__sync');
  UPDATE OR IGNORE "city" SET "name" = (SELECT "city" FROM (SELECT NEW."city" AS "city") AS "city") WHERE "id" = NEW."id" AND NEW."city" IS NOT OLD."city";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'city', quote(NEW."id"), 'name', quote(NEW."city") FROM "city" WHERE "id" = NEW."id" AND NEW."city" IS NOT OLD."city" AND NEW."city" IS NOT NULL AND "city"."name" IS NULL;
  UPDATE OR IGNORE "city" SET "city" = (SELECT "name" FROM (SELECT NEW."name" AS "name") AS "city") WHERE "id" = NEW."id" AND NEW."name" IS NOT OLD."name" AND NOT (NEW."city" IS NOT OLD."city");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'city', quote(NEW."id"), 'city', quote(NEW."name") FROM "city" WHERE "id" = NEW."id" AND NEW."name" IS NOT OLD."name" AND NOT (NEW."city" IS NOT OLD."city") AND NEW."name" IS NOT NULL AND "city"."city" IS NULL;
  UPDATE OR IGNORE "city" SET "country" = (SELECT "country_id" FROM (SELECT NEW."country_id" AS "country_id") AS "city") WHERE "id" = NEW."id" AND NEW."country_id" IS NOT OLD."country_id";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'city', quote(NEW."id"), 'country', quote(NEW."country_id") FROM "city" WHERE "id" = NEW."id" AND NEW."country_id" IS NOT OLD."country_id" AND NEW."country_id" IS NOT NULL AND "city"."country" IS NULL;
  UPDATE OR IGNORE "city" SET "country_id" = (SELECT "country" FROM (SELECT NEW."country" AS "country") AS "city") WHERE "id" = NEW."id" AND NEW."country" IS NOT OLD."country" AND NOT (NEW."country_id" IS NOT OLD."country_id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'city', quote(NEW."id"), 'country_id', quote(NEW."country") FROM "city" WHERE "id" = NEW."id" AND NEW."country" IS NOT OLD."country" AND NOT (NEW."country_id" IS NOT OLD."country_id") AND NEW."country" IS NOT NULL AND "city"."country_id" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'city__sync';
END;
CREATE TRIGGER "city__sync_kept" AFTER UPDATE ON "city"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."city" IS NOT OLD."city" OR NEW."country_id" IS NOT OLD."country_id")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "city" SET "city" = OLD."city", "country_id" = OLD."country_id" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "city__sync_back" AFTER UPDATE ON "city"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."name" IS NOT OLD."name" OR NEW."country" IS NOT OLD."country")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "city" SET "name" = OLD."name", "country" = OLD."country" WHERE "id" = NEW."id";
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
.print 'undo step 7 of 17: done'

-- ============================================================================
-- Undo step 6 of 17, migrate: Convert store_id of staff into shop_id
--   Id:           staff.shop_id/migrate/backfill
-- ============================================================================
.print 'undo step 6 of 17: Convert store_id of staff into shop_id'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 6 of 17: done'

-- ============================================================================
-- Undo step 5 of 17, migrate: Keep store_id and shop_id of staff equal
--   Id:           staff.shop_id/migrate/sync
-- ============================================================================
.print 'undo step 5 of 17: Keep store_id and shop_id of staff equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "staff__sync_ins";
DROP TRIGGER IF EXISTS "staff__sync_upd";
DROP TRIGGER IF EXISTS "staff__sync_kept";
DROP TRIGGER IF EXISTS "staff__sync_back";
COMMIT;
.print 'undo step 5 of 17: done'

-- ============================================================================
-- Undo step 4 of 17, migrate: Convert city, country_id of city into name, country
--   Id:           city.name/migrate/backfill
-- ============================================================================
.print 'undo step 4 of 17: Convert city, country_id of city into name, country'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 4 of 17: done'

-- ============================================================================
-- Undo step 3 of 17, migrate: Keep city, country_id and name, country of city equal
--   Id:           city.name/migrate/sync
-- ============================================================================
.print 'undo step 3 of 17: Keep city, country_id and name, country of city equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "city__sync_ins";
DROP TRIGGER IF EXISTS "city__sync_upd";
DROP TRIGGER IF EXISTS "city__sync_kept";
DROP TRIGGER IF EXISTS "city__sync_back";
COMMIT;
.print 'undo step 3 of 17: done'

-- ============================================================================
-- Undo step 2 of 17, expand: Add shop_id beside store_id in staff
--   Id:           staff.shop_id/expand/add-column
-- ============================================================================
.print 'undo step 2 of 17: Add shop_id beside store_id in staff'
BEGIN IMMEDIATE;
ALTER TABLE "staff" DROP COLUMN "shop_id";
COMMIT;
.print 'undo step 2 of 17: done'

-- ============================================================================
-- Undo step 1 of 17, expand: Add name, country beside city, country_id in city
--   Id:           city.name/expand/add-column
-- ============================================================================
.print 'undo step 1 of 17: Add name, country beside city, country_id in city'
BEGIN IMMEDIATE;
ALTER TABLE "city" DROP COLUMN "country";
ALTER TABLE "city" DROP COLUMN "name";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 17: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
