-- WARNING: rollback is destructive — t (primary key) data will be lost: rows of t that agree in what the primary key held apart: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration key_after_its_columns
-- A column gets another type, and its place in the key in a step behind that
-- sqlite 3.40; strategy big_bang; risk high; forgelua 0.1.0
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
-- Check: the whole plan must be done before this: alter_column t.a. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must be done before this: alter_column t.a', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('t') WHERE name = 'a' COLLATE NOCASE AND lower(type) = 'integer' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 2 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no two rows of t agree in ("a"). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no two rows of t agree in ("a")', '0', CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM "t" WHERE "a" IS NOT NULL GROUP BY "a" HAVING COUNT(*) > 1) AS doubled) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of t has NULL in a. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of t has NULL in a', '0', CAST((SELECT COUNT(*) FROM "t" WHERE "a" IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 6 of 6, switch: Start the new application
--   Id:           t/switch/start
-- ============================================================================
.print 'undo step 6 of 6: Start the new application'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 6 of 6: done'

-- ============================================================================
-- Undo step 5 of 6, switch: Validate t
--   Id:           t/switch/validate
-- ============================================================================
.print 'undo step 5 of 6: Validate t'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 5 of 6: done'

-- ============================================================================
-- Undo step 4 of 6, switch: Replace the primary key on t
--   Id:           t.primary_key/switch/replace
--   Loses:        rows of t that agree in what the primary key held apart: the way back stops at them until they are changed
-- ============================================================================
.print 'undo step 4 of 6: Replace the primary key on t'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('t') OR lower(f."table") IN ('t'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 't');
CREATE TABLE "t__rebuild" (
  "a" integer PRIMARY KEY,
  "b" integer NOT NULL
);
INSERT INTO "t__rebuild" ("a", "b")
  SELECT "a", "b" FROM "t";
DROP TABLE "t";
ALTER TABLE "t__rebuild" RENAME TO "t";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('t') OR lower(f."table") IN ('t'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 4 of 6: done'

-- ============================================================================
-- Undo step 3 of 6, switch: Change the type of t.a
--   Id:           t.a/switch/type
-- ============================================================================
.print 'undo step 3 of 6: Change the type of t.a'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('t') OR lower(f."table") IN ('t'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 't');
CREATE TABLE "t__rebuild" (
  "a" smallint NOT NULL PRIMARY KEY,
  "b" integer NOT NULL
);
INSERT INTO "t__rebuild" (rowid, "a", "b")
  SELECT "a", "a", "b" FROM "t";
DROP TABLE "t";
ALTER TABLE "t__rebuild" RENAME TO "t";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('t') OR lower(f."table") IN ('t'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 3 of 6: done'

-- ============================================================================
-- Undo step 2 of 6, switch: Back up t
--   Id:           t/switch/backup
-- ============================================================================
.print 'undo step 2 of 6: Back up t'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 2 of 6: done'

-- ============================================================================
-- Undo step 1 of 6, switch: Stop every application that writes t
--   Id:           t/switch/stop
-- ============================================================================
.print 'undo step 1 of 6: Stop every application that writes t'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 1 of 6: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
