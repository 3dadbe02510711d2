-- Forward, every phase of migration trigger_of_another_table
-- The table and column that another table's trigger writes get other names, and its text follows
-- sqlite 3.40; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 8 is destructive — m of journal as the old schema held it

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
-- Check: step 1 must not be done at this point: Add amount beside m in log. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Add amount beside m in log', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('log') WHERE name = 'amount' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 5 must not be done at this point: Rename log to journal. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 5 must not be done at this point: Rename log to journal', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'journal') AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'log' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 9, expand: Add amount beside m in log
--   Id:           log.amount/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         old rows are not touched: they show the default; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
.print 'step 1 of 9: Add amount beside m in log'
BEGIN IMMEDIATE;
ALTER TABLE "log" ADD COLUMN "amount" integer;
COMMIT;
.print 'step 1 of 9: done'

-- ============================================================================
-- Step 2 of 9, migrate: Keep m and amount of log equal
--   Id:           log.amount/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 2 of 9: Keep m and amount of log equal'
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
CREATE TRIGGER "log__sync_ins" AFTER INSERT ON "log"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'log__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('log__sync');
  UPDATE OR IGNORE "log" SET "amount" = (SELECT "m" FROM (SELECT NEW."m" AS "m") AS "log") WHERE "id" = NEW."id" AND NEW."amount" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'log__sync', 'log', quote(NEW."id"), 'amount', quote(NEW."m") FROM "log" WHERE "id" = NEW."id" AND NEW."amount" IS NULL AND NEW."m" IS NOT NULL AND "log"."amount" IS NULL;
  UPDATE OR IGNORE "log" SET "m" = (SELECT "amount" FROM (SELECT NEW."amount" AS "amount") AS "log") WHERE "id" = NEW."id" AND NEW."amount" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'log__sync', 'log', quote(NEW."id"), 'm', quote(NEW."amount") FROM "log" WHERE "id" = NEW."id" AND NEW."amount" IS NOT NULL AND NEW."amount" IS NOT NULL AND "log"."m" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'log__sync';
END;
CREATE TRIGGER "log__sync_upd" AFTER UPDATE OF "m", "amount" ON "log"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'log__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('log__sync');
  UPDATE OR IGNORE "log" SET "amount" = (SELECT "m" FROM (SELECT NEW."m" AS "m") AS "log") WHERE "id" = NEW."id" AND NEW."m" IS NOT OLD."m";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'log__sync', 'log', quote(NEW."id"), 'amount', quote(NEW."m") FROM "log" WHERE "id" = NEW."id" AND NEW."m" IS NOT OLD."m" AND NEW."m" IS NOT NULL AND "log"."amount" IS NULL;
  UPDATE OR IGNORE "log" SET "m" = (SELECT "amount" FROM (SELECT NEW."amount" AS "amount") AS "log") WHERE "id" = NEW."id" AND NEW."amount" IS NOT OLD."amount" AND NOT (NEW."m" IS NOT OLD."m");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'log__sync', 'log', quote(NEW."id"), 'm', quote(NEW."amount") FROM "log" WHERE "id" = NEW."id" AND NEW."amount" IS NOT OLD."amount" AND NOT (NEW."m" IS NOT OLD."m") AND NEW."amount" IS NOT NULL AND "log"."m" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'log__sync';
END;
CREATE TRIGGER "log__sync_kept" AFTER UPDATE ON "log"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."m" IS NOT OLD."m")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "log" SET "m" = OLD."m" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "log__sync_back" AFTER UPDATE ON "log"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."amount" IS NOT OLD."amount")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "log" SET "amount" = OLD."amount" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'step 2 of 9: done'
-- Application: From here the new application may read and write amount once the backfill is done.

