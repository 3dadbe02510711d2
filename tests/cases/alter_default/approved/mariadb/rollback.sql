-- Rollback, every phase of migration alter_default
-- New users are young
-- mariadb 10.11; strategy direct; risk low; forgelua 0.1.0
-- Run in this folder: mariadb --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < rollback.sql
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
-- Undo step 2 of 2, expand: Change the default of users.age
--   Id:           users.age/expand/default
-- ============================================================================
SELECT 'undo step 2 of 2: Change the default of users.age' AS `forgelua`;
ALTER TABLE `users`
  MODIFY COLUMN `age` int NULL,
  ALGORITHM=INSTANT;
SELECT 'undo step 2 of 2: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 2, expand: Change the default of users.name
--   Id:           users.name/expand/default
-- ============================================================================
SELECT 'undo step 1 of 2: Change the default of users.name' AS `forgelua`;
ALTER TABLE `users`
  MODIFY COLUMN `name` varchar(80) NOT NULL,
  ALGORITHM=INSTANT;
SELECT 'undo step 1 of 2: done' AS `forgelua`;
SELECT 'rollback: done' AS `forgelua`;
