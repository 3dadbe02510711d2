-- Forward, every phase of migration column_turns
-- A virtual column becomes a stored one, a column comes with a default for each row, a collation brings its character set
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
-- Check: step 4 must not be done at this point: Add parcels.token. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'parcels' AND COLUMN_NAME = 'token') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 4 must not be done at this point: Add parcels.token')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 7, switch: Stop every application that writes parcels
--   Id:           parcels/switch/stop
--   Why:          nobody may write while the tables change in one go
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet; the application stands still from here to the start
--   Way back:     yes, nothing is lost
--   Hazards:      downtime
-- ============================================================================
SELECT 'step 1 of 7: Stop every application that writes parcels' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 1 of 7: done' AS `forgelua`;
-- Application: Stop or set to maintenance: web, workers, cron. Check that no session is left that writes parcels.

-- ============================================================================
-- Step 2 of 7, switch: Back up parcels
--   Id:           parcels/switch/backup
--   Why:          what this sitting breaks is restored from here
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 2 of 7: Back up parcels' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 2 of 7: done' AS `forgelua`;
-- Application: Back up the database and note the row counts: SELECT COUNT(*) FROM `parcels`.

-- ============================================================================
-- Step 3 of 7, switch: Change the type of parcels.label
--   Id:           parcels.label/switch/type
--   Why:          the engine does this in place
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Note:         an exclusive metadata lock for an instant at the start and the end
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses values of parcels.label that varchar(20) cannot hold: the way back stops at them until they are changed
--   Hazards:      type
-- ============================================================================
SELECT 'step 3 of 7: Change the type of parcels.label' AS `forgelua`;
ALTER TABLE `parcels`
  MODIFY COLUMN `label` varchar(20) COLLATE utf8mb4_bin NULL,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 3 of 7: done' AS `forgelua`;

-- ============================================================================
-- Step 4 of 7, switch: Add parcels.token
--   Id:           parcels.token/switch/add-column
--   Why:          the deployed application does not know the column and does not miss it
--   Lock:         SHARED_NO_WRITE metadata lock, blocks writes for as long as the step runs (under 1 s), ALGORITHM=COPY, rewrites the table, scans the table
--   Note:         a replica replays it in one piece and lags for as long
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
SELECT 'step 4 of 7: Add parcels.token' AS `forgelua`;
ALTER TABLE `parcels`
  ADD COLUMN `token` varchar(36) NULL,
  ALGORITHM=INSTANT;
UPDATE `parcels` SET `token` = uuid();
ALTER TABLE `parcels`
  MODIFY COLUMN `token` varchar(36) NOT NULL DEFAULT (uuid()),
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 4 of 7: done' AS `forgelua`;

-- ============================================================================
-- Step 5 of 7, switch: Change the expression of parcels.kilos; Change the expression of parcels.pounds
--   Id:           parcels/switch/rewrite-once
--   Why:          the column is computed anew; the column is computed anew
--   Lock:         SHARED_NO_WRITE metadata lock, blocks writes for as long as the step runs (under 1 s), ALGORITHM=COPY, rewrites the table, scans the table
--   Note:         a replica replays it in one piece and lags for as long
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 5 of 7: Change the expression of parcels.kilos; Change the expression of parcels.pounds' AS `forgelua`;
ALTER TABLE `parcels`
  DROP INDEX `parcels_kilos`,
  DROP COLUMN `kilos`,
  ADD COLUMN `kilos` int GENERATED ALWAYS AS (grams DIV 1000) STORED AFTER `grams`,
  ADD KEY `parcels_kilos` (`kilos`, `id`),
  ALGORITHM=COPY,
  LOCK=SHARED;
ALTER TABLE `parcels`
  DROP COLUMN `pounds`,
  ADD COLUMN `pounds` int GENERATED ALWAYS AS (grams DIV 454) VIRTUAL AFTER `kilos`,
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'step 5 of 7: done' AS `forgelua`;

-- ============================================================================
-- Step 6 of 7, switch: Validate parcels
--   Id:           parcels/switch/validate
--   Why:          before anybody writes again
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 6 of 7: Validate parcels' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 6 of 7: done' AS `forgelua`;
-- Application: Start only when the validation script of what has just run exits with 0. Else roll back: nobody has written yet.

-- ============================================================================
-- Step 7 of 7, switch: Start the new application
--   Id:           parcels/switch/start
--   Why:          the schema is the one that it knows
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 7 of 7: Start the new application' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 7 of 7: done' AS `forgelua`;
-- Application: Deploy and start the application that knows the new schema; watch errors for 15 minutes.

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'forward: done' AS `forgelua`;
