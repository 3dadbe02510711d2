-- Forward, every phase of migration views_of_like_names
-- Tables and columns get other names under views that say columns of the same names of other tables
-- sqlite 3.40; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 13 is destructive — city, country_id of cities as the old schema held it
-- WARNING: step 16 is destructive — store_id of employee as the old schema held it

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
-- Check: step 1 must not be done at this point: Add name, country beside city, country_id in city. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Add name, country beside city, country_id in city', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('city') WHERE name = 'name' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 8 must not be done at this point: Rename city to cities. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 8 must not be done at this point: Rename city to cities', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'cities') AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'city' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 17, expand: Add name, country beside city, country_id in city
--   Id:           city.name/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         old rows are not touched: they show the default; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
.print 'step 1 of 17: Add name, country beside city, country_id in city'
BEGIN IMMEDIATE;
ALTER TABLE "city" ADD COLUMN "name" varchar(9);
ALTER TABLE "city" ADD COLUMN "country" integer;
COMMIT;
.print 'step 1 of 17: done'

-- ============================================================================
-- Step 2 of 17, expand: Add shop_id beside store_id in staff
--   Id:           staff.shop_id/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         old rows are not touched: they show the default; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
.print 'step 2 of 17: Add shop_id beside store_id in staff'
BEGIN IMMEDIATE;
ALTER TABLE "staff" ADD COLUMN "shop_id" integer;
COMMIT;
.print 'step 2 of 17: done'

-- ============================================================================
-- Step 3 of 17, migrate: Keep city, country_id and name, country of city equal
--   Id:           city.name/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 3 of 17: Keep city, country_id and name, country of city equal'
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
COMMIT;
.print 'step 3 of 17: done'
-- Application: From here the new application may read and write name, country once the backfill is done.

