-- Forward, every phase of migration rename_column
-- The age is called years
-- sqlite 3.40; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 7 is destructive — age of users as the old schema held it

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
-- Check: step 1 must not be done at this point: Add years beside age in users. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Add years beside age in users', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('users') WHERE name = 'years' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 8, expand: Add years beside age in users
--   Id:           users.years/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         old rows are not touched: they show the default; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
.print 'step 1 of 8: Add years beside age in users'
BEGIN IMMEDIATE;
ALTER TABLE "users" ADD COLUMN "years" integer;
COMMIT;
.print 'step 1 of 8: done'

-- ============================================================================
-- Step 2 of 8, migrate: Keep age and years of users equal
--   Id:           users.years/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 2 of 8: Keep age and years of users equal'
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
CREATE TRIGGER "users__sync_ins" AFTER INSERT ON "users"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'users__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('users__sync');
  UPDATE OR IGNORE "users" SET "years" = (SELECT "age" FROM (SELECT NEW."age" AS "age") AS "users") WHERE rowid = NEW.rowid AND NEW."years" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'users__sync', 'users', quote(NEW.rowid), 'years', quote(NEW."age") FROM "users" WHERE rowid = NEW.rowid AND NEW."years" IS NULL AND NEW."age" IS NOT NULL AND "users"."years" IS NULL;
  UPDATE OR IGNORE "users" SET "age" = (SELECT "years" FROM (SELECT NEW."years" AS "years") AS "users") WHERE rowid = NEW.rowid AND NEW."years" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'users__sync', 'users', quote(NEW.rowid), 'age', quote(NEW."years") FROM "users" WHERE rowid = NEW.rowid AND NEW."years" IS NOT NULL AND NEW."years" IS NOT NULL AND "users"."age" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'users__sync';
END;
CREATE TRIGGER "users__sync_upd" AFTER UPDATE OF "age", "years" ON "users"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'users__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('users__sync');
  UPDATE OR IGNORE "users" SET "years" = (SELECT "age" FROM (SELECT NEW."age" AS "age") AS "users") WHERE rowid = NEW.rowid AND NEW."age" IS NOT OLD."age";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'users__sync', 'users', quote(NEW.rowid), 'years', quote(NEW."age") FROM "users" WHERE rowid = NEW.rowid AND NEW."age" IS NOT OLD."age" AND NEW."age" IS NOT NULL AND "users"."years" IS NULL;
  UPDATE OR IGNORE "users" SET "age" = (SELECT "years" FROM (SELECT NEW."years" AS "years") AS "users") WHERE rowid = NEW.rowid AND NEW."years" IS NOT OLD."years" AND NOT (NEW."age" IS NOT OLD."age");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'users__sync', 'users', quote(NEW.rowid), 'age', quote(NEW."years") FROM "users" WHERE rowid = NEW.rowid AND NEW."years" IS NOT OLD."years" AND NOT (NEW."age" IS NOT OLD."age") AND NEW."years" IS NOT NULL AND "users"."age" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'users__sync';
END;
CREATE TRIGGER "users__sync_kept" AFTER UPDATE ON "users"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."age" IS NOT OLD."age")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "users" SET "age" = OLD."age" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "users__sync_back" AFTER UPDATE ON "users"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."years" IS NOT OLD."years")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "users" SET "years" = OLD."years" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'step 2 of 8: done'
-- Application: From here the new application may read and write years once the backfill is done.

