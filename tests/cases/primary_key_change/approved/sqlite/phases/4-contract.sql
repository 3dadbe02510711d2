-- Phase contract, schema of migration primary_key_change
-- Readings are keyed by sensor and time
-- sqlite 3.40; strategy shadow_table; risk high; forgelua 0.1.0
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
-- Check: step 6 must not be done at this point: Stop repeating writes to readings on readings__old. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 6 must not be done at this point: Stop repeating writes to readings on readings__old', '0', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = 'readings__sync_ins' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 5 of 9, contract: From here the way back copies readings into readings__old again
--   Id:           readings/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 5 of 9: From here the way back copies readings into readings__old again'
-- Nothing to run in the database.
.print 'step 5 of 9: done'

-- ============================================================================
-- Step 6 of 9, contract: Stop repeating writes to readings on readings__old
--   Id:           readings/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 6 of 9: Stop repeating writes to readings on readings__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "readings__sync_ins";
DROP TRIGGER IF EXISTS "readings__sync_upd";
DROP TRIGGER IF EXISTS "readings__sync_del";
COMMIT;
.print 'step 6 of 9: done'

-- ============================================================================
-- Step 7 of 9, contract: Drop readings__old
--   Id:           readings/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 7 of 9: Drop readings__old'
BEGIN IMMEDIATE;
DROP TABLE "readings__old";
COMMIT;
.print 'step 7 of 9: done'

-- ============================================================================
-- Step 8 of 9, contract: Drop the index readings__new_key on readings
--   Id:           readings.readings__new_key/contract/drop-index
--   Why:          rows of the copy were found by it while both tables stood
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; queries that used the index get slower
--   Way back:     yes, nothing is lost
--   Hazards:      index drop
-- ============================================================================
.print 'step 8 of 9: Drop the index readings__new_key on readings'
BEGIN IMMEDIATE;
DROP INDEX "readings__new_key";
COMMIT;
.print 'step 8 of 9: done'

-- ============================================================================
-- Step 9 of 9, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 9 of 9: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 9 of 9: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
