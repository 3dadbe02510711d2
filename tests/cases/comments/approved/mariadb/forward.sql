-- Forward, every phase of migration comments
-- Tables and columns explain themselves
-- mariadb 10.11; strategy direct; risk medium; forgelua 0.1.0
-- Run in this folder: mariadb --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < forward.sql
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
-- Step 1 of 2, expand: Comment the table users
--   Id:           users/expand/comment
--   Why:          documentation only
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 1 of 2: Comment the table users' AS `forgelua`;
ALTER TABLE `users`
  COMMENT='People; not only customers',
  ALGORITHM=INSTANT;
SELECT 'step 1 of 2: done' AS `forgelua`;

-- ============================================================================
-- Step 2 of 2, expand: Comment users.name
--   Id:           users.name/expand/comment
--   Why:          documentation only
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 2 of 2: Comment users.name' AS `forgelua`;
ALTER TABLE `users`
  MODIFY COLUMN `name` varchar(80) NOT NULL COMMENT 'as it is in the passport',
  ALGORITHM=INSTANT;
SELECT 'step 2 of 2: done' AS `forgelua`;
SELECT 'forward: done' AS `forgelua`;