-- ============================================================================
-- Step 3 of 8, migrate: Convert age of users into years
--   Id:           users.years/migrate/backfill
--   Why:          12,004 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
.print 'step 3 of 8: Convert age of users into years'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('users.years/migrate/backfill', 12004);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'users.years/migrate/backfill' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'users.years/migrate/backfill'), (SELECT min(rowid) - 1 FROM "users"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "users" WHERE rowid > batch.hi ORDER BY rowid LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
UPDATE "users" SET "years" = ("age") WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND ("years" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''users.years/migrate/backfill'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'users.years/migrate/backfill';
.print 'step 3 of 8: done'
-- Check: every row holds the converted value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row holds the converted value', '0', CAST((SELECT COUNT(*) FROM "users" WHERE (CASE WHEN ("years") = ("age") OR (("years") IS NULL AND ("age") IS NULL) THEN 0 ELSE 1 END = 1)) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 4 of 8, switch: Let years of users lead
--   Id:           users.years/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications run: age is kept equal until contract
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 4 of 8: Let years of users lead'
-- Check: step 3 has come to its end: Convert age of users into years. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 3 has come to its end: Convert age of users into years', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'users.years/migrate/backfill' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no value of users stands in forgelua_sync_errors (mend it in users, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no value of users stands in forgelua_sync_errors (mend it in users, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'users__sync' AND column_name IN ('years')) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "users__sync_ins";
DROP TRIGGER IF EXISTS "users__sync_upd";
DROP TRIGGER IF EXISTS "users__sync_kept";
DROP TRIGGER IF EXISTS "users__sync_back";
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
CREATE TRIGGER "users__sync_ins" AFTER INSERT ON "users"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'users__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('users__sync');
  UPDATE OR IGNORE "users" SET "years" = (SELECT "age" FROM (SELECT NEW."age" AS "age") AS "users") WHERE rowid = NEW.rowid AND NEW."age" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'users__sync', 'users', quote(NEW.rowid), 'years', quote(NEW."age") FROM "users" WHERE rowid = NEW.rowid AND NEW."age" IS NOT NULL AND NEW."age" IS NOT NULL AND "users"."years" IS NULL;
  UPDATE OR IGNORE "users" SET "age" = (SELECT "years" FROM (SELECT NEW."years" AS "years") AS "users") WHERE rowid = NEW.rowid AND NEW."age" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'users__sync', 'users', quote(NEW.rowid), 'age', quote(NEW."years") FROM "users" WHERE rowid = NEW.rowid AND NEW."age" IS NULL AND NEW."years" IS NOT NULL AND "users"."age" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'users__sync';
END;
CREATE TRIGGER "users__sync_upd" AFTER UPDATE OF "age", "years" ON "users"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'users__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('users__sync');
  UPDATE OR IGNORE "users" SET "years" = (SELECT "age" FROM (SELECT NEW."age" AS "age") AS "users") WHERE rowid = NEW.rowid AND NEW."age" IS NOT OLD."age" AND NOT (NEW."years" IS NOT OLD."years");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'users__sync', 'users', quote(NEW.rowid), 'years', quote(NEW."age") FROM "users" WHERE rowid = NEW.rowid AND NEW."age" IS NOT OLD."age" AND NOT (NEW."years" IS NOT OLD."years") AND NEW."age" IS NOT NULL AND "users"."years" IS NULL;
  UPDATE OR IGNORE "users" SET "age" = (SELECT "years" FROM (SELECT NEW."years" AS "years") AS "users") WHERE rowid = NEW.rowid AND NEW."years" IS NOT OLD."years";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'users__sync', 'users', quote(NEW.rowid), 'age', quote(NEW."years") FROM "users" WHERE rowid = NEW.rowid AND NEW."years" IS NOT OLD."years" AND NEW."years" IS NOT NULL AND "users"."age" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'users__sync';
END;
CREATE TRIGGER "users__sync_kept" AFTER UPDATE ON "users"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."age" IS NOT OLD."age")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "users" SET "age" = OLD."age" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "users__sync_back" AFTER UPDATE ON "users"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."years" IS NOT OLD."years")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "users" SET "years" = OLD."years" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 4 of 8: done'
-- Application: Deploy the application that uses years as the new schema has it.

-- ============================================================================
-- Step 5 of 8, contract: From here the way back computes age of users again
--   Id:           users.years/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 5 of 8: From here the way back computes age of users again'
-- Nothing to run in the database.
.print 'step 5 of 8: done'

-- ============================================================================
-- Step 6 of 8, contract: Stop keeping age and years of users equal
--   Id:           users.years/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 6 of 8: Stop keeping age and years of users equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "users__sync_ins";
DROP TRIGGER IF EXISTS "users__sync_upd";
DROP TRIGGER IF EXISTS "users__sync_kept";
DROP TRIGGER IF EXISTS "users__sync_back";
COMMIT;
.print 'step 6 of 8: done'

-- ============================================================================
-- Step 7 of 8, contract: Drop the old column age of users
--   Id:           users.years/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         DROP COLUMN writes every row anew, in place; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name age fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 7 of 8: Drop the old column age of users'
BEGIN IMMEDIATE;
ALTER TABLE "users" DROP COLUMN "age";
COMMIT;
.print 'step 7 of 8: done'
-- Application: Check that no application, report or job names age any more.

-- ============================================================================
-- Step 8 of 8, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 8 of 8: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 8 of 8: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
