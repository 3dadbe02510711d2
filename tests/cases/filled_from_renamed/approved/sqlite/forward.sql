-- Forward, every phase of migration filled_from_renamed
-- A new column is computed from one that gets another name in the same plan
-- sqlite 3.40; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 11 is destructive — size of bins as the old schema held it

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
-- Check: step 1 must not be done at this point: Add room to bins, empty and not insisting. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Add room to bins, empty and not insisting', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('bins') WHERE name = 'room' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 2 must not be done at this point: Add extent beside size in bins. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 2 must not be done at this point: Add extent beside size in bins', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('bins') WHERE name = 'extent' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 13, expand: Add room to bins, empty and not insisting
--   Id:           bins.room/expand/add-column
--   Why:          adding it with its values would rewrite or lock the table; empty, it costs nothing
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         old rows are not touched: they show the default; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
.print 'step 1 of 13: Add room to bins, empty and not insisting'
BEGIN IMMEDIATE;
ALTER TABLE "bins" ADD COLUMN "room" integer;
COMMIT;
.print 'step 1 of 13: done'

-- ============================================================================
-- Step 2 of 13, expand: Add extent beside size in bins
--   Id:           bins.extent/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         old rows are not touched: they show the default; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
.print 'step 2 of 13: Add extent beside size in bins'
BEGIN IMMEDIATE;
ALTER TABLE "bins" ADD COLUMN "extent" integer;
COMMIT;
.print 'step 2 of 13: done'

-- ============================================================================
-- Step 3 of 13, migrate: Keep room of bins filled for new rows
--   Id:           bins.room/migrate/keep-filled
--   Why:          the deployed application does not write it; a trigger does, so that the backfill has an end
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger
-- ============================================================================
.print 'step 3 of 13: Keep room of bins filled for new rows'
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
.print 'step 3 of 13: done'
-- Application: From here the new application may write room itself; what it writes stands.

-- ============================================================================
-- Step 4 of 13, migrate: Backfill room of bins
--   Id:           bins.room/migrate/backfill
--   Why:          12,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, own values
-- ============================================================================
.print 'step 4 of 13: Backfill room of bins'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('bins.room/migrate/backfill', 12000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'bins.room/migrate/backfill' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'bins.room/migrate/backfill'), (SELECT min(rowid) - 1 FROM "bins"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "bins" WHERE rowid > batch.hi ORDER BY rowid LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
UPDATE "bins" SET "room" = (coalesce(size, 0) + 1) WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND ("room" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''bins.room/migrate/backfill'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'bins.room/migrate/backfill';
.print 'step 4 of 13: done'
-- Check: no row of bins has NULL in room. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of bins has NULL in room', '0', CAST((SELECT COUNT(*) FROM "bins" WHERE "room" IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 5 of 13, migrate: Keep size and extent of bins equal
--   Id:           bins.extent/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 5 of 13: Keep size and extent of bins equal'
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
COMMIT;
.print 'step 5 of 13: done'
-- Application: From here the new application may read and write extent once the backfill is done.

-- ============================================================================
-- Step 6 of 13, migrate: Convert size of bins into extent
--   Id:           bins.extent/migrate/backfill
--   Why:          12,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
.print 'step 6 of 13: Convert size of bins into extent'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('bins.extent/migrate/backfill', 12000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'bins.extent/migrate/backfill' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'bins.extent/migrate/backfill'), (SELECT min(rowid) - 1 FROM "bins"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "bins" WHERE rowid > batch.hi ORDER BY rowid LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
UPDATE "bins" SET "extent" = ("size") WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND ("extent" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''bins.extent/migrate/backfill'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'bins.extent/migrate/backfill';
.print 'step 6 of 13: done'
-- Check: every row holds the converted value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row holds the converted value', '0', CAST((SELECT COUNT(*) FROM "bins" WHERE (CASE WHEN ("extent") = ("size") OR (("extent") IS NULL AND ("size") IS NULL) THEN 0 ELSE 1 END = 1)) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 7 of 13, switch: Let extent of bins lead
--   Id:           bins.extent/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications run: size is kept equal until contract
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 7 of 13: Let extent of bins lead'
-- Check: step 6 has come to its end: Convert size of bins into extent. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 6 has come to its end: Convert size of bins into extent', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'bins.extent/migrate/backfill' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no value of bins stands in forgelua_sync_errors (mend it in bins, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no value of bins stands in forgelua_sync_errors (mend it in bins, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'bins__sync_2' AND column_name IN ('extent')) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 4 has come to its end: Backfill room of bins. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 4 has come to its end: Backfill room of bins', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'bins.room/migrate/backfill' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
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
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 7 of 13: done'
-- Application: Deploy the application that uses extent as the new schema has it.

-- ============================================================================
-- Step 8 of 13, contract: Drop the trigger that filled room of bins
--   Id:           bins.room/contract/stop-filling
--   Why:          every application writes the column by itself now
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; rows of an application that leaves the column out are no longer filled
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 8 of 13: Drop the trigger that filled room of bins'
-- Check: no row of bins has NULL in room. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of bins has NULL in room', '0', CAST((SELECT COUNT(*) FROM "bins" WHERE "room" IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "bins__sync_ins";
DROP TRIGGER IF EXISTS "bins__sync_upd";
COMMIT;
.print 'step 8 of 13: done'
-- Application: Check that every deployed version writes room.

-- ============================================================================
-- Step 9 of 13, contract: From here the way back computes size of bins again
--   Id:           bins.extent/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 9 of 13: From here the way back computes size of bins again'
-- Nothing to run in the database.
.print 'step 9 of 13: done'

-- ============================================================================
-- Step 10 of 13, contract: Stop keeping size and extent of bins equal
--   Id:           bins.extent/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 10 of 13: Stop keeping size and extent of bins equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "bins__sync_2_ins";
DROP TRIGGER IF EXISTS "bins__sync_2_upd";
DROP TRIGGER IF EXISTS "bins__sync_2_kept";
DROP TRIGGER IF EXISTS "bins__sync_2_back";
COMMIT;
.print 'step 10 of 13: done'

-- ============================================================================
-- Step 11 of 13, contract: Drop the old column size of bins
--   Id:           bins.extent/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         DROP COLUMN writes every row anew, in place; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name size fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 11 of 13: Drop the old column size of bins'
BEGIN IMMEDIATE;
ALTER TABLE "bins" DROP COLUMN "size";
COMMIT;
.print 'step 11 of 13: done'
-- Application: Check that no application, report or job names size any more.

-- ============================================================================
-- Step 12 of 13, contract: Make bins.room NOT NULL
--   Id:           bins.room/contract/not-null
--   Why:          every row has a value by now; from here the schema says so
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
.print 'step 12 of 13: Make bins.room NOT NULL'
-- Check: no row of bins has NULL in room. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of bins has NULL in room', '0', CAST((SELECT COUNT(*) FROM "bins" WHERE "room" IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('bins') OR lower(f."table") IN ('bins'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'bins');
CREATE TABLE "bins__rebuild" (
  "id" bigint NOT NULL PRIMARY KEY,
  "room" integer NOT NULL,
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
.print 'step 12 of 13: done'

-- ============================================================================
-- Step 13 of 13, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 13 of 13: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 13 of 13: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
