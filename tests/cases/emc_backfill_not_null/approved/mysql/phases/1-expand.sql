-- Phase expand, schema of migration emc_backfill_not_null
-- Everyone is in a group
-- mysql 8.4; strategy expand_migrate_contract; risk high; forgelua 0.1.0
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
-- Step 1 of 6, expand: Add grp to users, empty and not insisting
--   Id:           users.grp/expand/add-column
--   Why:          adding it with its values would rewrite or lock the table; empty, it costs nothing
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
SELECT 'step 1 of 6: Add grp to users, empty and not insisting' AS `forgelua`;
ALTER TABLE `users`
  ADD COLUMN `grp` varchar(10) NULL INVISIBLE,
  ALGORITHM=INSTANT;
SELECT 'forward: done' AS `forgelua`;
