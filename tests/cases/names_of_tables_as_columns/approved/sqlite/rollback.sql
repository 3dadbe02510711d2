-- Rollback, every phase of migration names_of_tables_as_columns
-- Columns that are called as a table is, which gets another name together with them, under views
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
-- Check: step 17 must be done before this: Drop the old column status of statuses. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 17 must be done before this: Drop the old column status of statuses', '1', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('statuses') WHERE name = 'status' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 10 must be done before this: Rename status to statuses. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 10 must be done before this: Rename status to statuses', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'statuses') AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'status' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 18 of 18, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 18 of 18: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 18 of 18: done'

-- ============================================================================
-- Undo step 17 of 18, contract: Drop the old column status of statuses
--   Id:           status.state/contract/drop-old
-- ============================================================================
.print 'undo step 17 of 18: Drop the old column status of statuses'
BEGIN IMMEDIATE;
ALTER TABLE "statuses" ADD COLUMN "status" integer;
COMMIT;
.print 'undo step 17 of 18: done'

-- ============================================================================
-- Undo step 16 of 18, contract: Stop keeping status and state of statuses equal
--   Id:           status.state/contract/stop-sync
-- ============================================================================
.print 'undo step 16 of 18: Stop keeping status and state of statuses equal'
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
CREATE TRIGGER "status__sync_ins" AFTER INSERT ON "statuses"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'status__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('status__sync');
  UPDATE OR IGNORE "statuses" SET "state" = (SELECT "status" FROM (SELECT NEW."status" AS "status") AS "statuses") WHERE "id" = NEW."id" AND NEW."status" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'status__sync', 'statuses', quote(NEW."id"), 'state', quote(NEW."status") FROM "statuses" WHERE "id" = NEW."id" AND NEW."status" IS NOT NULL AND NEW."status" IS NOT NULL AND "statuses"."state" IS NULL;
  UPDATE OR IGNORE "statuses" SET "status" = (SELECT "state" FROM (SELECT NEW."state" AS "state") AS "statuses") WHERE "id" = NEW."id" AND NEW."status" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'status__sync', 'statuses', quote(NEW."id"), 'status', quote(NEW."state") FROM "statuses" WHERE "id" = NEW."id" AND NEW."status" IS NULL AND NEW."state" IS NOT NULL AND "statuses"."status" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'status__sync';
END;
CREATE TRIGGER "status__sync_upd" AFTER UPDATE OF "status", "state" ON "statuses"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'status__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('status__sync');
  UPDATE OR IGNORE "statuses" SET "state" = (SELECT "status" FROM (SELECT NEW."status" AS "status") AS "statuses") WHERE "id" = NEW."id" AND NEW."status" IS NOT OLD."status" AND NOT (NEW."state" IS NOT OLD."state");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'status__sync', 'statuses', quote(NEW."id"), 'state', quote(NEW."status") FROM "statuses" WHERE "id" = NEW."id" AND NEW."status" IS NOT OLD."status" AND NOT (NEW."state" IS NOT OLD."state") AND NEW."status" IS NOT NULL AND "statuses"."state" IS NULL;
  UPDATE OR IGNORE "statuses" SET "status" = (SELECT "state" FROM (SELECT NEW."state" AS "state") AS "statuses") WHERE "id" = NEW."id" AND NEW."state" IS NOT OLD."state";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'status__sync', 'statuses', quote(NEW."id"), 'status', quote(NEW."state") FROM "statuses" WHERE "id" = NEW."id" AND NEW."state" IS NOT OLD."state" AND NEW."state" IS NOT NULL AND "statuses"."status" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'status__sync';
END;
CREATE TRIGGER "status__sync_kept" AFTER UPDATE ON "statuses"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."status" IS NOT OLD."status")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "statuses" SET "status" = OLD."status" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "status__sync_back" AFTER UPDATE ON "statuses"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."state" IS NOT OLD."state")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "statuses" SET "state" = OLD."state" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'undo step 16 of 18: done'

