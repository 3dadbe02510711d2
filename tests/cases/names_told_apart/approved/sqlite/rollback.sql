-- Rollback, every phase of migration names_told_apart
-- Columns get other names under views that say names of other tables, of queries and of what stands around them
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
-- Check: step 14 must be done before this: Drop the old column size of rooms. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 14 must be done before this: Drop the old column size of rooms', '1', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('rooms') WHERE name = 'size' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 15 of 15, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 15 of 15: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 15 of 15: done'

-- ============================================================================
-- Undo step 14 of 15, contract: Drop the old column size of rooms
--   Id:           rooms.area/contract/drop-old
-- ============================================================================
.print 'undo step 14 of 15: Drop the old column size of rooms'
BEGIN IMMEDIATE;
ALTER TABLE "rooms" ADD COLUMN "size" integer;
COMMIT;
.print 'undo step 14 of 15: done'

-- ============================================================================
-- Undo step 13 of 15, contract: Stop keeping size and area of rooms equal
--   Id:           rooms.area/contract/stop-sync
-- ============================================================================
.print 'undo step 13 of 15: Stop keeping size and area of rooms equal'
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
COMMIT;
.print 'undo step 13 of 15: done'

-- ============================================================================
-- Undo step 12 of 15, contract: From here the way back computes size of rooms again
--   Id:           rooms.area/contract/point-of-return
--   Estimate:     1 min 3 s
-- ============================================================================
.print 'undo step 12 of 15: From here the way back computes size of rooms again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('rooms.area/contract/point-of-return/back', 5000000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'rooms.area/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'rooms.area/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "rooms"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "rooms" WHERE "id" > batch.hi ORDER BY "id" LIMIT 50000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.200' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill''), (''back'');
UPDATE "rooms" SET "size" = ("area") WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ((CASE WHEN ("size") = ("area") OR (("size") IS NULL AND ("area") IS NULL) THEN 0 ELSE 1 END = 1));
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''rooms.area/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'rooms.area/contract/point-of-return/back';
.print 'undo step 12 of 15: done'

-- ============================================================================
-- Undo step 11 of 15, contract: Drop the old column size of doors
--   Id:           doors.width/contract/drop-old
-- ============================================================================
.print 'undo step 11 of 15: Drop the old column size of doors'
BEGIN IMMEDIATE;
ALTER TABLE "doors" ADD COLUMN "size" integer;
COMMIT;
.print 'undo step 11 of 15: done'

-- ============================================================================
-- Undo step 10 of 15, contract: Stop keeping size and width of doors equal
--   Id:           doors.width/contract/stop-sync
-- ============================================================================
.print 'undo step 10 of 15: Stop keeping size and width of doors equal'
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
COMMIT;
.print 'undo step 10 of 15: done'

