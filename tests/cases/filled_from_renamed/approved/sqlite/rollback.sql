-- Rollback, every phase of migration filled_from_renamed
-- A new column is computed from one that gets another name in the same plan
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
-- Check: step 12 must be done before this: Make bins.room NOT NULL. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 12 must be done before this: Make bins.room NOT NULL', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('bins') WHERE name = 'room' COLLATE NOCASE AND lower(type) = 'integer' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 2 must be done before this: Add extent beside size in bins. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 2 must be done before this: Add extent beside size in bins', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('bins') WHERE name = 'extent' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 13 of 13, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 13 of 13: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 13 of 13: done'

-- ============================================================================
-- Undo step 12 of 13, contract: Make bins.room NOT NULL
--   Id:           bins.room/contract/not-null
-- ============================================================================
.print 'undo step 12 of 13: Make bins.room NOT NULL'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('bins') OR lower(f."table") IN ('bins'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'bins');
CREATE TABLE "bins__rebuild" (
  "id" bigint NOT NULL PRIMARY KEY,
  "room" integer,
  "extent" integer
);
INSERT INTO "bins__rebuild" (rowid, "id", "room", "extent")
  SELECT rowid, "id", "room", "extent" FROM "bins";
DROP TABLE "bins";
ALTER TABLE "bins__rebuild" RENAME TO "bins";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('bins') OR lower(f."table") IN ('bins'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 12 of 13: done'

-- ============================================================================
-- Undo step 11 of 13, contract: Drop the old column size of bins
--   Id:           bins.extent/contract/drop-old
-- ============================================================================
.print 'undo step 11 of 13: Drop the old column size of bins'
BEGIN IMMEDIATE;
ALTER TABLE "bins" ADD COLUMN "size" integer;
COMMIT;
.print 'undo step 11 of 13: done'

-- ============================================================================
-- Undo step 10 of 13, contract: Stop keeping size and extent of bins equal
--   Id:           bins.extent/contract/stop-sync
-- ============================================================================
.print 'undo step 10 of 13: Stop keeping size and extent of bins equal'
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
CREATE TRIGGER "bins__sync_2_ins" AFTER INSERT ON "bins"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'bins__sync_2'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('bins__sync_2');
  UPDATE OR IGNORE "bins" SET "extent" = (SELECT "size" FROM (SELECT NEW."size" AS "size") AS "bins") WHERE rowid = NEW.rowid AND NEW."size" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'bins__sync_2', 'bins', quote(NEW.rowid), 'extent', quote(NEW."size") FROM "bins" WHERE rowid = NEW.rowid AND NEW."size" IS NOT NULL AND NEW."size" IS NOT NULL AND "bins"."extent" IS NULL;
  UPDATE OR IGNORE "bins" SET "size" = (SELECT "extent" FROM (SELECT NEW."extent" AS "extent") AS "bins") WHERE rowid = NEW.rowid AND NEW."size" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'bins__sync_2', 'bins', quote(NEW.rowid), 'size', quote(NEW."extent") FROM "bins" WHERE rowid = NEW.rowid AND NEW."size" IS NULL AND NEW."extent" IS NOT NULL AND "bins"."size" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'bins__sync_2';
END;
CREATE TRIGGER "bins__sync_2_upd" AFTER UPDATE OF "size", "extent" ON "bins"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'bins__sync_2'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('bins__sync_2');
  UPDATE OR IGNORE "bins" SET "extent" = (SELECT "size" FROM (SELECT NEW."size" AS "size") AS "bins") WHERE rowid = NEW.rowid AND NEW."size" IS NOT OLD."size" AND NOT (NEW."extent" IS NOT OLD."extent");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'bins__sync_2', 'bins', quote(NEW.rowid), 'extent', quote(NEW."size") FROM "bins" WHERE rowid = NEW.rowid AND NEW."size" IS NOT OLD."size" AND NOT (NEW."extent" IS NOT OLD."extent") AND NEW."size" IS NOT NULL AND "bins"."extent" IS NULL;
  UPDATE OR IGNORE "bins" SET "size" = (SELECT "extent" FROM (SELECT NEW."extent" AS "extent") AS "bins") WHERE rowid = NEW.rowid AND NEW."extent" IS NOT OLD."extent";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'bins__sync_2', 'bins', quote(NEW.rowid), 'size', quote(NEW."extent") FROM "bins" WHERE rowid = NEW.rowid AND NEW."extent" IS NOT OLD."extent" AND NEW."extent" IS NOT NULL AND "bins"."size" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'bins__sync_2';
END;
CREATE TRIGGER "bins__sync_2_kept" AFTER UPDATE ON "bins"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."size" IS NOT OLD."size")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "bins" SET "size" = OLD."size" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "bins__sync_2_back" AFTER UPDATE ON "bins"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."extent" IS NOT OLD."extent")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "bins" SET "extent" = OLD."extent" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'undo step 10 of 13: done'

