-- Phase migrate, schema of migration emc_backfill_not_null
-- Everyone is in a group
-- sqlite 3.40; strategy expand_migrate_contract; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/2-migrate.sql

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
-- Check: step 1 must be done before this: Add grp to users, empty and not insisting. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must be done before this: Add grp to users, empty and not insisting', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('users') WHERE name = 'grp' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 2 must not be done at this point: Keep grp of users filled for new rows. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 2 must not be done at this point: Keep grp of users filled for new rows', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = 'users__sync_ins' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 5 must not be done at this point: Make users.grp NOT NULL. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 5 must not be done at this point: Make users.grp NOT NULL', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('users') WHERE name = 'grp' COLLATE NOCASE AND lower(type) = 'varchar(10)' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 2 of 6, migrate: Keep grp of users filled for new rows
--   Id:           users.grp/migrate/keep-filled
--   Why:          the deployed application does not write it; a trigger does, so that the backfill has an end
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger
-- ============================================================================
.print 'step 2 of 6: Keep grp of users filled for new rows'
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
  UPDATE OR IGNORE "users" SET "grp" = (CASE WHEN age > 60 THEN 'old' ELSE 'young' END) WHERE rowid = NEW.rowid AND "grp" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'users__sync';
END;
CREATE TRIGGER "users__sync_upd" AFTER UPDATE ON "users"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'users__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('users__sync');
  UPDATE OR IGNORE "users" SET "grp" = (CASE WHEN age > 60 THEN 'old' ELSE 'young' END) WHERE rowid = NEW.rowid AND ("grp" IS NULL OR (NEW."age" IS NOT OLD."age") AND NOT (NEW."grp" IS NOT OLD."grp") AND OLD."grp" IS (SELECT CASE WHEN age > 60 THEN 'old' ELSE 'young' END FROM (SELECT OLD."age" AS "age") AS "users"));
  DELETE FROM forgelua_marker WHERE name = 'users__sync';
END;
COMMIT;
.print 'step 2 of 6: done'
-- Application: From here the new application may write grp itself; what it writes stands.

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