-- ============================================================================
-- Undo step 9 of 15, contract: From here the way back computes size of doors again
--   Id:           doors.width/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 9 of 15: From here the way back computes size of doors again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('doors.width/contract/point-of-return/back', (SELECT count(*) FROM "doors"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'doors.width/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'doors.width/contract/point-of-return/back'), (SELECT min("nr") - 1 FROM "doors"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "nr" AS k FROM "doors" WHERE "nr" > batch.hi ORDER BY "nr" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill''), (''back'');
UPDATE "doors" SET "size" = ("width") WHERE "nr" > ' || lo || ' AND "nr" <= ' || hi || ' AND ((CASE WHEN ("size") = ("width") OR (("size") IS NULL AND ("width") IS NULL) THEN 0 ELSE 1 END = 1));
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''doors.width/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'doors.width/contract/point-of-return/back';
.print 'undo step 9 of 15: done'

-- ============================================================================
-- Undo step 8 of 15, switch: Let area of rooms lead
--   Id:           rooms.area/switch/swap
-- ============================================================================
.print 'undo step 8 of 15: Let area of rooms lead'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'listed' OR lower(tbl_name) = 'inner_one' OR lower(tbl_name) = 'derived' OR lower(tbl_name) = 'around' OR lower(tbl_name) = 'arms'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP VIEW "arms";
DROP VIEW "around";
DROP VIEW "derived";
DROP VIEW "inner_one";
DROP VIEW "listed";
DROP TRIGGER IF EXISTS "rooms__sync_ins";
DROP TRIGGER IF EXISTS "rooms__sync_upd";
DROP TRIGGER IF EXISTS "rooms__sync_kept";
DROP TRIGGER IF EXISTS "rooms__sync_back";
CREATE VIEW "listed" AS WITH q (id, size) AS (SELECT id, size FROM rooms) SELECT id, size FROM q;
CREATE VIEW "inner_one" AS SELECT id FROM rooms WHERE area IN (SELECT width AS size FROM doors WHERE nr = door);
CREATE VIEW "derived" AS SELECT d.size AS n FROM (SELECT id, area AS size FROM rooms) d JOIN doors ON doors.nr = d.id WHERE doors.width > 0;
CREATE VIEW "around" AS SELECT id FROM rooms WHERE EXISTS (SELECT 1 FROM keys_of WHERE hook = size);
CREATE VIEW "arms" AS SELECT width AS size FROM doors UNION ALL SELECT area AS size FROM rooms ORDER BY size;
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
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 8 of 15: done'

-- ============================================================================
-- Undo step 7 of 15, switch: Let width of doors lead
--   Id:           doors.width/switch/swap
-- ============================================================================
.print 'undo step 7 of 15: Let width of doors lead'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'inner_one' OR lower(tbl_name) = 'derived' OR lower(tbl_name) = 'arms'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP VIEW "arms";
DROP VIEW "derived";
DROP VIEW "inner_one";
DROP TRIGGER IF EXISTS "doors__sync_ins";
DROP TRIGGER IF EXISTS "doors__sync_upd";
DROP TRIGGER IF EXISTS "doors__sync_kept";
DROP TRIGGER IF EXISTS "doors__sync_back";
CREATE VIEW "inner_one" AS SELECT id FROM rooms WHERE size IN (SELECT size FROM doors WHERE nr = door);
CREATE VIEW "derived" AS SELECT d.size AS n FROM (SELECT id, size FROM rooms) d JOIN doors ON doors.nr = d.id WHERE doors.size > 0;
CREATE VIEW "arms" AS SELECT size FROM doors UNION ALL SELECT size FROM rooms ORDER BY size;
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
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 7 of 15: done'

-- ============================================================================
-- Undo step 6 of 15, migrate: Convert size of rooms into area
--   Id:           rooms.area/migrate/backfill
-- ============================================================================
.print 'undo step 6 of 15: Convert size of rooms into area'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 6 of 15: done'

-- ============================================================================
-- Undo step 5 of 15, migrate: Keep size and area of rooms equal
--   Id:           rooms.area/migrate/sync
-- ============================================================================
.print 'undo step 5 of 15: Keep size and area of rooms equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "rooms__sync_ins";
DROP TRIGGER IF EXISTS "rooms__sync_upd";
DROP TRIGGER IF EXISTS "rooms__sync_kept";
DROP TRIGGER IF EXISTS "rooms__sync_back";
COMMIT;
.print 'undo step 5 of 15: done'

-- ============================================================================
-- Undo step 4 of 15, migrate: Convert size of doors into width
--   Id:           doors.width/migrate/backfill
-- ============================================================================
.print 'undo step 4 of 15: Convert size of doors into width'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 4 of 15: done'

-- ============================================================================
-- Undo step 3 of 15, migrate: Keep size and width of doors equal
--   Id:           doors.width/migrate/sync
-- ============================================================================
.print 'undo step 3 of 15: Keep size and width of doors equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "doors__sync_ins";
DROP TRIGGER IF EXISTS "doors__sync_upd";
DROP TRIGGER IF EXISTS "doors__sync_kept";
DROP TRIGGER IF EXISTS "doors__sync_back";
COMMIT;
.print 'undo step 3 of 15: done'

-- ============================================================================
-- Undo step 2 of 15, expand: Add area beside size in rooms
--   Id:           rooms.area/expand/add-column
-- ============================================================================
.print 'undo step 2 of 15: Add area beside size in rooms'
BEGIN IMMEDIATE;
ALTER TABLE "rooms" DROP COLUMN "area";
COMMIT;
.print 'undo step 2 of 15: done'

-- ============================================================================
-- Undo step 1 of 15, expand: Add width beside size in doors
--   Id:           doors.width/expand/add-column
-- ============================================================================
.print 'undo step 1 of 15: Add width beside size in doors'
BEGIN IMMEDIATE;
ALTER TABLE "doors" DROP COLUMN "width";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 15: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
