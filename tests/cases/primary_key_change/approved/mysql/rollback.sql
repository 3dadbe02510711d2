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

-- ============================================================================
-- Undo step 1 of 1, switch: Replace the primary key PRIMARY on readings
--   Id:           readings.PRIMARY/switch/replace
-- ============================================================================
SELECT 'undo step 1 of 1: Replace the primary key PRIMARY on readings' AS `forgelua`;
ALTER TABLE `readings`
  DROP PRIMARY KEY,
  ADD PRIMARY KEY (`id`),
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 1 of 1: done' AS `forgelua`;
SELECT 'rollback: done' AS `forgelua`;
