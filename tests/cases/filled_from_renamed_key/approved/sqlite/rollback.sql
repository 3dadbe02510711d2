-- Rollback, every phase of migration filled_from_renamed_key
-- New columns are computed from keys that get another name in place, their own table's and another one's
-- sqlite 3.40; strategy expand_migrate_contract; risk high; forgelua 0.1.0
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
-- Check: step 7 must be done before this: Drop the trigger that filled twice, organisation of users. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 7 must be done before this: Drop the trigger that filled twice, organisation of users', '1', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = 'users__sync_ins' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 6 must be done before this: Rename users.id to uid. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 6 must be done before this: Rename users.id to uid', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('users') WHERE name = 'uid') THEN '1' ELSE '0' END) AS text));
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
-- Undo step 7 of 8, contract: Drop the trigger that filled twice, organisation of users
--   Id:           users.twice/contract/stop-filling
-- ============================================================================
.print 'undo step 7 of 8: Drop the trigger that filled twice, organisation of users'
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
.print 'undo step 7 of 8: done'

-- ============================================================================
-- Undo step 6 of 8, switch: Rename users.id to uid
--   Id:           users.id/switch/rename
-- ============================================================================
.print 'undo step 6 of 8: Rename users.id to uid'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "users__sync_ins";
DROP TRIGGER IF EXISTS "users__sync_upd";
ALTER TABLE "users" RENAME COLUMN "uid" TO id;
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
.print 'undo step 6 of 8: done'

-- ============================================================================
-- Undo step 5 of 8, switch: Rename accounts.id to account
--   Id:           accounts.id/switch/rename
-- ============================================================================
.print 'undo step 5 of 8: Rename accounts.id to account'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "users__sync_ins";
DROP TRIGGER IF EXISTS "users__sync_upd";
ALTER TABLE "accounts" RENAME COLUMN "account" TO id;
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
.print 'undo step 5 of 8: done'

-- ============================================================================
-- Undo step 4 of 8, migrate: Backfill organisation of users
--   Id:           users.organisation/migrate/backfill
-- ============================================================================
.print 'undo step 4 of 8: Backfill organisation of users'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 4 of 8: done'

-- ============================================================================
-- Undo step 3 of 8, migrate: Backfill twice of users
--   Id:           users.twice/migrate/backfill
-- ============================================================================
.print 'undo step 3 of 8: Backfill twice of users'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 8: done'

-- ============================================================================
-- Undo step 2 of 8, migrate: Keep twice, organisation of users filled for new rows
--   Id:           users.twice/migrate/keep-filled
-- ============================================================================
.print 'undo step 2 of 8: Keep twice, organisation of users filled for new rows'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "users__sync_ins";
DROP TRIGGER IF EXISTS "users__sync_upd";
COMMIT;
.print 'undo step 2 of 8: done'

-- ============================================================================
-- Undo step 1 of 8, expand: Add twice, organisation to users, empty and not insisting
--   Id:           users.twice/expand/add-column
-- ============================================================================
.print 'undo step 1 of 8: Add twice, organisation to users, empty and not insisting'
BEGIN IMMEDIATE;
ALTER TABLE "users" DROP COLUMN "organisation";
ALTER TABLE "users" DROP COLUMN "twice";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 8: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
