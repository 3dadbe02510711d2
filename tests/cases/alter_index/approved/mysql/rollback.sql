-- Rollback, every phase of migration alter_index
-- The index covers the age too
-- mysql 8.4; strategy direct; risk medium; forgelua 0.1.0
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
-- Undo step 2 of 2, switch: Let the new definition take over the index users_name_idx on users
--   Id:           users.users_name_idx/switch/take-over
-- ============================================================================
SELECT 'undo step 2 of 2: Let the new definition take over the index users_name_idx on users' AS `forgelua`;
ALTER TABLE `users`
  RENAME INDEX `users_name_idx` TO `users_name_idx__new`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
ALTER TABLE `users`
  ADD KEY `users_name_idx` (`name`),
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 2 of 2: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 2, switch: Add the index users_name_idx__new on users
--   Id:           users.users_name_idx__new/switch/add-index
-- ============================================================================
SELECT 'undo step 1 of 2: Add the index users_name_idx__new on users' AS `forgelua`;
ALTER TABLE `users`
  DROP INDEX `users_name_idx__new`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 1 of 2: done' AS `forgelua`;
SELECT 'rollback: done' AS `forgelua`;
