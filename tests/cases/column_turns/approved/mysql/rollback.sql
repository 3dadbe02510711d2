-- WARNING: rollback is destructive — parcels.label data will be lost: values of parcels.label that varchar(20) cannot hold: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration column_turns
-- A virtual column becomes a stored one, a column comes with a default for each row, a collation brings its character set
-- mysql 8.4; strategy big_bang; risk high; forgelua 0.1.0
-- Run in this folder: mysql --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < rollback.sql
-- Takes back a whole forward.sql. After some of the phases only, run their .rollback.sql files, last
-- phase first.

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
-- Check: step 4 must be done before this: Add parcels.token. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'parcels' AND COLUMN_NAME = 'token') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 4 must be done before this: Add parcels.token')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 7 of 7, switch: Start the new application
--   Id:           parcels/switch/start
-- ============================================================================
SELECT 'undo step 7 of 7: Start the new application' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 7 of 7: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 7, switch: Validate parcels
--   Id:           parcels/switch/validate
-- ============================================================================
SELECT 'undo step 6 of 7: Validate parcels' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 6 of 7: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 7, switch: Change the expression of parcels.kilos; Change the expression of parcels.pounds
--   Id:           parcels/switch/rewrite-once
-- ============================================================================
SELECT 'undo step 5 of 7: Change the expression of parcels.kilos; Change the expression of parcels.pounds' AS `forgelua`;
ALTER TABLE `parcels`
  DROP COLUMN `pounds`,
  ADD COLUMN `pounds` int GENERATED ALWAYS AS (grams DIV 454) STORED AFTER `kilos`,
  ALGORITHM=COPY,
  LOCK=SHARED;
ALTER TABLE `parcels`
  DROP INDEX `parcels_kilos`,
  DROP COLUMN `kilos`,
  ADD COLUMN `kilos` int GENERATED ALWAYS AS (grams DIV 1000) VIRTUAL AFTER `grams`,
  ADD KEY `parcels_kilos` (`kilos`, `id`),
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'undo step 5 of 7: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 7, switch: Add parcels.token
--   Id:           parcels.token/switch/add-column
-- ============================================================================
SELECT 'undo step 4 of 7: Add parcels.token' AS `forgelua`;
ALTER TABLE `parcels`
  DROP COLUMN `token`,
  ALGORITHM=INSTANT;
SELECT 'undo step 4 of 7: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 7, switch: Change the type of parcels.label
--   Id:           parcels.label/switch/type
--   Loses:        values of parcels.label that varchar(20) cannot hold: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 3 of 7: Change the type of parcels.label' AS `forgelua`;
ALTER TABLE `parcels`
  MODIFY COLUMN `label` varchar(20) NULL,
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'undo step 3 of 7: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 7, switch: Back up parcels
--   Id:           parcels/switch/backup
-- ============================================================================
SELECT 'undo step 2 of 7: Back up parcels' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 2 of 7: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 7, switch: Stop every application that writes parcels
--   Id:           parcels/switch/stop
-- ============================================================================
SELECT 'undo step 1 of 7: Stop every application that writes parcels' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 1 of 7: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