-- ============================================================================
-- Undo step 9 of 13, contract: From here the way back computes size of bins again
--   Id:           bins.extent/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
.print 'undo step 9 of 13: From here the way back computes size of bins again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('bins.extent/contract/point-of-return/back', 12000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'bins.extent/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'bins.extent/contract/point-of-return/back'), (SELECT min(rowid) - 1 FROM "bins"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "bins" WHERE rowid > batch.hi ORDER BY rowid LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill''), (''back'');
UPDATE "bins" SET "size" = ("extent") WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND ((CASE WHEN ("size") = ("extent") OR (("size") IS NULL AND ("extent") IS NULL) THEN 0 ELSE 1 END = 1));
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''bins.extent/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'bins.extent/contract/point-of-return/back';
.print 'undo step 9 of 13: done'

-- ============================================================================
-- Undo step 8 of 13, contract: Drop the trigger that filled room of bins
--   Id:           bins.room/contract/stop-filling
-- ============================================================================
.print 'undo step 8 of 13: Drop the trigger that filled room of bins'
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
CREATE TRIGGER "bins__sync_ins" AFTER INSERT ON "bins"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'bins__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('bins__sync');
  UPDATE OR IGNORE "bins" SET "room" = (coalesce(size, 0) + 1) WHERE rowid = NEW.rowid AND "room" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'bins__sync';
END;
CREATE TRIGGER "bins__sync_upd" AFTER UPDATE ON "bins"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'bins__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('bins__sync');
  UPDATE OR IGNORE "bins" SET "room" = (coalesce(size, 0) + 1) WHERE rowid = NEW.rowid AND ("room" IS NULL OR (NEW."size" IS NOT OLD."size") AND NOT (NEW."room" IS NOT OLD."room") AND OLD."room" IS (SELECT coalesce(size, 0) + 1 FROM (SELECT OLD."size" AS "size") AS "bins"));
  DELETE FROM forgelua_marker WHERE name = 'bins__sync';
END;
COMMIT;
.print 'undo step 8 of 13: done'

-- ============================================================================
-- Undo step 7 of 13, switch: Let extent of bins lead
--   Id:           bins.extent/switch/swap
-- ============================================================================
.print 'undo step 7 of 13: Let extent of bins lead'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "bins__sync_2_ins";
DROP TRIGGER IF EXISTS "bins__sync_2_upd";
DROP TRIGGER IF EXISTS "bins__sync_2_kept";
DROP TRIGGER IF EXISTS "bins__sync_2_back";
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
CREATE TRIGGER "bins__sync_2_ins" AFTER INSERT ON "bins"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'bins__sync_2'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('bins__sync_2');
  UPDATE OR IGNORE "bins" SET "extent" = (SELECT "size" FROM (SELECT NEW."size" AS "size") AS "bins") WHERE rowid = NEW.rowid AND NEW."extent" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'bins__sync_2', 'bins', quote(NEW.rowid), 'extent', quote(NEW."size") FROM "bins" WHERE rowid = NEW.rowid AND NEW."extent" IS NULL AND NEW."size" IS NOT NULL AND "bins"."extent" IS NULL;
  UPDATE OR IGNORE "bins" SET "size" = (SELECT "extent" FROM (SELECT NEW."extent" AS "extent") AS "bins") WHERE rowid = NEW.rowid AND NEW."extent" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'bins__sync_2', 'bins', quote(NEW.rowid), 'size', quote(NEW."extent") FROM "bins" WHERE rowid = NEW.rowid AND NEW."extent" IS NOT NULL AND NEW."extent" IS NOT NULL AND "bins"."size" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'bins__sync_2';
