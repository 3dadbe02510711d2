-- Forward, every phase of migration fills_read_old_values
-- Two columns are filled, one from what the other held before
-- sqlite 3.40; strategy expand_migrate_contract; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.

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
-- Check: step 1 must not be done at this point: Add bonus to scores, empty and not insisting. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Add bonus to scores, empty and not insisting', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('scores') WHERE name = 'bonus' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 7, expand: Add bonus to scores, empty and not insisting
--   Id:           scores.bonus/expand/add-column
--   Why:          adding it with its values would rewrite or lock the table; empty, it costs nothing
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         old rows are not touched: they show the default; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
.print 'step 1 of 7: Add bonus to scores, empty and not insisting'
BEGIN IMMEDIATE;
ALTER TABLE "scores" ADD COLUMN "bonus" integer;
COMMIT;
.print 'step 1 of 7: done'

-- ============================================================================
-- Step 2 of 7, migrate: Keep base, bonus of scores filled for new rows
--   Id:           scores.base/migrate/keep-filled
--   Why:          the deployed application does not write it; a trigger does, so that the backfill has an end
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger
-- ============================================================================
.print 'step 2 of 7: Keep base, bonus of scores filled for new rows'
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
CREATE TRIGGER "scores__sync_ins" AFTER INSERT ON "scores"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'scores__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('scores__sync');
  UPDATE OR IGNORE "scores" SET "bonus" = (COALESCE(base, 0) + 1) WHERE "id" = NEW."id" AND "bonus" IS NULL;
  UPDATE OR IGNORE "scores" SET "base" = (COALESCE(base, 100)) WHERE "id" = NEW."id" AND "base" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'scores__sync';
END;
CREATE TRIGGER "scores__sync_upd" AFTER UPDATE ON "scores"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'scores__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('scores__sync');
  UPDATE OR IGNORE "scores" SET "bonus" = (COALESCE(base, 0) + 1) WHERE "id" = NEW."id" AND ("bonus" IS NULL OR (NEW."base" IS NOT OLD."base") AND NOT (NEW."bonus" IS NOT OLD."bonus") AND OLD."bonus" IS (SELECT COALESCE(base, 0) + 1 FROM (SELECT OLD."base" AS "base") AS "scores"));
  UPDATE OR IGNORE "scores" SET "base" = (COALESCE(base, 100)) WHERE "id" = NEW."id" AND "base" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'scores__sync';
END;
COMMIT;
.print 'step 2 of 7: done'
-- Application: From here the new application may write base, bonus itself; what it writes stands.

-- ============================================================================
-- Step 3 of 7, migrate: Backfill bonus of scores
--   Id:           scores.bonus/migrate/backfill
--   Why:          20,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, own values
-- ============================================================================
.print 'step 3 of 7: Backfill bonus of scores'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('scores.bonus/migrate/backfill', 20000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'scores.bonus/migrate/backfill' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'scores.bonus/migrate/backfill'), (SELECT min("id") - 1 FROM "scores"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "scores" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
UPDATE "scores" SET "bonus" = (COALESCE(base, 0) + 1) WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ("bonus" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''scores.bonus/migrate/backfill'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'scores.bonus/migrate/backfill';
.print 'step 3 of 7: done'

-- ============================================================================
-- Step 4 of 7, migrate: Backfill base of scores
--   Id:           scores.base/migrate/backfill
--   Why:          20,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses the NULLs of scores.base: the way back leaves the values that the backfill gave them
--   Hazards:      backfill, replica lag, own values
-- ============================================================================
.print 'step 4 of 7: Backfill base of scores'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('scores.base/migrate/backfill', 20000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'scores.base/migrate/backfill' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'scores.base/migrate/backfill'), (SELECT min("id") - 1 FROM "scores"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "scores" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
UPDATE "scores" SET "base" = (COALESCE(base, 100)) WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ("base" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''scores.base/migrate/backfill'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'scores.base/migrate/backfill';
.print 'step 4 of 7: done'
-- Check: no row of scores has NULL in base. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of scores has NULL in base', '0', CAST((SELECT COUNT(*) FROM "scores" WHERE "base" IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 5 of 7, contract: Drop the trigger that filled base, bonus of scores
--   Id:           scores.base/contract/stop-filling
--   Why:          every application writes the column by itself now
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; rows of an application that leaves the column out are no longer filled
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 5 of 7: Drop the trigger that filled base, bonus of scores'
-- Check: step 4 has come to its end: Backfill base of scores. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 4 has come to its end: Backfill base of scores', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'scores.base/migrate/backfill' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 3 has come to its end: Backfill bonus of scores. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 3 has come to its end: Backfill bonus of scores', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'scores.bonus/migrate/backfill' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of scores has NULL in base. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of scores has NULL in base', '0', CAST((SELECT COUNT(*) FROM "scores" WHERE "base" IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "scores__sync_ins";
DROP TRIGGER IF EXISTS "scores__sync_upd";
COMMIT;
.print 'step 5 of 7: done'
-- Application: Check that every deployed version writes base, bonus.

-- ============================================================================
-- Step 6 of 7, contract: Make scores.base NOT NULL
--   Id:           scores.base/contract/not-null
--   Why:          every row has a value by now; from here the schema says so
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
.print 'step 6 of 7: Make scores.base NOT NULL'
-- Check: no row of scores has NULL in base. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of scores has NULL in base', '0', CAST((SELECT COUNT(*) FROM "scores" WHERE "base" IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('scores') OR lower(f."table") IN ('scores'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'scores');
CREATE TABLE "scores__rebuild" (
  "id" integer PRIMARY KEY,
  "base" integer NOT NULL,
  "note" varchar(20),
  "bonus" integer
);
INSERT INTO "scores__rebuild" ("id", "base", "note", "bonus")
  SELECT "id", "base", "note", "bonus" FROM "scores";
DROP TABLE "scores";
ALTER TABLE "scores__rebuild" RENAME TO "scores";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('scores') OR lower(f."table") IN ('scores'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 6 of 7: done'

-- ============================================================================
-- Step 7 of 7, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 7 of 7: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 7 of 7: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