-- ============================================================================
-- Step 3 of 9, migrate: Convert m of log into amount
--   Id:           log.amount/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
.print 'step 3 of 9: Convert m of log into amount'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('log.amount/migrate/backfill', (SELECT count(*) FROM "log"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'log.amount/migrate/backfill' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'log.amount/migrate/backfill'), (SELECT min("id") - 1 FROM "log"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "log" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
UPDATE "log" SET "amount" = ("m") WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ("amount" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''log.amount/migrate/backfill'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'log.amount/migrate/backfill';
.print 'step 3 of 9: done'
-- Check: every row holds the converted value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row holds the converted value', '0', CAST((SELECT COUNT(*) FROM "log" WHERE (CASE WHEN ("amount") = ("m") OR (("amount") IS NULL AND ("m") IS NULL) THEN 0 ELSE 1 END = 1)) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 4 of 9, switch: Let amount of log lead
--   Id:           log.amount/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications run: m is kept equal until contract
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 4 of 9: Let amount of log lead'
-- Check: step 3 has come to its end: Convert m of log into amount. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 3 has come to its end: Convert m of log into amount', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'log.amount/migrate/backfill' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no value of log stands in forgelua_sync_errors (mend it in log, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no value of log stands in forgelua_sync_errors (mend it in log, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'log__sync' AND column_name IN ('amount')) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "log__sync_ins";
DROP TRIGGER IF EXISTS "log__sync_upd";
DROP TRIGGER IF EXISTS "log__sync_kept";
DROP TRIGGER IF EXISTS "log__sync_back";
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
CREATE TRIGGER "log__sync_ins" AFTER INSERT ON "log"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'log__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('log__sync');
  UPDATE OR IGNORE "log" SET "amount" = (SELECT "m" FROM (SELECT NEW."m" AS "m") AS "log") WHERE "id" = NEW."id" AND NEW."m" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'log__sync', 'log', quote(NEW."id"), 'amount', quote(NEW."m") FROM "log" WHERE "id" = NEW."id" AND NEW."m" IS NOT NULL AND NEW."m" IS NOT NULL AND "log"."amount" IS NULL;
  UPDATE OR IGNORE "log" SET "m" = (SELECT "amount" FROM (SELECT NEW."amount" AS "amount") AS "log") WHERE "id" = NEW."id" AND NEW."m" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'log__sync', 'log', quote(NEW."id"), 'm', quote(NEW."amount") FROM "log" WHERE "id" = NEW."id" AND NEW."m" IS NULL AND NEW."amount" IS NOT NULL AND "log"."m" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'log__sync';
END;
CREATE TRIGGER "log__sync_upd" AFTER UPDATE OF "m", "amount" ON "log"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'log__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('log__sync');
  UPDATE OR IGNORE "log" SET "amount" = (SELECT "m" FROM (SELECT NEW."m" AS "m") AS "log") WHERE "id" = NEW."id" AND NEW."m" IS NOT OLD."m" AND NOT (NEW."amount" IS NOT OLD."amount");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'log__sync', 'log', quote(NEW."id"), 'amount', quote(NEW."m") FROM "log" WHERE "id" = NEW."id" AND NEW."m" IS NOT OLD."m" AND NOT (NEW."amount" IS NOT OLD."amount") AND NEW."m" IS NOT NULL AND "log"."amount" IS NULL;
  UPDATE OR IGNORE "log" SET "m" = (SELECT "amount" FROM (SELECT NEW."amount" AS "amount") AS "log") WHERE "id" = NEW."id" AND NEW."amount" IS NOT OLD."amount";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'log__sync', 'log', quote(NEW."id"), 'm', quote(NEW."amount") FROM "log" WHERE "id" = NEW."id" AND NEW."amount" IS NOT OLD."amount" AND NEW."amount" IS NOT NULL AND "log"."m" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'log__sync';
END;
CREATE TRIGGER "log__sync_kept" AFTER UPDATE ON "log"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."m" IS NOT OLD."m")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "log" SET "m" = OLD."m" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "log__sync_back" AFTER UPDATE ON "log"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."amount" IS NOT OLD."amount")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "log" SET "amount" = OLD."amount" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 4 of 9: done'
-- Application: Deploy the application that uses amount as the new schema has it.

-- ============================================================================
-- Step 5 of 9, switch: Rename log to journal
--   Id:           log/switch/rename-table
--   Why:          metadata only
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; no view that takes writes stands in on this engine, so one name works at a time: log fails from here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
.print 'step 5 of 9: Rename log to journal'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
ALTER TABLE "log" RENAME TO "journal";
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 5 of 9: done'
-- Application: Deploy the application that says journal together with this step.

-- ============================================================================
-- Step 6 of 9, contract: From here the way back computes m of journal again
--   Id:           log.amount/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 6 of 9: From here the way back computes m of journal again'
-- Nothing to run in the database.
.print 'step 6 of 9: done'

-- ============================================================================
-- Step 7 of 9, contract: Stop keeping m and amount of journal equal
--   Id:           log.amount/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 7 of 9: Stop keeping m and amount of journal equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "log__sync_ins";
DROP TRIGGER IF EXISTS "log__sync_upd";
DROP TRIGGER IF EXISTS "log__sync_kept";
DROP TRIGGER IF EXISTS "log__sync_back";
COMMIT;
.print 'step 7 of 9: done'

-- ============================================================================
-- Step 8 of 9, contract: Drop the old column m of journal
--   Id:           log.amount/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         one writer for the whole database; in WAL mode readers go on; DROP COLUMN writes every row anew, in place; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name m fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 8 of 9: Drop the old column m of journal'
BEGIN IMMEDIATE;
DROP TRIGGER orders_upd;
ALTER TABLE "journal" DROP COLUMN "m";
CREATE TRIGGER orders_upd AFTER UPDATE ON orders BEGIN INSERT INTO journal (amount) VALUES (NEW.n); END;
COMMIT;
.print 'step 8 of 9: done'
-- Application: Check that no application, report or job names m any more.

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
