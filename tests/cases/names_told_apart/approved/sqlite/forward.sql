-- Forward, every phase of migration names_told_apart
-- Columns get other names under views that say names of other tables, of queries and of what stands around them
-- sqlite 3.40; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 11 is destructive — size of doors as the old schema held it
-- WARNING: step 14 is destructive — size of rooms as the old schema held it

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
-- Check: step 1 must not be done at this point: Add width beside size in doors. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Add width beside size in doors', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('doors') WHERE name = 'width' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 15, expand: Add width beside size in doors
--   Id:           doors.width/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         old rows are not touched: they show the default; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
.print 'step 1 of 15: Add width beside size in doors'
BEGIN IMMEDIATE;
ALTER TABLE "doors" ADD COLUMN "width" integer;
COMMIT;
.print 'step 1 of 15: done'

-- ============================================================================
-- Step 2 of 15, expand: Add area beside size in rooms
--   Id:           rooms.area/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         old rows are not touched: they show the default; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
.print 'step 2 of 15: Add area beside size in rooms'
BEGIN IMMEDIATE;
ALTER TABLE "rooms" ADD COLUMN "area" bigint;
COMMIT;
.print 'step 2 of 15: done'

-- ============================================================================
-- Step 3 of 15, migrate: Keep size and width of doors equal
--   Id:           doors.width/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 3 of 15: Keep size and width of doors equal'
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
CREATE TRIGGER "doors__sync_ins" AFTER INSERT ON "doors"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'doors__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('doors__sync');
  UPDATE OR IGNORE "doors" SET "width" = (SELECT "size" FROM (SELECT NEW."size" AS "size") AS "doors") WHERE "nr" = NEW."nr" AND NEW."width" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'doors__sync', 'doors', quote(NEW."nr"), 'width', quote(NEW."size") FROM "doors" WHERE "nr" = NEW."nr" AND NEW."width" IS NULL AND NEW."size" IS NOT NULL AND "doors"."width" IS NULL;
  UPDATE OR IGNORE "doors" SET "size" = (SELECT "width" FROM (SELECT NEW."width" AS "width") AS "doors") WHERE "nr" = NEW."nr" AND NEW."width" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'doors__sync', 'doors', quote(NEW."nr"), 'size', quote(NEW."width") FROM "doors" WHERE "nr" = NEW."nr" AND NEW."width" IS NOT NULL AND NEW."width" IS NOT NULL AND "doors"."size" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'doors__sync';
END;
CREATE TRIGGER "doors__sync_upd" AFTER UPDATE OF "size", "width" ON "doors"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'doors__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('doors__sync');
  UPDATE OR IGNORE "doors" SET "width" = (SELECT "size" FROM (SELECT NEW."size" AS "size") AS "doors") WHERE "nr" = NEW."nr" AND NEW."size" IS NOT OLD."size";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'doors__sync', 'doors', quote(NEW."nr"), 'width', quote(NEW."size") FROM "doors" WHERE "nr" = NEW."nr" AND NEW."size" IS NOT OLD."size" AND NEW."size" IS NOT NULL AND "doors"."width" IS NULL;
  UPDATE OR IGNORE "doors" SET "size" = (SELECT "width" FROM (SELECT NEW."width" AS "width") AS "doors") WHERE "nr" = NEW."nr" AND NEW."width" IS NOT OLD."width" AND NOT (NEW."size" IS NOT OLD."size");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'doors__sync', 'doors', quote(NEW."nr"), 'size', quote(NEW."width") FROM "doors" WHERE "nr" = NEW."nr" AND NEW."width" IS NOT OLD."width" AND NOT (NEW."size" IS NOT OLD."size") AND NEW."width" IS NOT NULL AND "doors"."size" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'doors__sync';
END;
CREATE TRIGGER "doors__sync_kept" AFTER UPDATE ON "doors"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."size" IS NOT OLD."size")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "doors" SET "size" = OLD."size" WHERE "nr" = NEW."nr";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "doors__sync_back" AFTER UPDATE ON "doors"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."width" IS NOT OLD."width")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "doors" SET "width" = OLD."width" WHERE "nr" = NEW."nr";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'step 3 of 15: done'
-- Application: From here the new application may read and write width once the backfill is done.

