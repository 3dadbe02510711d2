-- Forward, every phase of migration key_after_its_columns
-- A column gets another type, and its place in the key in a step behind that
-- sqlite 3.40; strategy big_bang; risk high; forgelua 0.1.0
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
-- Check: step 3 must not be done at this point: Change the type of t.a. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 3 must not be done at this point: Change the type of t.a', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('t') WHERE name = 'a' COLLATE NOCASE AND lower(type) = 'integer' AND dflt_value IS NULL AND pk = 1 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must not be done at this point: alter_column t.a. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must not be done at this point: alter_column t.a', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('t') WHERE name = 'a' COLLATE NOCASE AND lower(type) = 'integer' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 2 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 6, switch: Stop every application that writes t
--   Id:           t/switch/stop
--   Why:          nobody may write while the tables change in one go
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet; the application stands still from here to the start
--   Way back:     yes, nothing is lost
--   Hazards:      downtime
-- ============================================================================
.print 'step 1 of 6: Stop every application that writes t'
-- Nothing to run in the database.
.print 'step 1 of 6: done'
-- Application: Stop or set to maintenance: web, workers, cron. Check that no session is left that writes t.

-- ============================================================================
-- Step 2 of 6, switch: Back up t
--   Id:           t/switch/backup
--   Why:          what this sitting breaks is restored from here
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 2 of 6: Back up t'
-- Nothing to run in the database.
.print 'step 2 of 6: done'
-- Application: Back up the database and note the row counts: SELECT COUNT(*) FROM "t".

-- ============================================================================
-- Step 3 of 6, switch: Change the type of t.a
--   Id:           t.a/switch/type
--   Why:          the engine does this in place
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      type
-- ============================================================================
.print 'step 3 of 6: Change the type of t.a'
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
.print 'step 3 of 6: done'

-- ============================================================================
-- Step 4 of 6, switch: Replace the primary key on t
--   Id:           t.primary_key/switch/replace
--   Why:          its definition changes
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that would double a value fail from here
--   Way back:     loses rows of t that agree in what the primary key held apart: the way back stops at them until they are changed
--   Hazards:      constraint
-- ============================================================================
.print 'step 4 of 6: Replace the primary key on t'
-- Check: no two rows of t agree in ("b", "a"). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no two rows of t agree in ("b", "a")', '0', CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM "t" WHERE "b" IS NOT NULL AND "a" IS NOT NULL GROUP BY "b", "a" HAVING COUNT(*) > 1) AS doubled) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of t has NULL in b. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of t has NULL in b', '0', CAST((SELECT COUNT(*) FROM "t" WHERE "b" IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of t has NULL in a. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of t has NULL in a', '0', CAST((SELECT COUNT(*) FROM "t" WHERE "a" IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('t') OR lower(f."table") IN ('t'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 't');
CREATE TABLE "t__rebuild" (
  "a" integer NOT NULL,
  "b" integer NOT NULL,
  PRIMARY KEY ("b", "a")
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
.print 'step 4 of 6: done'

-- ============================================================================
-- Step 5 of 6, switch: Validate t
--   Id:           t/switch/validate
--   Why:          before anybody writes again
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 5 of 6: Validate t'
-- Nothing to run in the database.
.print 'step 5 of 6: done'
-- Application: Start only when the validation script of what has just run exits with 0. Else roll back: nobody has written yet.

-- ============================================================================
-- Step 6 of 6, switch: Start the new application
--   Id:           t/switch/start
--   Why:          the schema is the one that it knows
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 6 of 6: Start the new application'
-- Nothing to run in the database.
.print 'step 6 of 6: done'
-- Application: Deploy and start the application that knows the new schema; watch errors for 15 minutes.

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