END;
CREATE TRIGGER "bins__sync_2_upd" AFTER UPDATE OF "size", "extent" ON "bins"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'bins__sync_2'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('bins__sync_2');
  UPDATE OR IGNORE "bins" SET "extent" = (SELECT "size" FROM (SELECT NEW."size" AS "size") AS "bins") WHERE rowid = NEW.rowid AND NEW."size" IS NOT OLD."size";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'bins__sync_2', 'bins', quote(NEW.rowid), 'extent', quote(NEW."size") FROM "bins" WHERE rowid = NEW.rowid AND NEW."size" IS NOT OLD."size" AND NEW."size" IS NOT NULL AND "bins"."extent" IS NULL;
  UPDATE OR IGNORE "bins" SET "size" = (SELECT "extent" FROM (SELECT NEW."extent" AS "extent") AS "bins") WHERE rowid = NEW.rowid AND NEW."extent" IS NOT OLD."extent" AND NOT (NEW."size" IS NOT OLD."size");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'bins__sync_2', 'bins', quote(NEW.rowid), 'size', quote(NEW."extent") FROM "bins" WHERE rowid = NEW.rowid AND NEW."extent" IS NOT OLD."extent" AND NOT (NEW."size" IS NOT OLD."size") AND NEW."extent" IS NOT NULL AND "bins"."size" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'bins__sync_2';
END;
CREATE TRIGGER "bins__sync_2_kept" AFTER UPDATE ON "bins"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."size" IS NOT OLD."size")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "bins" SET "size" = OLD."size" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "bins__sync_2_back" AFTER UPDATE ON "bins"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."extent" IS NOT OLD."extent")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "bins" SET "extent" = OLD."extent" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 7 of 13: done'

-- ============================================================================
-- Undo step 6 of 13, migrate: Convert size of bins into extent
--   Id:           bins.extent/migrate/backfill
-- ============================================================================
.print 'undo step 6 of 13: Convert size of bins into extent'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 6 of 13: done'

-- ============================================================================
-- Undo step 5 of 13, migrate: Keep size and extent of bins equal
--   Id:           bins.extent/migrate/sync
-- ============================================================================
.print 'undo step 5 of 13: Keep size and extent of bins equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "bins__sync_2_ins";
DROP TRIGGER IF EXISTS "bins__sync_2_upd";
DROP TRIGGER IF EXISTS "bins__sync_2_kept";
DROP TRIGGER IF EXISTS "bins__sync_2_back";
COMMIT;
.print 'undo step 5 of 13: done'

-- ============================================================================
-- Undo step 4 of 13, migrate: Backfill room of bins
--   Id:           bins.room/migrate/backfill
-- ============================================================================
.print 'undo step 4 of 13: Backfill room of bins'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 4 of 13: done'

-- ============================================================================
-- Undo step 3 of 13, migrate: Keep room of bins filled for new rows
--   Id:           bins.room/migrate/keep-filled
-- ============================================================================
.print 'undo step 3 of 13: Keep room of bins filled for new rows'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "bins__sync_ins";
DROP TRIGGER IF EXISTS "bins__sync_upd";
COMMIT;
.print 'undo step 3 of 13: done'

-- ============================================================================
-- Undo step 2 of 13, expand: Add extent beside size in bins
--   Id:           bins.extent/expand/add-column
-- ============================================================================
.print 'undo step 2 of 13: Add extent beside size in bins'
BEGIN IMMEDIATE;
ALTER TABLE "bins" DROP COLUMN "extent";
COMMIT;
.print 'undo step 2 of 13: done'

-- ============================================================================
-- Undo step 1 of 13, expand: Add room to bins, empty and not insisting
--   Id:           bins.room/expand/add-column
-- ============================================================================
.print 'undo step 1 of 13: Add room to bins, empty and not insisting'
BEGIN IMMEDIATE;
ALTER TABLE "bins" DROP COLUMN "room";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 13: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
