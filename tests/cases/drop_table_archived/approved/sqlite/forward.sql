-- Forward, every phase of migration drop_table_archived
-- The audit log and a tree go, their rows stay in archives
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
-- Is it this script's turn? Where one of these checks fails, nothing has been touched: it has run already,
-- or a script that comes before it has not. After a stop in the middle see "When a script stops" in runbook.md.
-- ============================================================================
-- Check: step 2 must not be done at this point: Drop the table audit. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 2 must not be done at this point: Drop the table audit', '0', CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'audit' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 4, contract: Archive audit into audit__archive
--   Id:           audit/contract/archive
--   Why:          the specification asks for it: the rows outlive the drop, and the way back restores them
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s)
--   Note:         SQL of the specification's own: what it takes depends on it; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; nothing writes the table any more
--   Way back:     yes, nothing is lost
--   Hazards:      archive
-- ============================================================================
.print 'step 1 of 4: Archive audit into audit__archive'
BEGIN IMMEDIATE;
CREATE TABLE "audit__archive" AS SELECT * FROM "audit" WHERE 1 = 0;
INSERT INTO "audit__archive" ("id", "what", "at") SELECT "id", "what", "at" FROM "audit";
COMMIT;
.print 'step 1 of 4: done'

-- ============================================================================
-- Step 2 of 4, contract: Drop the table audit
--   Id:           audit/contract/drop-table
--   Why:          no application reads or writes it any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name audit fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 2 of 4: Drop the table audit'
BEGIN IMMEDIATE;
DROP TABLE "audit";
COMMIT;
.print 'step 2 of 4: done'
-- Application: Check that no application, report or job names audit any more.

-- ============================================================================
-- Step 3 of 4, contract: Archive nodes into nodes__archive
--   Id:           nodes/contract/archive
--   Why:          the specification asks for it: the rows outlive the drop, and the way back restores them
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s)
--   Note:         SQL of the specification's own: what it takes depends on it; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; nothing writes the table any more
--   Way back:     yes, nothing is lost
--   Hazards:      archive
-- ============================================================================
.print 'step 3 of 4: Archive nodes into nodes__archive'
BEGIN IMMEDIATE;
CREATE TABLE "nodes__archive" AS SELECT * FROM "nodes" WHERE 1 = 0;
INSERT INTO "nodes__archive" ("id", "up", "owner") SELECT "id", "up", "owner" FROM "nodes";
COMMIT;
.print 'step 3 of 4: done'

-- ============================================================================
-- Step 4 of 4, contract: Drop the table nodes
--   Id:           nodes/contract/drop-table
--   Why:          no application reads or writes it any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name nodes fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 4 of 4: Drop the table nodes'
BEGIN IMMEDIATE;
DROP TABLE "nodes";
COMMIT;
.print 'step 4 of 4: done'
-- Application: Check that no application, report or job names nodes any more.

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