-- ============================================================================
-- Step 4 of 17, migrate: Convert city, country_id of city into name, country
--   Id:           city.name/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
.print 'step 4 of 17: Convert city, country_id of city into name, country'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('city.name/migrate/backfill', (SELECT count(*) FROM "city"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'city.name/migrate/backfill' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'city.name/migrate/backfill'), (SELECT min("id") - 1 FROM "city"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "city" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
UPDATE "city" SET "name" = ("city"), "country" = ("country_id") WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ("name" IS NULL OR "country" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''city.name/migrate/backfill'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'city.name/migrate/backfill';
.print 'step 4 of 17: done'
-- Check: every row holds the converted value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row holds the converted value', '0', CAST((SELECT COUNT(*) FROM "city" WHERE (CASE WHEN ("name") = ("city") OR (("name") IS NULL AND ("city") IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN ("country") = ("country_id") OR (("country") IS NULL AND ("country_id") IS NULL) THEN 0 ELSE 1 END = 1)) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 5 of 17, migrate: Keep store_id and shop_id of staff equal
--   Id:           staff.shop_id/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 5 of 17: Keep store_id and shop_id of staff equal'
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
COMMIT;
.print 'step 5 of 17: done'
-- Application: From here the new application may read and write shop_id once the backfill is done.

-- ============================================================================
-- Step 6 of 17, migrate: Convert store_id of staff into shop_id
--   Id:           staff.shop_id/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
.print 'step 6 of 17: Convert store_id of staff into shop_id'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('staff.shop_id/migrate/backfill', (SELECT count(*) FROM "staff"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'staff.shop_id/migrate/backfill' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'staff.shop_id/migrate/backfill'), (SELECT min("id") - 1 FROM "staff"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "staff" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
UPDATE "staff" SET "shop_id" = ("store_id") WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ("shop_id" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''staff.shop_id/migrate/backfill'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'staff.shop_id/migrate/backfill';
.print 'step 6 of 17: done'
-- Check: every row holds the converted value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row holds the converted value', '0', CAST((SELECT COUNT(*) FROM "staff" WHERE (CASE WHEN ("shop_id") = ("store_id") OR (("shop_id") IS NULL AND ("store_id") IS NULL) THEN 0 ELSE 1 END = 1)) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 7 of 17, switch: Let name, country of city lead
--   Id:           city.name/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications run: city, country_id is kept equal until contract
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 7 of 17: Let name, country of city lead'
-- Check: step 4 has come to its end: Convert city, country_id of city into name, country. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 4 has come to its end: Convert city, country_id of city into name, country', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'city.name/migrate/backfill' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no value of city stands in forgelua_sync_errors (mend it in city, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no value of city stands in forgelua_sync_errors (mend it in city, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'city__sync' AND column_name IN ('name', 'country')) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'places'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP TRIGGER IF EXISTS "city__sync_ins";
DROP TRIGGER IF EXISTS "city__sync_upd";
DROP TRIGGER IF EXISTS "city__sync_kept";
DROP TRIGGER IF EXISTS "city__sync_back";
DROP VIEW "places";
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
  UPDATE OR IGNORE "city" SET "name" = (SELECT "city" FROM (SELECT NEW."city" AS "city") AS "city") WHERE "id" = NEW."id" AND NEW."city" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'city', quote(NEW."id"), 'name', quote(NEW."city") FROM "city" WHERE "id" = NEW."id" AND NEW."city" IS NOT NULL AND NEW."city" IS NOT NULL AND "city"."name" IS NULL;
  UPDATE OR IGNORE "city" SET "city" = (SELECT "name" FROM (SELECT NEW."name" AS "name") AS "city") WHERE "id" = NEW."id" AND NEW."city" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'city', quote(NEW."id"), 'city', quote(NEW."name") FROM "city" WHERE "id" = NEW."id" AND NEW."city" IS NULL AND NEW."name" IS NOT NULL AND "city"."city" IS NULL;
  UPDATE OR IGNORE "city" SET "country" = (SELECT "country_id" FROM (SELECT NEW."country_id" AS "country_id") AS "city") WHERE "id" = NEW."id" AND NEW."country_id" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'city', quote(NEW."id"), 'country', quote(NEW."country_id") FROM "city" WHERE "id" = NEW."id" AND NEW."country_id" IS NOT NULL AND NEW."country_id" IS NOT NULL AND "city"."country" IS NULL;
  UPDATE OR IGNORE "city" SET "country_id" = (SELECT "country" FROM (SELECT NEW."country" AS "country") AS "city") WHERE "id" = NEW."id" AND NEW."country_id" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'city', quote(NEW."id"), 'country_id', quote(NEW."country") FROM "city" WHERE "id" = NEW."id" AND NEW."country_id" IS NULL AND NEW."country" IS NOT NULL AND "city"."country_id" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'city__sync';
END;
CREATE TRIGGER "city__sync_upd" AFTER UPDATE OF "city", "name", "country_id", "country" ON "city"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'city__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('city__sync');
  UPDATE OR IGNORE "city" SET "name" = (SELECT "city" FROM (SELECT NEW."city" AS "city") AS "city") WHERE "id" = NEW."id" AND NEW."city" IS NOT OLD."city" AND NOT (NEW."name" IS NOT OLD."name");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'city', quote(NEW."id"), 'name', quote(NEW."city") FROM "city" WHERE "id" = NEW."id" AND NEW."city" IS NOT OLD."city" AND NOT (NEW."name" IS NOT OLD."name") AND NEW."city" IS NOT NULL AND "city"."name" IS NULL;
  UPDATE OR IGNORE "city" SET "city" = (SELECT "name" FROM (SELECT NEW."name" AS "name") AS "city") WHERE "id" = NEW."id" AND NEW."name" IS NOT OLD."name";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'city', quote(NEW."id"), 'city', quote(NEW."name") FROM "city" WHERE "id" = NEW."id" AND NEW."name" IS NOT OLD."name" AND NEW."name" IS NOT NULL AND "city"."city" IS NULL;
  UPDATE OR IGNORE "city" SET "country" = (SELECT "country_id" FROM (SELECT NEW."country_id" AS "country_id") AS "city") WHERE "id" = NEW."id" AND NEW."country_id" IS NOT OLD."country_id" AND NOT (NEW."country" IS NOT OLD."country");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'city', quote(NEW."id"), 'country', quote(NEW."country_id") FROM "city" WHERE "id" = NEW."id" AND NEW."country_id" IS NOT OLD."country_id" AND NOT (NEW."country" IS NOT OLD."country") AND NEW."country_id" IS NOT NULL AND "city"."country" IS NULL;
  UPDATE OR IGNORE "city" SET "country_id" = (SELECT "country" FROM (SELECT NEW."country" AS "country") AS "city") WHERE "id" = NEW."id" AND NEW."country" IS NOT OLD."country";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'city', quote(NEW."id"), 'country_id', quote(NEW."country") FROM "city" WHERE "id" = NEW."id" AND NEW."country" IS NOT OLD."country" AND NEW."country" IS NOT NULL AND "city"."country_id" IS NULL;
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
CREATE VIEW "places" AS SELECT city.name AS city, country.country AS country FROM city JOIN country ON city.country = country.country_id;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 7 of 17: done'
-- Application: Deploy the application that uses name, country as the new schema has it.

-- ============================================================================
-- Step 8 of 17, switch: Rename city to cities
--   Id:           city/switch/rename-table
--   Why:          metadata only
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; no view that takes writes stands in on this engine, so one name works at a time: city fails from here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
.print 'step 8 of 17: Rename city to cities'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
ALTER TABLE "city" RENAME TO "cities";
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 8 of 17: done'
-- Application: Deploy the application that says cities together with this step.

-- ============================================================================
-- Step 9 of 17, switch: Let shop_id of staff lead
--   Id:           staff.shop_id/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications run: store_id is kept equal until contract
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 9 of 17: Let shop_id of staff lead'
-- Check: step 6 has come to its end: Convert store_id of staff into shop_id. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 6 has come to its end: Convert store_id of staff into shop_id', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'staff.shop_id/migrate/backfill' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no value of staff stands in forgelua_sync_errors (mend it in staff, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no value of staff stands in forgelua_sync_errors (mend it in staff, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'staff__sync' AND column_name IN ('shop_id')) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'bosses'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP TRIGGER IF EXISTS "staff__sync_ins";
DROP TRIGGER IF EXISTS "staff__sync_upd";
DROP TRIGGER IF EXISTS "staff__sync_kept";
DROP TRIGGER IF EXISTS "staff__sync_back";
DROP VIEW "bosses";
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
  UPDATE OR IGNORE "staff" SET "shop_id" = (SELECT "store_id" FROM (SELECT NEW."store_id" AS "store_id") AS "staff") WHERE "id" = NEW."id" AND NEW."store_id" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'staff__sync', 'staff', quote(NEW."id"), 'shop_id', quote(NEW."store_id") FROM "staff" WHERE "id" = NEW."id" AND NEW."store_id" IS NOT NULL AND NEW."store_id" IS NOT NULL AND "staff"."shop_id" IS NULL;
  UPDATE OR IGNORE "staff" SET "store_id" = (SELECT "shop_id" FROM (SELECT NEW."shop_id" AS "shop_id") AS "staff") WHERE "id" = NEW."id" AND NEW."store_id" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'staff__sync', 'staff', quote(NEW."id"), 'store_id', quote(NEW."shop_id") FROM "staff" WHERE "id" = NEW."id" AND NEW."store_id" IS NULL AND NEW."shop_id" IS NOT NULL AND "staff"."store_id" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'staff__sync';
END;
CREATE TRIGGER "staff__sync_upd" AFTER UPDATE OF "store_id", "shop_id" ON "staff"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'staff__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('staff__sync');
  UPDATE OR IGNORE "staff" SET "shop_id" = (SELECT "store_id" FROM (SELECT NEW."store_id" AS "store_id") AS "staff") WHERE "id" = NEW."id" AND NEW."store_id" IS NOT OLD."store_id" AND NOT (NEW."shop_id" IS NOT OLD."shop_id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'staff__sync', 'staff', quote(NEW."id"), 'shop_id', quote(NEW."store_id") FROM "staff" WHERE "id" = NEW."id" AND NEW."store_id" IS NOT OLD."store_id" AND NOT (NEW."shop_id" IS NOT OLD."shop_id") AND NEW."store_id" IS NOT NULL AND "staff"."shop_id" IS NULL;
  UPDATE OR IGNORE "staff" SET "store_id" = (SELECT "shop_id" FROM (SELECT NEW."shop_id" AS "shop_id") AS "staff") WHERE "id" = NEW."id" AND NEW."shop_id" IS NOT OLD."shop_id";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'staff__sync', 'staff', quote(NEW."id"), 'store_id', quote(NEW."shop_id") FROM "staff" WHERE "id" = NEW."id" AND NEW."shop_id" IS NOT OLD."shop_id" AND NEW."shop_id" IS NOT NULL AND "staff"."store_id" IS NULL;
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
CREATE VIEW "bosses" AS SELECT s.store_id, m.nm FROM store AS s INNER JOIN staff AS m ON s.boss = m.id;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 9 of 17: done'
-- Application: Deploy the application that uses shop_id as the new schema has it.

-- ============================================================================
-- Step 10 of 17, switch: Rename staff to employee
--   Id:           staff/switch/rename-table
--   Why:          metadata only
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; no view that takes writes stands in on this engine, so one name works at a time: staff fails from here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
.print 'step 10 of 17: Rename staff to employee'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
ALTER TABLE "staff" RENAME TO "employee";
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 10 of 17: done'
-- Application: Deploy the application that says employee together with this step.

-- ============================================================================
-- Step 11 of 17, contract: From here the way back computes city, country_id of cities again
--   Id:           city.name/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 11 of 17: From here the way back computes city, country_id of cities again'
-- Nothing to run in the database.
.print 'step 11 of 17: done'

-- ============================================================================
-- Step 12 of 17, contract: Stop keeping city, country_id and name, country of cities equal
--   Id:           city.name/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 12 of 17: Stop keeping city, country_id and name, country of cities equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "city__sync_ins";
DROP TRIGGER IF EXISTS "city__sync_upd";
DROP TRIGGER IF EXISTS "city__sync_kept";
DROP TRIGGER IF EXISTS "city__sync_back";
COMMIT;
.print 'step 12 of 17: done'

-- ============================================================================
-- Step 13 of 17, contract: Drop the old column city, country_id of cities
--   Id:           city.name/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         DROP COLUMN writes every row anew, in place; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name city, country_id fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 13 of 17: Drop the old column city, country_id of cities'
BEGIN IMMEDIATE;
ALTER TABLE "cities" DROP COLUMN "city";
ALTER TABLE "cities" DROP COLUMN "country_id";
COMMIT;
.print 'step 13 of 17: done'
-- Application: Check that no application, report or job names city, country_id any more.

-- ============================================================================
-- Step 14 of 17, contract: From here the way back computes store_id of employee again
--   Id:           staff.shop_id/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 14 of 17: From here the way back computes store_id of employee again'
-- Nothing to run in the database.
.print 'step 14 of 17: done'

-- ============================================================================
-- Step 15 of 17, contract: Stop keeping store_id and shop_id of employee equal
--   Id:           staff.shop_id/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 15 of 17: Stop keeping store_id and shop_id of employee equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "staff__sync_ins";
DROP TRIGGER IF EXISTS "staff__sync_upd";
DROP TRIGGER IF EXISTS "staff__sync_kept";
DROP TRIGGER IF EXISTS "staff__sync_back";
COMMIT;
.print 'step 15 of 17: done'

-- ============================================================================
-- Step 16 of 17, contract: Drop the old column store_id of employee
--   Id:           staff.shop_id/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         DROP COLUMN writes every row anew, in place; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name store_id fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 16 of 17: Drop the old column store_id of employee'
BEGIN IMMEDIATE;
ALTER TABLE "employee" DROP COLUMN "store_id";
COMMIT;
.print 'step 16 of 17: done'
-- Application: Check that no application, report or job names store_id any more.

-- ============================================================================
-- Step 17 of 17, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 17 of 17: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 17 of 17: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
