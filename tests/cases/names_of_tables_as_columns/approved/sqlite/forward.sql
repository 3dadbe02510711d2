-- Forward, every phase of migration names_of_tables_as_columns
-- Columns that are called as a table is, which gets another name together with them, under views
-- sqlite 3.40; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 14 is destructive — country of city as the old schema held it
-- WARNING: step 17 is destructive — status of statuses as the old schema held it

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
-- Check: step 1 must not be done at this point: Add country_code beside country in city. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Add country_code beside country in city', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('city') WHERE name = 'country_code' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 18, expand: Add country_code beside country in city
--   Id:           city.country_code/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         old rows are not touched: they show the default; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
.print 'step 1 of 18: Add country_code beside country in city'
BEGIN IMMEDIATE;
ALTER TABLE "city" ADD COLUMN "country_code" integer;
COMMIT;
.print 'step 1 of 18: done'

-- ============================================================================
-- Step 2 of 18, expand: Add state beside status in status
--   Id:           status.state/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         old rows are not touched: they show the default; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
.print 'step 2 of 18: Add state beside status in status'
BEGIN IMMEDIATE;
ALTER TABLE "status" ADD COLUMN "state" integer;
COMMIT;
.print 'step 2 of 18: done'

-- ============================================================================
-- Step 3 of 18, migrate: Keep country and country_code of city equal
--   Id:           city.country_code/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 3 of 18: Keep country and country_code of city equal'
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
  UPDATE OR IGNORE "city" SET "country_code" = (SELECT "country" FROM (SELECT NEW."country" AS "country") AS "city") WHERE "id" = NEW."id" AND NEW."country_code" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'city', quote(NEW."id"), 'country_code', quote(NEW."country") FROM "city" WHERE "id" = NEW."id" AND NEW."country_code" IS NULL AND NEW."country" IS NOT NULL AND "city"."country_code" IS NULL;
  UPDATE OR IGNORE "city" SET "country" = (SELECT "country_code" FROM (SELECT NEW."country_code" AS "country_code") AS "city") WHERE "id" = NEW."id" AND NEW."country_code" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'city', quote(NEW."id"), 'country', quote(NEW."country_code") FROM "city" WHERE "id" = NEW."id" AND NEW."country_code" IS NOT NULL AND NEW."country_code" IS NOT NULL AND "city"."country" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'city__sync';
END;
CREATE TRIGGER "city__sync_upd" AFTER UPDATE OF "country", "country_code" ON "city"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'city__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('city__sync');
  UPDATE OR IGNORE "city" SET "country_code" = (SELECT "country" FROM (SELECT NEW."country" AS "country") AS "city") WHERE "id" = NEW."id" AND NEW."country" IS NOT OLD."country";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'city', quote(NEW."id"), 'country_code', quote(NEW."country") FROM "city" WHERE "id" = NEW."id" AND NEW."country" IS NOT OLD."country" AND NEW."country" IS NOT NULL AND "city"."country_code" IS NULL;
  UPDATE OR IGNORE "city" SET "country" = (SELECT "country_code" FROM (SELECT NEW."country_code" AS "country_code") AS "city") WHERE "id" = NEW."id" AND NEW."country_code" IS NOT OLD."country_code" AND NOT (NEW."country" IS NOT OLD."country");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'city', quote(NEW."id"), 'country', quote(NEW."country_code") FROM "city" WHERE "id" = NEW."id" AND NEW."country_code" IS NOT OLD."country_code" AND NOT (NEW."country" IS NOT OLD."country") AND NEW."country_code" IS NOT NULL AND "city"."country" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'city__sync';
END;
CREATE TRIGGER "city__sync_kept" AFTER UPDATE ON "city"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."country" IS NOT OLD."country")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "city" SET "country" = OLD."country" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "city__sync_back" AFTER UPDATE ON "city"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."country_code" IS NOT OLD."country_code")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "city" SET "country_code" = OLD."country_code" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'step 3 of 18: done'
-- Application: From here the new application may read and write country_code once the backfill is done.

