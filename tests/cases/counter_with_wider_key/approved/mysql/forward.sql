-- Forward, every phase of migration counter_with_wider_key
-- A key that the application gave becomes wider, and is counted from then on
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
-- Check: step 3 must not be done at this point: Change the type of tickets.id. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'tickets' AND COLUMN_NAME = 'id') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'tickets' AND COLUMN_NAME = 'id' AND DATA_TYPE = 'bigint' AND COLUMN_TYPE NOT LIKE '%unsigned%') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 3 must not be done at this point: Change the type of tickets.id')), '0', @forgelua_actual);
-- Check: the whole plan must not be done at this point: alter_column tickets.id. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'tickets' AND COLUMN_NAME = 'id') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'tickets' AND COLUMN_NAME = 'id' AND DATA_TYPE = 'bigint' AND COLUMN_TYPE NOT LIKE '%unsigned%') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'tickets' AND COLUMN_NAME = 'id' AND EXTRA LIKE '%auto_increment%') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must not be done at this point: alter_column tickets.id')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 6, switch: Stop every application that writes tickets
--   Id:           tickets/switch/stop
--   Why:          nobody may write while the tables change in one go
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet; the application stands still from here to the start
--   Way back:     yes, nothing is lost
--   Hazards:      downtime
-- ============================================================================
SELECT 'step 1 of 6: Stop every application that writes tickets' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 1 of 6: done' AS `forgelua`;
-- Application: Stop or set to maintenance: web, workers, cron. Check that no session is left that writes tickets.

-- ============================================================================
-- Step 2 of 6, switch: Back up tickets
--   Id:           tickets/switch/backup
--   Why:          what this sitting breaks is restored from here
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 2 of 6: Back up tickets' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 2 of 6: done' AS `forgelua`;
-- Application: Back up the database and note the row counts: SELECT COUNT(*) FROM `tickets`.

-- ============================================================================
-- Step 3 of 6, switch: Change the type of tickets.id
--   Id:           tickets.id/switch/type
--   Why:          the engine does this in place
--   Lock:         SHARED_NO_WRITE metadata lock, blocks writes for as long as the step runs (under 1 s), ALGORITHM=COPY, rewrites the table, scans the table
--   Note:         a replica replays it in one piece and lags for as long
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses values of tickets.id that int cannot hold: the way back stops at them until they are changed
--   Hazards:      type
-- ============================================================================
SELECT 'step 3 of 6: Change the type of tickets.id' AS `forgelua`;
ALTER TABLE `tickets`
  MODIFY COLUMN `id` bigint NOT NULL,
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'step 3 of 6: done' AS `forgelua`;

-- ============================================================================
-- Step 4 of 6, switch: Change how values are generated for tickets.id
--   Id:           tickets.id/switch/identity
--   Why:          rows that stand keep their values
--   Lock:         SHARED_NO_WRITE metadata lock, blocks writes for as long as the step runs (under 1 s), ALGORITHM=COPY, rewrites the table, scans the table
--   Note:         a replica replays it in one piece and lags for as long
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 4 of 6: Change how values are generated for tickets.id' AS `forgelua`;
ALTER TABLE `tickets`
  MODIFY COLUMN `id` bigint NOT NULL AUTO_INCREMENT,
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'step 4 of 6: done' AS `forgelua`;

-- ============================================================================
-- Step 5 of 6, switch: Validate tickets
--   Id:           tickets/switch/validate
--   Why:          before anybody writes again
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 5 of 6: Validate tickets' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 5 of 6: done' AS `forgelua`;
-- Application: Start only when the validation script of what has just run exits with 0. Else roll back: nobody has written yet.

-- ============================================================================
-- Step 6 of 6, switch: Start the new application
--   Id:           tickets/switch/start
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
