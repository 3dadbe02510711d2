-- Forward, every phase of migration rename_index
-- The index gets its proper name
-- mariadb 10.11; strategy direct; risk low; forgelua 0.1.0
-- Run in this folder: mariadb --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.

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
-- Check: step 1 must not be done at this point: Rename the index idx1 to users_name_idx. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users' AND INDEX_NAME = 'users_name_idx' AND NON_UNIQUE = 1) AND NOT EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users' AND INDEX_NAME = 'idx1' AND NON_UNIQUE = 1) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 1 must not be done at this point: Rename the index idx1 to users_name_idx')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 1, switch: Rename the index idx1 to users_name_idx
--   Id:           users.users_name_idx/switch/rename
--   Why:          metadata only
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old works, new works; statements that name it (hints) must follow
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 1 of 1: Rename the index idx1 to users_name_idx' AS `forgelua`;
ALTER TABLE `users`
  RENAME INDEX `idx1` TO `users_name_idx`,
  ALGORITHM=INSTANT;
SELECT 'step 1 of 1: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'forward: done' AS `forgelua`;