-- ============================================================================
-- Step 4 of 18, migrate: Convert country of city into country_code
--   Id:           city.country_code/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
.print 'step 4 of 18: Convert country of city into country_code'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('city.country_code/migrate/backfill', (SELECT count(*) FROM "city"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'city.country_code/migrate/backfill' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'city.country_code/migrate/backfill'), (SELECT min("id") - 1 FROM "city"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "city" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
UPDATE "city" SET "country_code" = ("country") WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ("country_code" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''city.country_code/migrate/backfill'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'city.country_code/migrate/backfill';
.print 'step 4 of 18: done'
-- Check: every row holds the converted value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row holds the converted value', '0', CAST((SELECT COUNT(*) FROM "city" WHERE (CASE WHEN ("country_code") = ("country") OR (("country_code") IS NULL AND ("country") IS NULL) THEN 0 ELSE 1 END = 1)) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 5 of 18, migrate: Keep status and state of status equal
--   Id:           status.state/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 5 of 18: Keep status and state of status equal'
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
CREATE TRIGGER "status__sync_ins" AFTER INSERT ON "status"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'status__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('status__sync');
  UPDATE OR IGNORE "status" SET "state" = (SELECT "status" FROM (SELECT NEW."status" AS "status") AS "status") WHERE "id" = NEW."id" AND NEW."state" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'status__sync', 'status', quote(NEW."id"), 'state', quote(NEW."status") FROM "status" WHERE "id" = NEW."id" AND NEW."state" IS NULL AND NEW."status" IS NOT NULL AND "status"."state" IS NULL;
  UPDATE OR IGNORE "status" SET "status" = (SELECT "state" FROM (SELECT NEW."state" AS "state") AS "status") WHERE "id" = NEW."id" AND NEW."state" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'status__sync', 'status', quote(NEW."id"), 'status', quote(NEW."state") FROM "status" WHERE "id" = NEW."id" AND NEW."state" IS NOT NULL AND NEW."state" IS NOT NULL AND "status"."status" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'status__sync';
END;
CREATE TRIGGER "status__sync_upd" AFTER UPDATE OF "status", "state" ON "status"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'status__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('status__sync');
  UPDATE OR IGNORE "status" SET "state" = (SELECT "status" FROM (SELECT NEW."status" AS "status") AS "status") WHERE "id" = NEW."id" AND NEW."status" IS NOT OLD."status";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'status__sync', 'status', quote(NEW."id"), 'state', quote(NEW."status") FROM "status" WHERE "id" = NEW."id" AND NEW."status" IS NOT OLD."status" AND NEW."status" IS NOT NULL AND "status"."state" IS NULL;
  UPDATE OR IGNORE "status" SET "status" = (SELECT "state" FROM (SELECT NEW."state" AS "state") AS "status") WHERE "id" = NEW."id" AND NEW."state" IS NOT OLD."state" AND NOT (NEW."status" IS NOT OLD."status");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'status__sync', 'status', quote(NEW."id"), 'status', quote(NEW."state") FROM "status" WHERE "id" = NEW."id" AND NEW."state" IS NOT OLD."state" AND NOT (NEW."status" IS NOT OLD."status") AND NEW."state" IS NOT NULL AND "status"."status" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'status__sync';
END;
CREATE TRIGGER "status__sync_kept" AFTER UPDATE ON "status"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."status" IS NOT OLD."status")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "status" SET "status" = OLD."status" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "status__sync_back" AFTER UPDATE ON "status"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."state" IS NOT OLD."state")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "status" SET "state" = OLD."state" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'step 5 of 18: done'
-- Application: From here the new application may read and write state once the backfill is done.

-- ============================================================================
-- Step 6 of 18, migrate: Convert status of status into state
--   Id:           status.state/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
.print 'step 6 of 18: Convert status of status into state'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('status.state/migrate/backfill', (SELECT count(*) FROM "status"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'status.state/migrate/backfill' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'status.state/migrate/backfill'), (SELECT min("id") - 1 FROM "status"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "status" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
UPDATE "status" SET "state" = ("status") WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ("state" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''status.state/migrate/backfill'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'status.state/migrate/backfill';
.print 'step 6 of 18: done'
-- Check: every row holds the converted value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row holds the converted value', '0', CAST((SELECT COUNT(*) FROM "status" WHERE (CASE WHEN ("state") = ("status") OR (("state") IS NULL AND ("status") IS NULL) THEN 0 ELSE 1 END = 1)) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 7 of 18, switch: Let country_code of city lead
--   Id:           city.country_code/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications run: country is kept equal until contract
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 7 of 18: Let country_code of city lead'
-- Check: step 4 has come to its end: Convert country of city into country_code. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 4 has come to its end: Convert country of city into country_code', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'city.country_code/migrate/backfill' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no value of city stands in forgelua_sync_errors (mend it in city, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no value of city stands in forgelua_sync_errors (mend it in city, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'city__sync' AND column_name IN ('country_code')) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'sums' OR lower(tbl_name) = 'places'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP TRIGGER IF EXISTS "city__sync_ins";
DROP TRIGGER IF EXISTS "city__sync_upd";
DROP TRIGGER IF EXISTS "city__sync_kept";
DROP TRIGGER IF EXISTS "city__sync_back";
DROP VIEW "places";
DROP VIEW "sums";
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
  UPDATE OR IGNORE "city" SET "country_code" = (SELECT "country" FROM (SELECT NEW."country" AS "country") AS "city") WHERE "id" = NEW."id" AND NEW."country" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'city', quote(NEW."id"), 'country_code', quote(NEW."country") FROM "city" WHERE "id" = NEW."id" AND NEW."country" IS NOT NULL AND NEW."country" IS NOT NULL AND "city"."country_code" IS NULL;
  UPDATE OR IGNORE "city" SET "country" = (SELECT "country_code" FROM (SELECT NEW."country_code" AS "country_code") AS "city") WHERE "id" = NEW."id" AND NEW."country" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'city', quote(NEW."id"), 'country', quote(NEW."country_code") FROM "city" WHERE "id" = NEW."id" AND NEW."country" IS NULL AND NEW."country_code" IS NOT NULL AND "city"."country" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'city__sync';
END;
CREATE TRIGGER "city__sync_upd" AFTER UPDATE OF "country", "country_code" ON "city"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'city__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('city__sync');
  UPDATE OR IGNORE "city" SET "country_code" = (SELECT "country" FROM (SELECT NEW."country" AS "country") AS "city") WHERE "id" = NEW."id" AND NEW."country" IS NOT OLD."country" AND NOT (NEW."country_code" IS NOT OLD."country_code");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'city', quote(NEW."id"), 'country_code', quote(NEW."country") FROM "city" WHERE "id" = NEW."id" AND NEW."country" IS NOT OLD."country" AND NOT (NEW."country_code" IS NOT OLD."country_code") AND NEW."country" IS NOT NULL AND "city"."country_code" IS NULL;
  UPDATE OR IGNORE "city" SET "country" = (SELECT "country_code" FROM (SELECT NEW."country_code" AS "country_code") AS "city") WHERE "id" = NEW."id" AND NEW."country_code" IS NOT OLD."country_code";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'city__sync', 'city', quote(NEW."id"), 'country', quote(NEW."country_code") FROM "city" WHERE "id" = NEW."id" AND NEW."country_code" IS NOT OLD."country_code" AND NEW."country_code" IS NOT NULL AND "city"."country" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'city__sync';
END;
CREATE TRIGGER "city__sync_kept" AFTER UPDATE ON "city"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."country" IS NOT OLD."country")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "city" SET "country" = OLD."country" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "city__sync_back" AFTER UPDATE ON "city"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."country_code" IS NOT OLD."country_code")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "city" SET "country_code" = OLD."country_code" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE VIEW "sums" AS SELECT size, sum(country_code) AS country FROM city GROUP BY size ORDER BY country;
CREATE VIEW "places" AS SELECT c.id, k.code FROM city c JOIN country k ON k.code = c.country_code;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 7 of 18: done'
-- Application: Deploy the application that uses country_code as the new schema has it.

-- ============================================================================
-- Step 8 of 18, switch: Rename country to countries
--   Id:           country/switch/rename-table
--   Why:          metadata only
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; no view that takes writes stands in on this engine, so one name works at a time: country fails from here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
.print 'step 8 of 18: Rename country to countries'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
ALTER TABLE "country" RENAME TO "countries";
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 8 of 18: done'
-- Application: Deploy the application that says countries together with this step.

-- ============================================================================
-- Step 9 of 18, switch: Let state of status lead
--   Id:           status.state/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications run: status is kept equal until contract
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 9 of 18: Let state of status lead'
-- Check: step 6 has come to its end: Convert status of status into state. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 6 has come to its end: Convert status of status into state', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'status.state/migrate/backfill' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no value of status stands in forgelua_sync_errors (mend it in status, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no value of status stands in forgelua_sync_errors (mend it in status, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'status__sync' AND column_name IN ('state')) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'states'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP TRIGGER IF EXISTS "status__sync_ins";
DROP TRIGGER IF EXISTS "status__sync_upd";
DROP TRIGGER IF EXISTS "status__sync_kept";
DROP TRIGGER IF EXISTS "status__sync_back";
DROP VIEW "states";
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
CREATE TRIGGER "status__sync_ins" AFTER INSERT ON "status"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'status__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('status__sync');
  UPDATE OR IGNORE "status" SET "state" = (SELECT "status" FROM (SELECT NEW."status" AS "status") AS "status") WHERE "id" = NEW."id" AND NEW."status" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'status__sync', 'status', quote(NEW."id"), 'state', quote(NEW."status") FROM "status" WHERE "id" = NEW."id" AND NEW."status" IS NOT NULL AND NEW."status" IS NOT NULL AND "status"."state" IS NULL;
  UPDATE OR IGNORE "status" SET "status" = (SELECT "state" FROM (SELECT NEW."state" AS "state") AS "status") WHERE "id" = NEW."id" AND NEW."status" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'status__sync', 'status', quote(NEW."id"), 'status', quote(NEW."state") FROM "status" WHERE "id" = NEW."id" AND NEW."status" IS NULL AND NEW."state" IS NOT NULL AND "status"."status" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'status__sync';
END;
CREATE TRIGGER "status__sync_upd" AFTER UPDATE OF "status", "state" ON "status"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'status__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('status__sync');
  UPDATE OR IGNORE "status" SET "state" = (SELECT "status" FROM (SELECT NEW."status" AS "status") AS "status") WHERE "id" = NEW."id" AND NEW."status" IS NOT OLD."status" AND NOT (NEW."state" IS NOT OLD."state");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'status__sync', 'status', quote(NEW."id"), 'state', quote(NEW."status") FROM "status" WHERE "id" = NEW."id" AND NEW."status" IS NOT OLD."status" AND NOT (NEW."state" IS NOT OLD."state") AND NEW."status" IS NOT NULL AND "status"."state" IS NULL;
  UPDATE OR IGNORE "status" SET "status" = (SELECT "state" FROM (SELECT NEW."state" AS "state") AS "status") WHERE "id" = NEW."id" AND NEW."state" IS NOT OLD."state";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'status__sync', 'status', quote(NEW."id"), 'status', quote(NEW."state") FROM "status" WHERE "id" = NEW."id" AND NEW."state" IS NOT OLD."state" AND NEW."state" IS NOT NULL AND "status"."status" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'status__sync';
END;
CREATE TRIGGER "status__sync_kept" AFTER UPDATE ON "status"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."status" IS NOT OLD."status")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "status" SET "status" = OLD."status" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "status__sync_back" AFTER UPDATE ON "status"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."state" IS NOT OLD."state")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "status" SET "state" = OLD."state" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE VIEW "states" AS SELECT id, state AS status FROM status;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 9 of 18: done'
-- Application: Deploy the application that uses state as the new schema has it.

