-- Forward, every phase of migration drop_column
-- The age is no longer kept
-- mysql 8.4; strategy direct; risk high; forgelua 0.1.0
-- Run in this folder: mysql --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 1 is destructive — every value of users.age

SET NAMES utf8mb4;
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';
SET SESSION time_zone = '+00:00';
SET SESSION foreign_key_checks = 1;
SET SESSION unique_checks = 1;
-- A statement that cannot have its metadata lock within five seconds gives up (the server's default is a day or a year).
SET SESSION lock_wait_timeout = 5;
SET SESSION innodb_lock_wait_timeout = 50;

-- ============================================================================
-- Step 1 of 1, contract: Drop users.age
--   Id:           users.age/contract/drop-column
--   Why:          no application reads or writes it any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name users.age fail from here
--   Way back:     loses the values of users.age: the way back adds it again with NULL in every row
--   Hazards:      drop
-- ============================================================================
SELECT 'step 1 of 1: Drop users.age' AS `forgelua`;
ALTER TABLE `users`
  DROP COLUMN `age`,
  ALGORITHM=INSTANT;
-- Application: Check that no application, report or job names users.age any more.
SELECT 'forward: done' AS `forgelua`;
