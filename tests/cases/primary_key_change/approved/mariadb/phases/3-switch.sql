-- Phase switch, schema of migration primary_key_change
-- Readings are keyed by sensor and time
-- mariadb 10.11; strategy direct; risk high; forgelua 0.1.0
-- Run in this folder: mariadb --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < phases/3-switch.sql

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
-- Step 1 of 1, switch: Replace the primary key PRIMARY on readings
--   Id:           readings.PRIMARY/switch/replace
--   Why:          its definition changes
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for as long as the step runs (under 1 s), ALGORITHM=INPLACE, rewrites the table
--   Note:         an exclusive metadata lock for an instant at the start and the end; a replica replays it in one piece and lags for as long
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that would double a value fail from here
--   Way back:     loses rows of readings that agree in what PRIMARY held apart: the way back stops at them until they are changed
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 1 of 1: Replace the primary key PRIMARY on readings' AS `forgelua`;
-- Check: no two rows of readings agree in (`sensor`, `at`). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM `readings` WHERE `sensor` IS NOT NULL AND `at` IS NOT NULL GROUP BY `sensor`, `at` HAVING COUNT(*) > 1) AS doubled) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no two rows of readings agree in (`sensor`, `at`)')), '0', @forgelua_actual);
-- Check: no row of readings has NULL in sensor. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `readings` WHERE `sensor` IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of readings has NULL in sensor')), '0', @forgelua_actual);
-- Check: no row of readings has NULL in at. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `readings` WHERE `at` IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of readings has NULL in at')), '0', @forgelua_actual);
ALTER TABLE `readings`
  DROP PRIMARY KEY,
  ADD PRIMARY KEY (`sensor`, `at`),
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 1 of 1: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'forward: done' AS `forgelua`;
