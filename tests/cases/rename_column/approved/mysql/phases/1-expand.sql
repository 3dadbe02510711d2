-- Phase expand, schema of migration rename_column
-- The age is called years
-- mysql 8.4; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: mysql --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < phases/1-expand.sql

SET NAMES utf8mb4;
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';
SET SESSION time_zone = '+00:00';
SET SESSION foreign_key_checks = 1;
SET SESSION unique_checks = 1;
-- A statement that cannot have its metadata lock within five seconds gives up (the server's default is a day or a year).
SET SESSION lock_wait_timeout = 5;
SET SESSION innodb_lock_wait_timeout = 50;

-- ============================================================================
-- Step 1 of 8, expand: Add years beside age in users
--   Id:           users.years/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column, unless it is invisible, as here
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
SELECT 'step 1 of 8: Add years beside age in users' AS `forgelua`;
ALTER TABLE `users`
  ADD COLUMN `years` int NULL INVISIBLE,
  ALGORITHM=INSTANT;
SELECT 'forward: done' AS `forgelua`;
