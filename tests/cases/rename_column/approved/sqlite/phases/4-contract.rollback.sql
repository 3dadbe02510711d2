-- Rollback of phase contract, schema of migration rename_column
-- The age is called years
-- sqlite 3.40; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/4-contract.rollback.sql

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
-- Check: step 7 must be done before this: Drop the old column age of users. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 7 must be done before this: Drop the old column age of users', '1', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('users') WHERE name = 'age' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 8 of 8, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 8 of 8: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 8 of 8: done'

-- ============================================================================
-- Undo step 7 of 8, contract: Drop the old column age of users
--   Id:           users.years/contract/drop-old
-- ============================================================================
.print 'undo step 7 of 8: Drop the old column age of users'
BEGIN IMMEDIATE;
ALTER TABLE "users" ADD COLUMN "age" integer;
COMMIT;
.print 'undo step 7 of 8: done'

-- ============================================================================
-- Undo step 6 of 8, contract: Stop keeping age and years of users equal
--   Id:           users.years/contract/stop-sync
-- ============================================================================
.print 'undo step 6 of 8: Stop keeping age and years of users equal'
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
COMMIT;
.print 'undo step 6 of 8: done'

-- ============================================================================
-- Undo step 5 of 8, contract: From here the way back computes age of users again
--   Id:           users.years/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
.print 'undo step 5 of 8: From here the way back computes age of users again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('users.years/contract/point-of-return/back', 12004);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'users.years/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'users.years/contract/point-of-return/back'), (SELECT min(rowid) - 1 FROM "users"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "users" WHERE rowid > batch.hi ORDER BY rowid LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill''), (''back'');
UPDATE "users" SET "age" = ("years") WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND ((CASE WHEN ("age") = ("years") OR (("age") IS NULL AND ("years") IS NULL) THEN 0 ELSE 1 END = 1));
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''users.years/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'users.years/contract/point-of-return/back';
.print 'undo step 5 of 8: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
