-- Forward, every phase of migration columns_swapped
-- Two columns exchange their names, and two pass theirs on
-- mysql 8.4; strategy big_bang; risk high; forgelua 0.1.0
-- Run in this folder: mysql --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.

SET NAMES utf8mb4;
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';
SET SESSION time_zone = '+00:00';
SET SESSION foreign_key_checks = 1;
SET SESSION unique_checks = 1;
-- A statement that cannot have its metadata lock within five seconds gives up (the server's default is a day or a year).
SET SESSION lock_wait_timeout = 5;
SET SESSION innodb_lock_wait_timeout = 50;
CREATE TEMPORARY TABLE forgelua_guard (check_failed int NOT NULL, expected text, actual text,
  CONSTRAINT actual_is_what_was_expected CHECK (actual <=> expected))
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- ============================================================================
-- Is it this script's turn? Where one of these checks fails, nothing has been touched: it has run already,
-- or a script that comes before it has not. After a stop in the middle see "When a script stops" in runbook.md.
-- ============================================================================
-- Check: step 1 must not be done at this point: Rename ledger.y to z. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ledger' AND COLUMN_NAME = 'z') AND NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ledger' AND COLUMN_NAME = 'y') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 1 must not be done at this point: Rename ledger.y to z')), '0', @forgelua_actual);
-- Check: step 5 must not be done at this point: Rename pairs.a to a__moved. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'pairs' AND COLUMN_NAME = 'a__moved') AND NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'pairs' AND COLUMN_NAME = 'a') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 5 must not be done at this point: Rename pairs.a to a__moved')), '0', @forgelua_actual);
-- Check: the whole plan must not be done at this point: rename_column ledger.z. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ledger' AND COLUMN_NAME = 'z') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must not be done at this point: rename_column ledger.z')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 9, switch: Rename ledger.y to z
--   Id:           ledger.y/switch/rename
--   Why:          metadata only; both names cannot be served at once this way
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say y fail from here; those that say z failed until here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
SELECT 'step 1 of 9: Rename ledger.y to z' AS `forgelua`;
ALTER TABLE `ledger`
  RENAME COLUMN `y` TO `z`,
  ALGORITHM=INSTANT;
SELECT 'step 1 of 9: done' AS `forgelua`;
-- Application: Deploy the application that says z together with this step.

-- ============================================================================
-- Step 2 of 9, switch: Rename ledger.x to y
--   Id:           ledger.x/switch/rename
--   Why:          metadata only; both names cannot be served at once this way
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say x fail from here; those that say y failed until here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
SELECT 'step 2 of 9: Rename ledger.x to y' AS `forgelua`;
ALTER TABLE `ledger`
  RENAME COLUMN `x` TO `y`,
  ALGORITHM=INSTANT;
SELECT 'step 2 of 9: done' AS `forgelua`;
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
SELECT 'step 3 of 9: Stop every application that writes pairs' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 3 of 9: done' AS `forgelua`;
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
SELECT 'step 4 of 9: Back up pairs' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 4 of 9: done' AS `forgelua`;
-- Application: Back up the database and note the row counts: SELECT COUNT(*) FROM `pairs`.

-- ============================================================================
-- Step 5 of 9, switch: Rename pairs.a to a__moved
--   Id:           pairs.a/switch/rename
--   Why:          metadata only; both names cannot be served at once this way
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say a fail from here; those that say a__moved failed until here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
SELECT 'step 5 of 9: Rename pairs.a to a__moved' AS `forgelua`;
ALTER TABLE `pairs`
  RENAME COLUMN `a` TO `a__moved`,
  ALGORITHM=INSTANT;
SELECT 'step 5 of 9: done' AS `forgelua`;
-- Application: Deploy the application that says a__moved together with this step.

-- ============================================================================
-- Step 6 of 9, switch: Rename pairs.b to a
--   Id:           pairs.b/switch/rename
--   Why:          metadata only; both names cannot be served at once this way
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say b fail from here; those that say a failed until here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
SELECT 'step 6 of 9: Rename pairs.b to a' AS `forgelua`;
ALTER TABLE `pairs`
  RENAME COLUMN `b` TO `a`,
  ALGORITHM=INSTANT;
SELECT 'step 6 of 9: done' AS `forgelua`;
-- Application: Deploy the application that says a together with this step.

-- ============================================================================
-- Step 7 of 9, switch: Rename pairs.a__moved to b
--   Id:           pairs.a__moved/switch/rename
--   Why:          metadata only; both names cannot be served at once this way
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say a__moved fail from here; those that say b failed until here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
SELECT 'step 7 of 9: Rename pairs.a__moved to b' AS `forgelua`;
ALTER TABLE `pairs`
  RENAME COLUMN `a__moved` TO `b`,
  ALGORITHM=INSTANT;
SELECT 'step 7 of 9: done' AS `forgelua`;
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
SELECT 'step 8 of 9: Validate pairs' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 8 of 9: done' AS `forgelua`;
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
SELECT 'step 9 of 9: Start the new application' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 9 of 9: done' AS `forgelua`;
-- Application: Deploy and start the application that knows the new schema; watch errors for 15 minutes.

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'forward: done' AS `forgelua`;
