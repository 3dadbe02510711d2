-- Forward, every phase of migration filled_from_renamed_key
-- New columns are computed from keys that get another name in place, their own table's and another one's
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
-- Check: step 1 must not be done at this point: Add twice, organisation to users, empty and not insisting. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Add twice, organisation to users, empty and not insisting', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('users') WHERE name = 'twice' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 8, expand: Add twice, organisation to users, empty and not insisting
--   Id:           users.twice/expand/add-column
--   Why:          adding it with its values would rewrite or lock the table; empty, it costs nothing
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         old rows are not touched: they show the default; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
.print 'step 1 of 8: Add twice, organisation to users, empty and not insisting'
BEGIN IMMEDIATE;
ALTER TABLE "users" ADD COLUMN "twice" bigint;
ALTER TABLE "users" ADD COLUMN "organisation" varchar(40);
COMMIT;
.print 'step 1 of 8: done'

-- ============================================================================
-- Step 2 of 8, migrate: Keep twice, organisation of users filled for new rows
--   Id:           users.twice/migrate/keep-filled
--   Why:          the deployed application does not write it; a trigger does, so that the backfill has an end
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger
-- ============================================================================
.print 'step 2 of 8: Keep twice, organisation of users filled for new rows'
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
  UPDATE OR IGNORE "users" SET "twice" = (id * 2) WHERE rowid = NEW.rowid AND "twice" IS NULL;
  UPDATE OR IGNORE "users" SET "organisation" = ((SELECT a.organisation FROM accounts a WHERE a.id = users.account_id AND users.id > 0)) WHERE rowid = NEW.rowid AND "organisation" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'users__sync';
END;
CREATE TRIGGER "users__sync_upd" AFTER UPDATE ON "users"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'users__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('users__sync');
  UPDATE OR IGNORE "users" SET "twice" = (id * 2) WHERE rowid = NEW.rowid AND ("twice" IS NULL OR (NEW."id" IS NOT OLD."id") AND NOT (NEW."twice" IS NOT OLD."twice") AND OLD."twice" IS (SELECT id * 2 FROM (SELECT OLD."id" AS "id") AS "users"));
  UPDATE OR IGNORE "users" SET "organisation" = ((SELECT a.organisation FROM accounts a WHERE a.id = users.account_id AND users.id > 0)) WHERE rowid = NEW.rowid AND ("organisation" IS NULL OR (NEW."id" IS NOT OLD."id" OR NEW."account_id" IS NOT OLD."account_id") AND NOT (NEW."organisation" IS NOT OLD."organisation") AND OLD."organisation" IS (SELECT (SELECT a.organisation FROM accounts a WHERE a.id = users.account_id AND users.id > 0) FROM (SELECT OLD."id" AS "id", OLD."account_id" AS "account_id", OLD."organisation" AS "organisation") AS "users"));
  DELETE FROM forgelua_marker WHERE name = 'users__sync';
END;
COMMIT;
.print 'step 2 of 8: done'
-- Application: From here the new application may write twice, organisation itself; what it writes stands.

