-- Rollback, every phase of migration rename_table_and_change
-- Users are called people and may have a phone
-- mariadb 10.11; strategy direct; risk high; forgelua 0.1.0
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
CREATE TEMPORARY TABLE forgelua_guard (check_failed int NOT NULL, expected text, actual text,
  CONSTRAINT actual_is_what_was_expected CHECK (actual <=> expected))
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- ============================================================================
-- Is it this script's turn? Where one of these checks fails, nothing has been touched: it has run already,
-- or a script that comes before it has not. After a stop in the middle see "When a script stops" in runbook.md.
-- ============================================================================
-- Check: step 5 must be done before this: Drop the view that served the old name users. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users' AND TABLE_TYPE = 'VIEW') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 5 must be done before this: Drop the view that served the old name users')), '1', @forgelua_actual);
-- Check: the whole plan must be done before this: rename_table people. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'people' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) AND NOT EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must be done before this: rename_table people')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 5 of 5, contract: Drop the view that served the old name users
--   Id:           people/contract/drop-old-name
-- ============================================================================
SELECT 'undo step 5 of 5: Drop the view that served the old name users' AS `forgelua`;
CREATE VIEW `users` AS SELECT `id`, `name`, `age`, `phone` FROM `people`;
SELECT 'undo step 5 of 5: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 5, switch: Rename users to people
--   Id:           users/switch/rename-table
-- ============================================================================
SELECT 'undo step 4 of 5: Rename users to people' AS `forgelua`;
CREATE OR REPLACE VIEW `users` AS SELECT `id`, `name`, `age`, `phone` FROM `people`;
CREATE VIEW `people__view` AS SELECT `id`, `name`, `age` FROM `users`;
RENAME TABLE `users` TO `users__gone`, `people` TO `users`, `people__view` TO `people`;
DROP VIEW `users__gone`;
SELECT 'undo step 4 of 5: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 5, expand: Add the index people_phone_idx on users
--   Id:           users.people_phone_idx/expand/add-index
-- ============================================================================
SELECT 'undo step 3 of 5: Add the index people_phone_idx on users' AS `forgelua`;
ALTER TABLE `users`
  DROP INDEX `people_phone_idx`,
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'undo step 3 of 5: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 5, expand: Add users.phone
--   Id:           users.phone/expand/add-column
-- ============================================================================
SELECT 'undo step 2 of 5: Add users.phone' AS `forgelua`;
ALTER TABLE `users`
  DROP COLUMN `phone`,
  ALGORITHM=INSTANT;
SELECT 'undo step 2 of 5: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 5, expand: Serve users under its new name people by a view
--   Id:           people/expand/view-under-new-name
-- ============================================================================
SELECT 'undo step 1 of 5: Serve users under its new name people by a view' AS `forgelua`;
DROP VIEW `people`;
SELECT 'undo step 1 of 5: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
