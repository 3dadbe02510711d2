-- Rollback, every phase of migration generated_stored
-- The age in days is kept
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
-- Check: step 3 must be done before this: Add users.days. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 3 must be done before this: Add users.days', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('users') WHERE name = 'days' COLLATE NOCASE AND lower(type) = 'bigint' AND dflt_value IS NULL AND "notnull" = 0 AND pk = 0 AND hidden IN (2, 3)) AND EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'users' AND instr(replace(sql, '"', ''), 'GENERATED ALWAYS AS (age * 365) STORED') > 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 5 of 5, switch: Start the new application
--   Id:           users/switch/start
-- ============================================================================
.print 'undo step 5 of 5: Start the new application'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 5 of 5: done'

-- ============================================================================
-- Undo step 4 of 5, switch: Validate users
--   Id:           users/switch/validate
-- ============================================================================
.print 'undo step 4 of 5: Validate users'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 4 of 5: done'

-- ============================================================================
-- Undo step 3 of 5, switch: Add users.days
--   Id:           users.days/switch/add-column
-- ============================================================================
.print 'undo step 3 of 5: Add users.days'
BEGIN IMMEDIATE;
ALTER TABLE "users" DROP COLUMN "days";
COMMIT;
.print 'undo step 3 of 5: done'

-- ============================================================================
-- Undo step 2 of 5, switch: Back up users
--   Id:           users/switch/backup
-- ============================================================================
.print 'undo step 2 of 5: Back up users'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 2 of 5: done'

-- ============================================================================
-- Undo step 1 of 5, switch: Stop every application that writes users
--   Id:           users/switch/stop
-- ============================================================================
.print 'undo step 1 of 5: Stop every application that writes users'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 1 of 5: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
