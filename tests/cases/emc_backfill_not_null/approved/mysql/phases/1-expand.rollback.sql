-- Rollback of phase expand, schema of migration emc_backfill_not_null
-- Everyone is in a group
-- mysql 8.4; strategy expand_migrate_contract; risk high; forgelua 0.1.0
-- Run in this folder: mysql --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < phases/1-expand.rollback.sql

SET NAMES utf8mb4;
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';
SET SESSION time_zone = '+00:00';
SET SESSION foreign_key_checks = 1;
SET SESSION unique_checks = 1;
-- A statement that cannot have its metadata lock within five seconds gives up (the server's default is a day or a year).
SET SESSION lock_wait_timeout = 5;
SET SESSION innodb_lock_wait_timeout = 50;

-- ============================================================================
-- Undo step 1 of 6, expand: Add grp to users, empty and not insisting
--   Id:           users.grp/expand/add-column
-- ============================================================================
SELECT 'undo step 1 of 6: Add grp to users, empty and not insisting' AS `forgelua`;
ALTER TABLE `users`
  DROP COLUMN `grp`,
  ALGORITHM=INSTANT;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_backfill_errors;
DROP TABLE IF EXISTS forgelua_sync_errors;
SELECT 'rollback: done' AS `forgelua`;
