-- Forward, every phase of migration row_format
-- Rows are compressed
-- mysql 8.4; strategy direct; risk medium; forgelua 0.1.0
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

-- ============================================================================
-- Step 1 of 1, switch: Change the options of users
--   Id:           users/switch/options
--   Why:          the new schema asks for them
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for as long as the step runs (unknown), ALGORITHM=INPLACE, rewrites the table
--   Note:         an exclusive metadata lock for an instant at the start and the end; a replica replays it in one piece and lags for as long
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 1 of 1: Change the options of users' AS `forgelua`;
ALTER TABLE `users`
  ROW_FORMAT=COMPACT,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 1 of 1: done' AS `forgelua`;
SELECT 'forward: done' AS `forgelua`;
