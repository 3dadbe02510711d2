-- WARNING: rollback is destructive — PRIMARY data will be lost: rows of readings that agree in what PRIMARY held apart: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration primary_key_change
-- Readings are keyed by sensor and time
-- mysql 8.4; strategy direct; risk high; forgelua 0.1.0
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

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no two rows of readings agree in (`id`). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM `readings` WHERE `id` IS NOT NULL GROUP BY `id` HAVING COUNT(*) > 1) AS doubled) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no two rows of readings agree in (`id`)')), '0', @forgelua_actual);
-- Check: no row of readings has NULL in id. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `readings` WHERE `id` IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of readings has NULL in id')), '0', @forgelua_actual);

-- ============================================================================
-- Undo step 1 of 1, switch: Replace the primary key PRIMARY on readings
--   Id:           readings.PRIMARY/switch/replace
--   Loses:        rows of readings that agree in what PRIMARY held apart: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 1 of 1: Replace the primary key PRIMARY on readings' AS `forgelua`;
ALTER TABLE `readings`
  DROP PRIMARY KEY,
  ADD PRIMARY KEY (`id`),
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 1 of 1: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
