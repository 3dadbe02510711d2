-- Forward, every phase of migration columns_swapped
-- Two columns exchange their names, and two pass theirs on
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
-- Check: step 1 must not be done at this point: Rename ledger.y to z. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Rename ledger.y to z', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('ledger') WHERE name = 'z') THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 5 must not be done at this point: Rename pairs.a to a__moved. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 5 must not be done at this point: Rename pairs.a to a__moved', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('pairs') WHERE name = 'a__moved') THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must not be done at this point: rename_column ledger.z. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must not be done at this point: rename_column ledger.z', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('ledger') WHERE name = 'z') THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 9, switch: Rename ledger.y to z
--   Id:           ledger.y/switch/rename
--   Why:          metadata only; both names cannot be served at once this way
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say y fail from here; those that say z failed until here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
.print 'step 1 of 9: Rename ledger.y to z'
BEGIN IMMEDIATE;
ALTER TABLE "ledger" RENAME COLUMN "y" TO z;
COMMIT;
.print 'step 1 of 9: done'
-- Application: Deploy the application that says z together with this step.

-- ============================================================================
-- Step 2 of 9, switch: Rename ledger.x to y
--   Id:           ledger.x/switch/rename
--   Why:          metadata only; both names cannot be served at once this way
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say x fail from here; those that say y failed until here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
.print 'step 2 of 9: Rename ledger.x to y'
BEGIN IMMEDIATE;
ALTER TABLE "ledger" RENAME COLUMN "x" TO y;
COMMIT;
.print 'step 2 of 9: done'
-- Application: Deploy the application that says y together with this step.

-- ============================================================================
-- Step 3 of 9, switch: Stop every application that writes pairs
--   Id:           pairs/switch/stop
--   Why:          nobody may write while the tables change in one go
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet; the application stands still from here to the start
--   Way back:     yes, nothing is lost
--   Hazards:      downtime
-- ============================================================================
.print 'step 3 of 9: Stop every application that writes pairs'
-- Nothing to run in the database.
.print 'step 3 of 9: done'
-- Application: Stop or set to maintenance: web, workers, cron. Check that no session is left that writes pairs.

-- ============================================================================
-- Step 4 of 9, switch: Back up pairs
--   Id:           pairs/switch/backup
--   Why:          what this sitting breaks is restored from here
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 4 of 9: Back up pairs'
-- Nothing to run in the database.
.print 'step 4 of 9: done'
-- Application: Back up the database and note the row counts: SELECT COUNT(*) FROM "pairs".

-- ============================================================================
-- Step 5 of 9, switch: Rename pairs.a to a__moved
--   Id:           pairs.a/switch/rename
--   Why:          metadata only; both names cannot be served at once this way
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say a fail from here; those that say a__moved failed until here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
.print 'step 5 of 9: Rename pairs.a to a__moved'
BEGIN IMMEDIATE;
ALTER TABLE "pairs" RENAME COLUMN "a" TO a__moved;
COMMIT;
.print 'step 5 of 9: done'
-- Application: Deploy the application that says a__moved together with this step.

-- ============================================================================
-- Step 6 of 9, switch: Rename pairs.b to a
--   Id:           pairs.b/switch/rename
--   Why:          metadata only; both names cannot be served at once this way
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say b fail from here; those that say a failed until here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
.print 'step 6 of 9: Rename pairs.b to a'
BEGIN IMMEDIATE;
ALTER TABLE "pairs" RENAME COLUMN "b" TO a;
COMMIT;
.print 'step 6 of 9: done'
-- Application: Deploy the application that says a together with this step.

-- ============================================================================
-- Step 7 of 9, switch: Rename pairs.a__moved to b
--   Id:           pairs.a__moved/switch/rename
--   Why:          metadata only; both names cannot be served at once this way
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say a__moved fail from here; those that say b failed until here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
.print 'step 7 of 9: Rename pairs.a__moved to b'
BEGIN IMMEDIATE;
ALTER TABLE "pairs" RENAME COLUMN "a__moved" TO b;
COMMIT;
.print 'step 7 of 9: done'
-- Application: Deploy the application that says b together with this step.

-- ============================================================================
-- Step 8 of 9, switch: Validate pairs
--   Id:           pairs/switch/validate
--   Why:          before anybody writes again
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 8 of 9: Validate pairs'
-- Nothing to run in the database.
.print 'step 8 of 9: done'
-- Application: Start only when the validation script of what has just run exits with 0. Else roll back: nobody has written yet.

-- ============================================================================
-- Step 9 of 9, switch: Start the new application
--   Id:           pairs/switch/start
--   Why:          the schema is the one that it knows
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 9 of 9: Start the new application'
-- Nothing to run in the database.
.print 'step 9 of 9: done'
-- Application: Deploy and start the application that knows the new schema; watch errors for 15 minutes.

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
