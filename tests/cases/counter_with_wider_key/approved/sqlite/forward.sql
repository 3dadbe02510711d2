-- Forward, every phase of migration counter_with_wider_key
-- A key that the application gave becomes wider, and is counted from then on
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

-- ============================================================================
-- Step 1 of 5, switch: Stop every application that writes tickets
--   Id:           tickets/switch/stop
--   Why:          nobody may write while the tables change in one go
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet; the application stands still from here to the start
--   Way back:     yes, nothing is lost
--   Hazards:      downtime
-- ============================================================================
.print 'step 1 of 5: Stop every application that writes tickets'
-- Nothing to run in the database.
.print 'step 1 of 5: done'
-- Application: Stop or set to maintenance: web, workers, cron. Check that no session is left that writes tickets.

-- ============================================================================
-- Step 2 of 5, switch: Back up tickets
--   Id:           tickets/switch/backup
--   Why:          what this sitting breaks is restored from here
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 2 of 5: Back up tickets'
-- Nothing to run in the database.
.print 'step 2 of 5: done'
-- Application: Back up the database and note the row counts: SELECT COUNT(*) FROM "tickets".

-- ============================================================================
-- Step 3 of 5, switch: Change how values are generated for tickets.id
--   Id:           tickets.id/switch/identity
--   Why:          rows that stand keep their values
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 3 of 5: Change how values are generated for tickets.id'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('tickets') OR lower(f."table") IN ('tickets'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'tickets');
CREATE TABLE "tickets__rebuild" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "a" integer
);
INSERT INTO "tickets__rebuild" ("id", "a")
  SELECT "id", "a" FROM "tickets";
DROP TABLE "tickets";
ALTER TABLE "tickets__rebuild" RENAME TO "tickets";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('tickets') OR lower(f."table") IN ('tickets'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 3 of 5: done'

-- ============================================================================
-- Step 4 of 5, switch: Validate tickets
--   Id:           tickets/switch/validate
--   Why:          before anybody writes again
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 4 of 5: Validate tickets'
-- Nothing to run in the database.
.print 'step 4 of 5: done'
-- Application: Start only when the validation script of what has just run exits with 0. Else roll back: nobody has written yet.

-- ============================================================================
-- Step 5 of 5, switch: Start the new application
--   Id:           tickets/switch/start
--   Why:          the schema is the one that it knows
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 5 of 5: Start the new application'
-- Nothing to run in the database.
.print 'step 5 of 5: done'
-- Application: Deploy and start the application that knows the new schema; watch errors for 15 minutes.
.print 'forward: done'
