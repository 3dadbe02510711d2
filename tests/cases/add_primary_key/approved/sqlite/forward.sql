-- Forward, every phase of migration add_primary_key
-- Readings get a primary key
-- sqlite 3.40; strategy direct; risk high; forgelua 0.1.0
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
-- Step 1 of 1, switch: Add the primary key on readings
--   Id:           readings.primary_key/switch/add-primary-key
--   Why:          the new schema promises it
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (6 s), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     6 s
--   Applications: old works, new works; writes that would double a value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
.print 'step 1 of 1: Add the primary key on readings'
-- Check: no two rows of readings agree in ("at"). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no two rows of readings agree in ("at")', '0', CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM "readings" WHERE "at" IS NOT NULL GROUP BY "at" HAVING COUNT(*) > 1) AS doubled) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of readings has NULL in at. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of readings has NULL in at', '0', CAST((SELECT COUNT(*) FROM "readings" WHERE "at" IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('readings') OR lower(f."table") IN ('readings'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'readings');
CREATE TABLE "readings__rebuild" (
  "at" bigint NOT NULL PRIMARY KEY,
  "v" integer
);
INSERT INTO "readings__rebuild" (rowid, "at", "v")
  SELECT rowid, "at", "v" FROM "readings";
DROP TABLE "readings";
ALTER TABLE "readings__rebuild" RENAME TO "readings";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('readings') OR lower(f."table") IN ('readings'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 1 of 1: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
