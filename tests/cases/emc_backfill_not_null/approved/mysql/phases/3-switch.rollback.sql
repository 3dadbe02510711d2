-- Rollback of phase switch, schema of migration emc_backfill_not_null
-- Everyone is in a group
-- mysql 8.4; strategy expand_migrate_contract; risk high; forgelua 0.1.0
-- Run in this folder: mysql --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < phases/3-switch.rollback.sql

SET NAMES utf8mb4;
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';
SET SESSION time_zone = '+00:00';
SET SESSION foreign_key_checks = 1;
SET SESSION unique_checks = 1;
-- A statement that cannot have its metadata lock within five seconds gives up (the server's default is a day or a year).
SET SESSION lock_wait_timeout = 5;
SET SESSION innodb_lock_wait_timeout = 50;

-- ============================================================================
-- Undo step 4 of 6, switch: Make users.grp NOT NULL
--   Id:           users.grp/switch/not-null
-- ============================================================================
SELECT 'undo step 4 of 6: Make users.grp NOT NULL' AS `forgelua`;
ALTER TABLE `users`
  MODIFY COLUMN `grp` varchar(10) NULL INVISIBLE,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'rollback: done' AS `forgelua`;
