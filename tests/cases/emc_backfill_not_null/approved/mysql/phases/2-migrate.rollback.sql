-- Rollback of phase migrate, schema of migration emc_backfill_not_null
-- Everyone is in a group
-- mysql 8.4; strategy expand_migrate_contract; risk high; forgelua 0.1.0
-- Run in this folder: mysql --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < phases/2-migrate.rollback.sql

SET NAMES utf8mb4;
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';
SET SESSION time_zone = '+00:00';
SET SESSION foreign_key_checks = 1;
SET SESSION unique_checks = 1;
-- A statement that cannot have its metadata lock within five seconds gives up (the server's default is a day or a year).
SET SESSION lock_wait_timeout = 5;
SET SESSION innodb_lock_wait_timeout = 50;

-- ============================================================================
-- Undo step 2 of 6, migrate: Keep grp of users filled for new rows
--   Id:           users.grp/migrate/keep-filled
-- ============================================================================
SELECT 'undo step 2 of 6: Keep grp of users filled for new rows' AS `forgelua`;
DROP TRIGGER IF EXISTS `users__sync_i`;
DROP TRIGGER IF EXISTS `users__sync_u`;
SELECT 'rollback: done' AS `forgelua`;