-- ============================================================================
-- Step 10 of 18, switch: Rename status to statuses
--   Id:           status/switch/rename-table
--   Why:          metadata only
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; no view that takes writes stands in on this engine, so one name works at a time: status fails from here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
.print 'step 10 of 18: Rename status to statuses'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
ALTER TABLE "status" RENAME TO "statuses";
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 10 of 18: done'
-- Application: Deploy the application that says statuses together with this step.

-- ============================================================================
-- Step 11 of 18, switch: Change the view states
--   Id:           states/switch/alter-view
--   Why:          the new application reads it in its new form
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; the deployed application must cope with the view's new columns
--   Way back:     yes, nothing is lost
--   Hazards:      view
-- ============================================================================
.print 'step 11 of 18: Change the view states'
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'states');
DROP VIEW "states";
CREATE VIEW "states" AS SELECT id, state FROM statuses;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
COMMIT;
.print 'step 11 of 18: done'

-- ============================================================================
-- Step 12 of 18, contract: From here the way back computes country of city again
--   Id:           city.country_code/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 12 of 18: From here the way back computes country of city again'
-- Nothing to run in the database.
.print 'step 12 of 18: done'

-- ============================================================================
-- Step 13 of 18, contract: Stop keeping country and country_code of city equal
--   Id:           city.country_code/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 13 of 18: Stop keeping country and country_code of city equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "city__sync_ins";
DROP TRIGGER IF EXISTS "city__sync_upd";
DROP TRIGGER IF EXISTS "city__sync_kept";
DROP TRIGGER IF EXISTS "city__sync_back";
COMMIT;
.print 'step 13 of 18: done'

