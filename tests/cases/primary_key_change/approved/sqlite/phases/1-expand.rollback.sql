-- Rollback of phase expand, schema of migration primary_key_change
-- Readings are keyed by sensor and time
-- sqlite 3.40; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/1-expand.rollback.sql

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
-- Check: step 1 must be done before this: Create readings__new in the new shape of readings. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must be done before this: Create readings__new in the new shape of readings', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'readings__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 2 must not be done at this point: Repeat every write to readings on readings__new. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 2 must not be done at this point: Repeat every write to readings on readings__new', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = 'readings__sync_ins' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 1 of 9, expand: Create readings__new in the new shape of readings
--   Id:           readings/expand/create-copy
-- ============================================================================
.print 'undo step 1 of 9: Create readings__new in the new shape of readings'
BEGIN IMMEDIATE;
DROP TABLE "readings__new";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 9: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
