-- Rollback, every phase of migration rename_index
-- The index gets its proper name
-- mysql 8.4; strategy direct; risk low; forgelua 0.1.0
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
CREATE TEMPORARY TABLE forgelua_guard (check_failed int NOT NULL, expected text, actual text,
  CONSTRAINT actual_is_what_was_expected CHECK (actual <=> expected))
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- ============================================================================
-- Is it this script's turn? Where one of these checks fails, nothing has been touched: it has run already,
-- or a script that comes before it has not. After a stop in the middle see "When a script stops" in runbook.md.
-- ============================================================================
-- Check: step 1 must be done before this: Rename the index idx1 to users_name_idx. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users' AND INDEX_NAME = 'users_name_idx' AND NON_UNIQUE = 1) AND NOT EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users' AND INDEX_NAME = 'idx1' AND NON_UNIQUE = 1) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 1 must be done before this: Rename the index idx1 to users_name_idx')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 1 of 1, switch: Rename the index idx1 to users_name_idx
--   Id:           users.users_name_idx/switch/rename
-- ============================================================================
SELECT 'undo step 1 of 1: Rename the index idx1 to users_name_idx' AS `forgelua`;
ALTER TABLE `users`
  RENAME INDEX `users_name_idx` TO `idx1`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 1 of 1: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