-- ============================================================================
-- Step 3 of 8, migrate: Backfill twice of users
--   Id:           users.twice/migrate/backfill
--   Why:          11,004 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, own values
-- ============================================================================
.print 'step 3 of 8: Backfill twice of users'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('users.twice/migrate/backfill', 11004);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'users.twice/migrate/backfill' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'users.twice/migrate/backfill'), (SELECT min(rowid) - 1 FROM "users"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "users" WHERE rowid > batch.hi ORDER BY rowid LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
UPDATE "users" SET "twice" = (id * 2) WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND ("twice" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''users.twice/migrate/backfill'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'users.twice/migrate/backfill';
.print 'step 3 of 8: done'

-- ============================================================================
-- Step 4 of 8, migrate: Backfill organisation of users
--   Id:           users.organisation/migrate/backfill
--   Why:          11,004 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, own values, other source
-- ============================================================================
.print 'step 4 of 8: Backfill organisation of users'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('users.organisation/migrate/backfill', 11004);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'users.organisation/migrate/backfill' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'users.organisation/migrate/backfill'), (SELECT min(rowid) - 1 FROM "users"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "users" WHERE rowid > batch.hi ORDER BY rowid LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
UPDATE "users" SET "organisation" = ((SELECT a.organisation FROM accounts a WHERE a.id = users.account_id AND users.id > 0)) WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND ("organisation" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''users.organisation/migrate/backfill'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'users.organisation/migrate/backfill';
.print 'step 4 of 8: done'

-- ============================================================================
-- Step 5 of 8, switch: Rename accounts.id to account
--   Id:           accounts.id/switch/rename
--   Why:          metadata only; both names cannot be served at once this way
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say id fail from here; those that say account failed until here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
.print 'step 5 of 8: Rename accounts.id to account'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "users__sync_ins";
DROP TRIGGER IF EXISTS "users__sync_upd";
ALTER TABLE "accounts" RENAME COLUMN "id" TO account;
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
  UPDATE OR IGNORE "users" SET "twice" = (id * 2) WHERE rowid = NEW.rowid AND "twice" IS NULL;
  UPDATE OR IGNORE "users" SET "organisation" = ((SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.id > 0)) WHERE rowid = NEW.rowid AND "organisation" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'users__sync';
END;
CREATE TRIGGER "users__sync_upd" AFTER UPDATE ON "users"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'users__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('users__sync');
  UPDATE OR IGNORE "users" SET "twice" = (id * 2) WHERE rowid = NEW.rowid AND ("twice" IS NULL OR (NEW."id" IS NOT OLD."id") AND NOT (NEW."twice" IS NOT OLD."twice") AND OLD."twice" IS (SELECT id * 2 FROM (SELECT OLD."id" AS "id") AS "users"));
  UPDATE OR IGNORE "users" SET "organisation" = ((SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.id > 0)) WHERE rowid = NEW.rowid AND ("organisation" IS NULL OR (NEW."id" IS NOT OLD."id" OR NEW."account_id" IS NOT OLD."account_id") AND NOT (NEW."organisation" IS NOT OLD."organisation") AND OLD."organisation" IS (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.id > 0) FROM (SELECT OLD."id" AS "id", OLD."account_id" AS "account_id", OLD."organisation" AS "organisation") AS "users"));
  DELETE FROM forgelua_marker WHERE name = 'users__sync';
END;
COMMIT;
.print 'step 5 of 8: done'
-- Application: Deploy the application that says account together with this step.

-- ============================================================================
-- Step 6 of 8, switch: Rename users.id to uid
--   Id:           users.id/switch/rename
--   Why:          metadata only; both names cannot be served at once this way
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say id fail from here; those that say uid failed until here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
.print 'step 6 of 8: Rename users.id to uid'
-- Check: step 4 has come to its end: Backfill organisation of users. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 4 has come to its end: Backfill organisation of users', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'users.organisation/migrate/backfill' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 3 has come to its end: Backfill twice of users. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 3 has come to its end: Backfill twice of users', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'users.twice/migrate/backfill' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "users__sync_ins";
DROP TRIGGER IF EXISTS "users__sync_upd";
ALTER TABLE "users" RENAME COLUMN "id" TO uid;
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
  UPDATE OR IGNORE "users" SET "twice" = (uid * 2) WHERE rowid = NEW.rowid AND "twice" IS NULL;
  UPDATE OR IGNORE "users" SET "organisation" = ((SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.uid > 0)) WHERE rowid = NEW.rowid AND "organisation" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'users__sync';
END;
CREATE TRIGGER "users__sync_upd" AFTER UPDATE ON "users"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'users__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('users__sync');
  UPDATE OR IGNORE "users" SET "twice" = (uid * 2) WHERE rowid = NEW.rowid AND ("twice" IS NULL OR (NEW."uid" IS NOT OLD."uid") AND NOT (NEW."twice" IS NOT OLD."twice") AND OLD."twice" IS (SELECT uid * 2 FROM (SELECT OLD."uid" AS "uid") AS "users"));
  UPDATE OR IGNORE "users" SET "organisation" = ((SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.uid > 0)) WHERE rowid = NEW.rowid AND ("organisation" IS NULL OR (NEW."uid" IS NOT OLD."uid" OR NEW."account_id" IS NOT OLD."account_id") AND NOT (NEW."organisation" IS NOT OLD."organisation") AND OLD."organisation" IS (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.uid > 0) FROM (SELECT OLD."uid" AS "uid", OLD."account_id" AS "account_id", OLD."organisation" AS "organisation") AS "users"));
  DELETE FROM forgelua_marker WHERE name = 'users__sync';
END;
COMMIT;
.print 'step 6 of 8: done'
-- Application: Deploy the application that says uid together with this step.

-- ============================================================================
-- Step 7 of 8, contract: Drop the trigger that filled twice, organisation of users
--   Id:           users.twice/contract/stop-filling
--   Why:          every application writes the column by itself now
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; rows of an application that leaves the column out are no longer filled
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 7 of 8: Drop the trigger that filled twice, organisation of users'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "users__sync_ins";
DROP TRIGGER IF EXISTS "users__sync_upd";
COMMIT;
.print 'step 7 of 8: done'
-- Application: Check that every deployed version writes twice, organisation.

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
