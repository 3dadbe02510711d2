-- Rollback of phase migrate, rows of migration emc_backfill_not_null
-- Everyone is in a group
-- sqlite 3.40; strategy expand_migrate_contract; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/2-backfill.rollback.sql

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
-- Undo step 3 of 6, migrate: Backfill grp of users
--   Id:           users.grp/migrate/backfill
-- ============================================================================
.print 'undo step 3 of 6: Backfill grp of users'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 6: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
