-- Rollback of phase migrate, rows of migration rename_column
-- The age is called years
-- mysql 8.4; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: mysql --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < phases/2-backfill.rollback.sql

SET NAMES utf8mb4;
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';
SET SESSION time_zone = '+00:00';
SET SESSION foreign_key_checks = 1;
SET SESSION unique_checks = 1;
-- A statement that cannot have its metadata lock within five seconds gives up (the server's default is a day or a year).
SET SESSION lock_wait_timeout = 5;
SET SESSION innodb_lock_wait_timeout = 50;

-- ============================================================================
-- Undo step 3 of 8, migrate: Convert age of users into years
--   Id:           users.years/migrate/backfill
-- ============================================================================
SELECT 'undo step 3 of 8: Convert age of users into years' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'rollback: done' AS `forgelua`;