-- ============================================================================
-- Undo step 15 of 18, contract: From here the way back computes status of statuses again
--   Id:           status.state/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 15 of 18: From here the way back computes status of statuses again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('status.state/contract/point-of-return/back', (SELECT count(*) FROM "statuses"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'status.state/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'status.state/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "statuses"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "statuses" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill''), (''back'');
UPDATE "statuses" SET "status" = ("state") WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ((CASE WHEN ("status") = ("state") OR (("status") IS NULL AND ("state") IS NULL) THEN 0 ELSE 1 END = 1));
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''status.state/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'status.state/contract/point-of-return/back';
.print 'undo step 15 of 18: done'

-- ============================================================================
-- Undo step 14 of 18, contract: Drop the old column country of city
--   Id:           city.country_code/contract/drop-old
-- ============================================================================
.print 'undo step 14 of 18: Drop the old column country of city'
BEGIN IMMEDIATE;
ALTER TABLE "city" ADD COLUMN "country" integer;
COMMIT;
.print 'undo step 14 of 18: done'

-- ============================================================================
-- Undo step 13 of 18, contract: Stop keeping country and country_code of city equal
--   Id:           city.country_code/contract/stop-sync
-- ============================================================================
.print 'undo step 13 of 18: Stop keeping country and country_code of city equal'
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
COMMIT;
.print 'undo step 13 of 18: done'

-- ============================================================================
-- Undo step 12 of 18, contract: From here the way back computes country of city again
--   Id:           city.country_code/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 12 of 18: From here the way back computes country of city again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('city.country_code/contract/point-of-return/back', (SELECT count(*) FROM "city"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'city.country_code/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'city.country_code/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "city"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "city" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill''), (''back'');
UPDATE "city" SET "country" = ("country_code") WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ((CASE WHEN ("country") = ("country_code") OR (("country") IS NULL AND ("country_code") IS NULL) THEN 0 ELSE 1 END = 1));
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''city.country_code/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'city.country_code/contract/point-of-return/back';
.print 'undo step 12 of 18: done'

-- ============================================================================
-- Undo step 11 of 18, switch: Change the view states
--   Id:           states/switch/alter-view
-- ============================================================================
.print 'undo step 11 of 18: Change the view states'
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'states');
DROP VIEW "states";
CREATE VIEW "states" AS SELECT id, state AS status FROM statuses;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
COMMIT;
.print 'undo step 11 of 18: done'

-- ============================================================================
-- Undo step 10 of 18, switch: Rename status to statuses
--   Id:           status/switch/rename-table
-- ============================================================================
.print 'undo step 10 of 18: Rename status to statuses'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
ALTER TABLE "statuses" RENAME TO "status";
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 10 of 18: done'

-- ============================================================================
-- Undo step 9 of 18, switch: Let state of status lead
--   Id:           status.state/switch/swap
-- ============================================================================
.print 'undo step 9 of 18: Let state of status lead'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'states'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP VIEW "states";
DROP TRIGGER IF EXISTS "status__sync_ins";
DROP TRIGGER IF EXISTS "status__sync_upd";
DROP TRIGGER IF EXISTS "status__sync_kept";
DROP TRIGGER IF EXISTS "status__sync_back";
CREATE VIEW "states" AS SELECT id, status FROM status;
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
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 9 of 18: done'

-- ============================================================================
-- Undo step 8 of 18, switch: Rename country to countries
--   Id:           country/switch/rename-table
-- ============================================================================
.print 'undo step 8 of 18: Rename country to countries'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
ALTER TABLE "countries" RENAME TO "country";
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 8 of 18: done'

-- ============================================================================
-- Undo step 7 of 18, switch: Let country_code of city lead
--   Id:           city.country_code/switch/swap
-- ============================================================================
.print 'undo step 7 of 18: Let country_code of city lead'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'sums' OR lower(tbl_name) = 'places'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP VIEW "places";
DROP VIEW "sums";
DROP TRIGGER IF EXISTS "city__sync_ins";
DROP TRIGGER IF EXISTS "city__sync_upd";
DROP TRIGGER IF EXISTS "city__sync_kept";
DROP TRIGGER IF EXISTS "city__sync_back";
CREATE VIEW "sums" AS SELECT size, sum(country) AS country FROM city GROUP BY size ORDER BY country;
CREATE VIEW "places" AS SELECT c.id, k.code FROM city c JOIN country k ON k.code = c.country;
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
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 7 of 18: done'

-- ============================================================================
-- Undo step 6 of 18, migrate: Convert status of status into state
--   Id:           status.state/migrate/backfill
-- ============================================================================
.print 'undo step 6 of 18: Convert status of status into state'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 6 of 18: done'

-- ============================================================================
-- Undo step 5 of 18, migrate: Keep status and state of status equal
--   Id:           status.state/migrate/sync
-- ============================================================================
.print 'undo step 5 of 18: Keep status and state of status equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "status__sync_ins";
DROP TRIGGER IF EXISTS "status__sync_upd";
DROP TRIGGER IF EXISTS "status__sync_kept";
DROP TRIGGER IF EXISTS "status__sync_back";
COMMIT;
.print 'undo step 5 of 18: done'

-- ============================================================================
-- Undo step 4 of 18, migrate: Convert country of city into country_code
--   Id:           city.country_code/migrate/backfill
-- ============================================================================
.print 'undo step 4 of 18: Convert country of city into country_code'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 4 of 18: done'

-- ============================================================================
-- Undo step 3 of 18, migrate: Keep country and country_code of city equal
--   Id:           city.country_code/migrate/sync
-- ============================================================================
.print 'undo step 3 of 18: Keep country and country_code of city equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "city__sync_ins";
DROP TRIGGER IF EXISTS "city__sync_upd";
DROP TRIGGER IF EXISTS "city__sync_kept";
DROP TRIGGER IF EXISTS "city__sync_back";
COMMIT;
.print 'undo step 3 of 18: done'

-- ============================================================================
-- Undo step 2 of 18, expand: Add state beside status in status
--   Id:           status.state/expand/add-column
-- ============================================================================
.print 'undo step 2 of 18: Add state beside status in status'
BEGIN IMMEDIATE;
ALTER TABLE "status" DROP COLUMN "state";
COMMIT;
.print 'undo step 2 of 18: done'

-- ============================================================================
-- Undo step 1 of 18, expand: Add country_code beside country in city
--   Id:           city.country_code/expand/add-column
-- ============================================================================
.print 'undo step 1 of 18: Add country_code beside country in city'
BEGIN IMMEDIATE;
ALTER TABLE "city" DROP COLUMN "country_code";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 18: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
