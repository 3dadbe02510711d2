-- Rollback, every phase of migration drop_table_archived
-- The audit log goes, its rows stay in an archive
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
-- Undo step 2 of 2, contract: Drop the table audit
--   Id:           audit/contract/drop-table
-- ============================================================================
SELECT 'undo step 2 of 2: Drop the table audit' AS `forgelua`;
CREATE TABLE `audit` (
  `id` bigint NOT NULL,
  `what` text NULL,
  `at` timestamp NULL,
  PRIMARY KEY (`id`)
);

-- ============================================================================
-- Undo step 1 of 2, contract: Archive audit into audit__archive
--   Id:           audit/contract/archive
-- ============================================================================
SELECT 'undo step 1 of 2: Archive audit into audit__archive' AS `forgelua`;
INSERT INTO `audit` (`id`, `what`, `at`) SELECT `id`, `what`, `at` FROM `audit__archive`;
DROP TABLE `audit__archive`;
SELECT 'rollback: done' AS `forgelua`;