-- ============================================================================
-- Step 4 of 15, migrate: Convert size of doors into width
--   Id:           doors.width/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
.print 'step 4 of 15: Convert size of doors into width'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('doors.width/migrate/backfill', (SELECT count(*) FROM "doors"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'doors.width/migrate/backfill' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'doors.width/migrate/backfill'), (SELECT min("nr") - 1 FROM "doors"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "nr" AS k FROM "doors" WHERE "nr" > batch.hi ORDER BY "nr" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
UPDATE "doors" SET "width" = ("size") WHERE "nr" > ' || lo || ' AND "nr" <= ' || hi || ' AND ("width" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''doors.width/migrate/backfill'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'doors.width/migrate/backfill';
.print 'step 4 of 15: done'
-- Check: every row holds the converted value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row holds the converted value', '0', CAST((SELECT COUNT(*) FROM "doors" WHERE (CASE WHEN ("width") = ("size") OR (("width") IS NULL AND ("size") IS NULL) THEN 0 ELSE 1 END = 1)) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 5 of 15, migrate: Keep size and area of rooms equal
--   Id:           rooms.area/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 5 of 15: Keep size and area of rooms equal'
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
CREATE TRIGGER "rooms__sync_ins" AFTER INSERT ON "rooms"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'rooms__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('rooms__sync');
  UPDATE OR IGNORE "rooms" SET "area" = (SELECT "size" FROM (SELECT NEW."size" AS "size") AS "rooms") WHERE "id" = NEW."id" AND NEW."area" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'rooms__sync', 'rooms', quote(NEW."id"), 'area', quote(NEW."size") FROM "rooms" WHERE "id" = NEW."id" AND NEW."area" IS NULL AND NEW."size" IS NOT NULL AND "rooms"."area" IS NULL;
  UPDATE OR IGNORE "rooms" SET "size" = (SELECT "area" FROM (SELECT NEW."area" AS "area") AS "rooms") WHERE "id" = NEW."id" AND NEW."area" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'rooms__sync', 'rooms', quote(NEW."id"), 'size', quote(NEW."area") FROM "rooms" WHERE "id" = NEW."id" AND NEW."area" IS NOT NULL AND NEW."area" IS NOT NULL AND "rooms"."size" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'rooms__sync';
END;
CREATE TRIGGER "rooms__sync_upd" AFTER UPDATE OF "size", "area" ON "rooms"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'rooms__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('rooms__sync');
  UPDATE OR IGNORE "rooms" SET "area" = (SELECT "size" FROM (SELECT NEW."size" AS "size") AS "rooms") WHERE "id" = NEW."id" AND NEW."size" IS NOT OLD."size";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'rooms__sync', 'rooms', quote(NEW."id"), 'area', quote(NEW."size") FROM "rooms" WHERE "id" = NEW."id" AND NEW."size" IS NOT OLD."size" AND NEW."size" IS NOT NULL AND "rooms"."area" IS NULL;
  UPDATE OR IGNORE "rooms" SET "size" = (SELECT "area" FROM (SELECT NEW."area" AS "area") AS "rooms") WHERE "id" = NEW."id" AND NEW."area" IS NOT OLD."area" AND NOT (NEW."size" IS NOT OLD."size");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'rooms__sync', 'rooms', quote(NEW."id"), 'size', quote(NEW."area") FROM "rooms" WHERE "id" = NEW."id" AND NEW."area" IS NOT OLD."area" AND NOT (NEW."size" IS NOT OLD."size") AND NEW."area" IS NOT NULL AND "rooms"."size" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'rooms__sync';
END;
CREATE TRIGGER "rooms__sync_kept" AFTER UPDATE ON "rooms"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."size" IS NOT OLD."size")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "rooms" SET "size" = OLD."size" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "rooms__sync_back" AFTER UPDATE ON "rooms"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."area" IS NOT OLD."area")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "rooms" SET "area" = OLD."area" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'step 5 of 15: done'
-- Application: From here the new application may read and write area once the backfill is done.

-- ============================================================================
-- Step 6 of 15, migrate: Convert size of rooms into area
--   Id:           rooms.area/migrate/backfill
--   Why:          5,000,000 rows, 50000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     1 min 3 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
.print 'step 6 of 15: Convert size of rooms into area'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('rooms.area/migrate/backfill', 5000000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'rooms.area/migrate/backfill' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'rooms.area/migrate/backfill'), (SELECT min("id") - 1 FROM "rooms"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "rooms" WHERE "id" > batch.hi ORDER BY "id" LIMIT 50000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.200' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
UPDATE "rooms" SET "area" = ("size") WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ("area" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''rooms.area/migrate/backfill'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'rooms.area/migrate/backfill';
.print 'step 6 of 15: done'
-- Check: every row holds the converted value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row holds the converted value', '0', CAST((SELECT COUNT(*) FROM "rooms" WHERE (CASE WHEN ("area") = ("size") OR (("area") IS NULL AND ("size") IS NULL) THEN 0 ELSE 1 END = 1)) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 7 of 15, switch: Let width of doors lead
--   Id:           doors.width/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications run: size is kept equal until contract
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 7 of 15: Let width of doors lead'
-- Check: step 6 has come to its end: Convert size of rooms into area. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 6 has come to its end: Convert size of rooms into area', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'rooms.area/migrate/backfill' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no value of rooms stands in forgelua_sync_errors (mend it in rooms, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no value of rooms stands in forgelua_sync_errors (mend it in rooms, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'rooms__sync' AND column_name IN ('area')) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 4 has come to its end: Convert size of doors into width. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 4 has come to its end: Convert size of doors into width', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'doors.width/migrate/backfill' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no value of doors stands in forgelua_sync_errors (mend it in doors, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no value of doors stands in forgelua_sync_errors (mend it in doors, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'doors__sync' AND column_name IN ('width')) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'inner_one' OR lower(tbl_name) = 'derived' OR lower(tbl_name) = 'arms'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP TRIGGER IF EXISTS "doors__sync_ins";
DROP TRIGGER IF EXISTS "doors__sync_upd";
DROP TRIGGER IF EXISTS "doors__sync_kept";
DROP TRIGGER IF EXISTS "doors__sync_back";
DROP VIEW "arms";
DROP VIEW "derived";
DROP VIEW "inner_one";
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
CREATE TRIGGER "doors__sync_ins" AFTER INSERT ON "doors"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'doors__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('doors__sync');
  UPDATE OR IGNORE "doors" SET "width" = (SELECT "size" FROM (SELECT NEW."size" AS "size") AS "doors") WHERE "nr" = NEW."nr" AND NEW."size" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'doors__sync', 'doors', quote(NEW."nr"), 'width', quote(NEW."size") FROM "doors" WHERE "nr" = NEW."nr" AND NEW."size" IS NOT NULL AND NEW."size" IS NOT NULL AND "doors"."width" IS NULL;
  UPDATE OR IGNORE "doors" SET "size" = (SELECT "width" FROM (SELECT NEW."width" AS "width") AS "doors") WHERE "nr" = NEW."nr" AND NEW."size" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'doors__sync', 'doors', quote(NEW."nr"), 'size', quote(NEW."width") FROM "doors" WHERE "nr" = NEW."nr" AND NEW."size" IS NULL AND NEW."width" IS NOT NULL AND "doors"."size" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'doors__sync';
END;
CREATE TRIGGER "doors__sync_upd" AFTER UPDATE OF "size", "width" ON "doors"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'doors__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('doors__sync');
  UPDATE OR IGNORE "doors" SET "width" = (SELECT "size" FROM (SELECT NEW."size" AS "size") AS "doors") WHERE "nr" = NEW."nr" AND NEW."size" IS NOT OLD."size" AND NOT (NEW."width" IS NOT OLD."width");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'doors__sync', 'doors', quote(NEW."nr"), 'width', quote(NEW."size") FROM "doors" WHERE "nr" = NEW."nr" AND NEW."size" IS NOT OLD."size" AND NOT (NEW."width" IS NOT OLD."width") AND NEW."size" IS NOT NULL AND "doors"."width" IS NULL;
  UPDATE OR IGNORE "doors" SET "size" = (SELECT "width" FROM (SELECT NEW."width" AS "width") AS "doors") WHERE "nr" = NEW."nr" AND NEW."width" IS NOT OLD."width";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'doors__sync', 'doors', quote(NEW."nr"), 'size', quote(NEW."width") FROM "doors" WHERE "nr" = NEW."nr" AND NEW."width" IS NOT OLD."width" AND NEW."width" IS NOT NULL AND "doors"."size" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'doors__sync';
END;
CREATE TRIGGER "doors__sync_kept" AFTER UPDATE ON "doors"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."size" IS NOT OLD."size")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "doors" SET "size" = OLD."size" WHERE "nr" = NEW."nr";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "doors__sync_back" AFTER UPDATE ON "doors"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."width" IS NOT OLD."width")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "doors" SET "width" = OLD."width" WHERE "nr" = NEW."nr";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE VIEW "inner_one" AS SELECT id FROM rooms WHERE area IN (SELECT width AS size FROM doors WHERE nr = door);
CREATE VIEW "derived" AS SELECT d.size AS n FROM (SELECT id, area AS size FROM rooms) d JOIN doors ON doors.nr = d.id WHERE doors.width > 0;
CREATE VIEW "arms" AS SELECT width AS size FROM doors UNION ALL SELECT area AS size FROM rooms ORDER BY size;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 7 of 15: done'
-- Application: Deploy the application that uses width as the new schema has it.

-- ============================================================================
-- Step 8 of 15, switch: Let area of rooms lead
--   Id:           rooms.area/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications run: size is kept equal until contract
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 8 of 15: Let area of rooms lead'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'listed' OR lower(tbl_name) = 'inner_one' OR lower(tbl_name) = 'derived' OR lower(tbl_name) = 'around' OR lower(tbl_name) = 'arms'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP TRIGGER IF EXISTS "rooms__sync_ins";
DROP TRIGGER IF EXISTS "rooms__sync_upd";
DROP TRIGGER IF EXISTS "rooms__sync_kept";
DROP TRIGGER IF EXISTS "rooms__sync_back";
DROP VIEW "arms";
DROP VIEW "around";
DROP VIEW "derived";
DROP VIEW "inner_one";
DROP VIEW "listed";
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
CREATE TRIGGER "rooms__sync_ins" AFTER INSERT ON "rooms"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'rooms__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('rooms__sync');
  UPDATE OR IGNORE "rooms" SET "area" = (SELECT "size" FROM (SELECT NEW."size" AS "size") AS "rooms") WHERE "id" = NEW."id" AND NEW."size" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'rooms__sync', 'rooms', quote(NEW."id"), 'area', quote(NEW."size") FROM "rooms" WHERE "id" = NEW."id" AND NEW."size" IS NOT NULL AND NEW."size" IS NOT NULL AND "rooms"."area" IS NULL;
  UPDATE OR IGNORE "rooms" SET "size" = (SELECT "area" FROM (SELECT NEW."area" AS "area") AS "rooms") WHERE "id" = NEW."id" AND NEW."size" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'rooms__sync', 'rooms', quote(NEW."id"), 'size', quote(NEW."area") FROM "rooms" WHERE "id" = NEW."id" AND NEW."size" IS NULL AND NEW."area" IS NOT NULL AND "rooms"."size" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'rooms__sync';
END;
CREATE TRIGGER "rooms__sync_upd" AFTER UPDATE OF "size", "area" ON "rooms"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'rooms__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('rooms__sync');
  UPDATE OR IGNORE "rooms" SET "area" = (SELECT "size" FROM (SELECT NEW."size" AS "size") AS "rooms") WHERE "id" = NEW."id" AND NEW."size" IS NOT OLD."size" AND NOT (NEW."area" IS NOT OLD."area");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'rooms__sync', 'rooms', quote(NEW."id"), 'area', quote(NEW."size") FROM "rooms" WHERE "id" = NEW."id" AND NEW."size" IS NOT OLD."size" AND NOT (NEW."area" IS NOT OLD."area") AND NEW."size" IS NOT NULL AND "rooms"."area" IS NULL;
  UPDATE OR IGNORE "rooms" SET "size" = (SELECT "area" FROM (SELECT NEW."area" AS "area") AS "rooms") WHERE "id" = NEW."id" AND NEW."area" IS NOT OLD."area";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'rooms__sync', 'rooms', quote(NEW."id"), 'size', quote(NEW."area") FROM "rooms" WHERE "id" = NEW."id" AND NEW."area" IS NOT OLD."area" AND NEW."area" IS NOT NULL AND "rooms"."size" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'rooms__sync';
END;
CREATE TRIGGER "rooms__sync_kept" AFTER UPDATE ON "rooms"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."size" IS NOT OLD."size")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "rooms" SET "size" = OLD."size" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "rooms__sync_back" AFTER UPDATE ON "rooms"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."area" IS NOT OLD."area")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "rooms" SET "area" = OLD."area" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE VIEW "listed" AS WITH q (id, size) AS (SELECT id, area AS size FROM rooms) SELECT id, size FROM q;
CREATE VIEW "inner_one" AS SELECT id FROM rooms WHERE area IN (SELECT width AS size FROM doors WHERE nr = door);
CREATE VIEW "derived" AS SELECT d.size AS n FROM (SELECT id, area AS size FROM rooms) d JOIN doors ON doors.nr = d.id WHERE doors.width > 0;
CREATE VIEW "around" AS SELECT id FROM rooms WHERE EXISTS (SELECT 1 FROM keys_of WHERE hook = area);
CREATE VIEW "arms" AS SELECT width AS size FROM doors UNION ALL SELECT area AS size FROM rooms ORDER BY size;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 8 of 15: done'
-- Application: Deploy the application that uses area as the new schema has it.

