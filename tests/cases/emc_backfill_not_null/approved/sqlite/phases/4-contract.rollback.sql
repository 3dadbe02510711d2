-- Rollback of phase contract, schema of migration emc_backfill_not_null
-- Everyone is in a group
-- sqlite 3.40; strategy expand_migrate_contract; risk high; forgelua 0.1.0
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
-- Check: step 5 must be done before this: Make users.grp NOT NULL. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 5 must be done before this: Make users.grp NOT NULL', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('users') WHERE name = 'grp' COLLATE NOCASE AND lower(type) = 'varchar(10)' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must be done before this: add_column users.grp. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must be done before this: add_column users.grp', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('users') WHERE name = 'grp' COLLATE NOCASE AND lower(type) = 'varchar(10)' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 6 of 6, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 6 of 6: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 6 of 6: done'

-- ============================================================================
-- Undo step 5 of 6, contract: Make users.grp NOT NULL
--   Id:           users.grp/contract/not-null
-- ============================================================================
.print 'undo step 5 of 6: Make users.grp NOT NULL'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('users') OR lower(f."table") IN ('users'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'users');
CREATE TABLE "users__rebuild" (
  "id" bigint NOT NULL PRIMARY KEY,
  "name" varchar(80) NOT NULL,
  "age" integer,
  "grp" varchar(10)
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
.print 'undo step 5 of 6: done'

-- ============================================================================
-- Undo step 4 of 6, contract: Drop the trigger that filled grp of users
--   Id:           users.grp/contract/stop-filling
-- ============================================================================
.print 'undo step 4 of 6: Drop the trigger that filled grp of users'
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
.print 'undo step 4 of 6: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
