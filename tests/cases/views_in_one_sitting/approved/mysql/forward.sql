-- Forward, every phase of migration sitting
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
-- Check: step 3 must not be done at this point: Change the type of items.a. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'items' AND COLUMN_NAME = 'a') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'items' AND COLUMN_NAME = 'a' AND DATA_TYPE = 'bigint' AND COLUMN_TYPE NOT LIKE '%unsigned%') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 3 must not be done at this point: Change the type of items.a')), '0', @forgelua_actual);
-- Check: the whole plan must not be done at this point: alter_column items.aa. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'items' AND COLUMN_NAME = 'aa') AND NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'items' AND COLUMN_NAME = 'a') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'items' AND COLUMN_NAME = 'aa' AND DATA_TYPE = 'bigint' AND COLUMN_TYPE NOT LIKE '%unsigned%') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must not be done at this point: alter_column items.aa')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 6, switch: Stop every application that writes items
--   Id:           items/switch/stop
--   Why:          nobody may write while the tables change in one go
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet; the application stands still from here to the start
--   Way back:     yes, nothing is lost
--   Hazards:      downtime
-- ============================================================================
SELECT 'step 1 of 6: Stop every application that writes items' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 1 of 6: done' AS `forgelua`;
-- Application: Stop or set to maintenance: web, workers, cron. Check that no session is left that writes items.

-- ============================================================================
-- Step 2 of 6, switch: Back up items
--   Id:           items/switch/backup
--   Why:          what this sitting breaks is restored from here
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 2 of 6: Back up items' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 2 of 6: done' AS `forgelua`;
-- Application: Back up the database and note the row counts: SELECT COUNT(*) FROM `items`.

-- ============================================================================
-- Step 3 of 6, switch: Change the type of items.a
--   Id:           items.a/switch/type
--   Why:          the engine does this in place
--   Lock:         SHARED_NO_WRITE metadata lock, blocks writes for as long as the step runs (under 1 s), ALGORITHM=COPY, rewrites the table, scans the table
--   Note:         a replica replays it in one piece and lags for as long
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses values of items.a that int cannot hold: the way back stops at them until they are changed
--   Hazards:      type
-- ============================================================================
SELECT 'step 3 of 6: Change the type of items.a' AS `forgelua`;
ALTER TABLE `items`
  MODIFY COLUMN `a` bigint NULL,
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'step 3 of 6: done' AS `forgelua`;

-- ============================================================================
-- Step 4 of 6, switch: Rename items.a to aa
--   Id:           items.a/switch/rename
--   Why:          metadata only; both names cannot be served at once this way
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Also locks:   above, plain
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say a fail from here; those that say aa failed until here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
SELECT 'step 4 of 6: Rename items.a to aa' AS `forgelua`;
LOCK TABLES `items` WRITE;
ALTER TABLE `items`
  RENAME COLUMN `a` TO `aa`,
  ALGORITHM=INSTANT;
UNLOCK TABLES;
CREATE OR REPLACE VIEW `plain` AS SELECT aa AS a, b FROM items;
CREATE OR REPLACE VIEW `above` AS SELECT a FROM plain;
SELECT 'step 4 of 6: done' AS `forgelua`;
-- Application: Deploy the application that says aa together with this step.

-- ============================================================================
-- Step 5 of 6, switch: Validate items
--   Id:           items/switch/validate
--   Why:          before anybody writes again
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 5 of 6: Validate items' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 5 of 6: done' AS `forgelua`;
-- Application: Start only when the validation script of what has just run exits with 0. Else roll back: nobody has written yet.

-- ============================================================================
-- Step 6 of 6, switch: Start the new application
--   Id:           items/switch/start
--   Why:          the schema is the one that it knows
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 6 of 6: Start the new application' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 6 of 6: done' AS `forgelua`;
-- Application: Deploy and start the application that knows the new schema; watch errors for 15 minutes.

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'forward: done' AS `forgelua`;
