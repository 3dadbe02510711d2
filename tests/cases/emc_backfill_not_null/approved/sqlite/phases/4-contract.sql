-- Phase contract, schema of migration emc_backfill_not_null
-- Everyone is in a group
-- sqlite 3.40; strategy expand_migrate_contract; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/4-contract.sql

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
-- Check: step 2 must be done before this: Keep grp of users filled for new rows. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 2 must be done before this: Keep grp of users filled for new rows', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = 'users__sync_ins' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 4 must not be done at this point: Drop the trigger that filled grp of users. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 4 must not be done at this point: Drop the trigger that filled grp of users', '0', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = 'users__sync_ins' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 4 of 6, contract: Drop the trigger that filled grp of users
--   Id:           users.grp/contract/stop-filling
--   Why:          every application writes the column by itself now
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; rows of an application that leaves the column out are no longer filled
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 4 of 6: Drop the trigger that filled grp of users'
-- Check: step 3 has come to its end: Backfill grp of users. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 3 has come to its end: Backfill grp of users', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'users.grp/migrate/backfill' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of users has NULL in grp. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of users has NULL in grp', '0', CAST((SELECT COUNT(*) FROM "users" WHERE "grp" IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "users__sync_ins";
DROP TRIGGER IF EXISTS "users__sync_upd";
COMMIT;
.print 'step 4 of 6: done'
-- Application: Check that every deployed version writes grp.

-- ============================================================================
-- Step 5 of 6, contract: Make users.grp NOT NULL
--   Id:           users.grp/contract/not-null
--   Why:          every row has a value by now; from here the schema says so
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
.print 'step 5 of 6: Make users.grp NOT NULL'
-- Check: no row of users has NULL in grp. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of users has NULL in grp', '0', CAST((SELECT COUNT(*) FROM "users" WHERE "grp" IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('users') OR lower(f."table") IN ('users'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'users');
CREATE TABLE "users__rebuild" (
  "id" bigint NOT NULL PRIMARY KEY,
  "name" varchar(80) NOT NULL,
  "age" integer,
  "grp" varchar(10) NOT NULL
);
INSERT INTO "users__rebuild" (rowid, "id", "name", "age", "grp")
  SELECT rowid, "id", "name", "age", "grp" FROM "users";
DROP TABLE "users";
ALTER TABLE "users__rebuild" RENAME TO "users";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('users') OR lower(f."table") IN ('users'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 5 of 6: done'

-- ============================================================================
-- Step 6 of 6, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 6 of 6: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 6 of 6: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