-- ============================================================================
-- Step 9 of 15, contract: From here the way back computes size of doors again
--   Id:           doors.width/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 9 of 15: From here the way back computes size of doors again'
-- Nothing to run in the database.
.print 'step 9 of 15: done'

-- ============================================================================
-- Step 10 of 15, contract: Stop keeping size and width of doors equal
--   Id:           doors.width/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 10 of 15: Stop keeping size and width of doors equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "doors__sync_ins";
DROP TRIGGER IF EXISTS "doors__sync_upd";
DROP TRIGGER IF EXISTS "doors__sync_kept";
DROP TRIGGER IF EXISTS "doors__sync_back";
COMMIT;
.print 'step 10 of 15: done'

-- ============================================================================
-- Step 11 of 15, contract: Drop the old column size of doors
--   Id:           doors.width/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (unknown), rewrites the table, scans the table
--   Note:         DROP COLUMN writes every row anew, in place; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old BREAKS, new works; statements that name size fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 11 of 15: Drop the old column size of doors'
BEGIN IMMEDIATE;
ALTER TABLE "doors" DROP COLUMN "size";
COMMIT;
.print 'step 11 of 15: done'
-- Application: Check that no application, report or job names size any more.

-- ============================================================================
-- Step 12 of 15, contract: From here the way back computes size of rooms again
--   Id:           rooms.area/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 12 of 15: From here the way back computes size of rooms again'
-- Nothing to run in the database.
.print 'step 12 of 15: done'

-- ============================================================================
-- Step 13 of 15, contract: Stop keeping size and area of rooms equal
--   Id:           rooms.area/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 13 of 15: Stop keeping size and area of rooms equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "rooms__sync_ins";
DROP TRIGGER IF EXISTS "rooms__sync_upd";
DROP TRIGGER IF EXISTS "rooms__sync_kept";
DROP TRIGGER IF EXISTS "rooms__sync_back";
COMMIT;
.print 'step 13 of 15: done'

-- ============================================================================
-- Step 14 of 15, contract: Drop the old column size of rooms
--   Id:           rooms.area/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (10 s), rewrites the table, scans the table
--   Note:         DROP COLUMN writes every row anew, in place; one writer for the whole database; in WAL mode readers go on
--   Estimate:     10 s
--   Applications: old BREAKS, new works; statements that name size fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 14 of 15: Drop the old column size of rooms'
BEGIN IMMEDIATE;
ALTER TABLE "rooms" DROP COLUMN "size";
COMMIT;
.print 'step 14 of 15: done'
-- Application: Check that no application, report or job names size any more.

-- ============================================================================
-- Step 15 of 15, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 15 of 15: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 15 of 15: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
