-- Phase switch, schema of migration rename_column
-- The age is called years
-- sqlite 3.40; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/3-switch.sql

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
-- Check: step 2 must be done before this: Keep age and years of users equal. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 2 must be done before this: Keep age and years of users equal', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = 'users__sync_ins' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 7 must not be done at this point: Drop the old column age of users. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 7 must not be done at this point: Drop the old column age of users', '0', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('users') WHERE name = 'age' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
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

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