-- ============================================================================
-- Step 14 of 18, contract: Drop the old column country of city
--   Id:           city.country_code/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (unknown), rewrites the table, scans the table
--   Note:         DROP COLUMN writes every row anew, in place; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old BREAKS, new works; statements that name country fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 14 of 18: Drop the old column country of city'
BEGIN IMMEDIATE;
ALTER TABLE "city" DROP COLUMN "country";
COMMIT;
.print 'step 14 of 18: done'
-- Application: Check that no application, report or job names country any more.

-- ============================================================================
-- Step 15 of 18, contract: From here the way back computes status of statuses again
--   Id:           status.state/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 15 of 18: From here the way back computes status of statuses again'
-- Nothing to run in the database.
.print 'step 15 of 18: done'

-- ============================================================================
-- Step 16 of 18, contract: Stop keeping status and state of statuses equal
--   Id:           status.state/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 16 of 18: Stop keeping status and state of statuses equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "status__sync_ins";
DROP TRIGGER IF EXISTS "status__sync_upd";
DROP TRIGGER IF EXISTS "status__sync_kept";
DROP TRIGGER IF EXISTS "status__sync_back";
COMMIT;
.print 'step 16 of 18: done'

-- ============================================================================
-- Step 17 of 18, contract: Drop the old column status of statuses
--   Id:           status.state/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         DROP COLUMN writes every row anew, in place; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name status fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 17 of 18: Drop the old column status of statuses'
BEGIN IMMEDIATE;
ALTER TABLE "statuses" DROP COLUMN "status";
COMMIT;
.print 'step 17 of 18: done'
-- Application: Check that no application, report or job names status any more.

-- ============================================================================
-- Step 18 of 18, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 18 of 18: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 18 of 18: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
