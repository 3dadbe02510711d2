-- Rollback, every phase of migration rename_table_and_change
-- Users are called people and may have a phone
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
-- Undo step 5 of 5, contract: Drop the view that served the old name users
--   Id:           people/contract/drop-old-name
-- ============================================================================
SELECT 'undo step 5 of 5: Drop the view that served the old name users' AS `forgelua`;
CREATE VIEW `users` AS SELECT `id`, `name`, `age`, `phone` FROM `people`;

-- ============================================================================
-- Undo step 4 of 5, switch: Rename users to people
--   Id:           users/switch/rename-table
-- ============================================================================
SELECT 'undo step 4 of 5: Rename users to people' AS `forgelua`;
CREATE OR REPLACE VIEW `users` AS SELECT `id`, `name`, `age`, `phone` FROM `people`;
CREATE VIEW `people__view` AS SELECT `id`, `name`, `age` FROM `users`;
RENAME TABLE `users` TO `users__gone`, `people` TO `users`, `people__view` TO `people`;
DROP VIEW `users__gone`;

-- ============================================================================
-- Undo step 3 of 5, expand: Add the index people_phone_idx on users
--   Id:           users.people_phone_idx/expand/add-index
-- ============================================================================
SELECT 'undo step 3 of 5: Add the index people_phone_idx on users' AS `forgelua`;
ALTER TABLE `users`
  DROP INDEX `people_phone_idx`,
  ALGORITHM=INPLACE,
  LOCK=NONE;

-- ============================================================================
-- Undo step 2 of 5, expand: Add users.phone
--   Id:           users.phone/expand/add-column
-- ============================================================================
SELECT 'undo step 2 of 5: Add users.phone' AS `forgelua`;
ALTER TABLE `users`
  DROP COLUMN `phone`,
  ALGORITHM=INSTANT;

-- ============================================================================
-- Undo step 1 of 5, expand: Serve users under its new name people by a view
--   Id:           people/expand/view-under-new-name
-- ============================================================================
SELECT 'undo step 1 of 5: Serve users under its new name people by a view' AS `forgelua`;
DROP VIEW `people`;
SELECT 'rollback: done' AS `forgelua`;
