-- Forward, every phase of migration create_index
-- Users are searched by name
-- mysql 8.4; strategy direct; risk medium; forgelua 0.1.0
-- Run in this folder: mysql --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < forward.sql
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
-- Check: step 1 must not be done at this point: Add the index users_name_idx on users. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users' AND INDEX_NAME = 'users_name_idx' AND NON_UNIQUE = 1) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 1 must not be done at this point: Add the index users_name_idx on users')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 1, expand: Add the index users_name_idx on users
--   Id:           users.users_name_idx/expand/add-index
--   Why:          the new schema's queries use it
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for as long as the step runs (under 1 s), ALGORITHM=INPLACE
--   Note:         an exclusive metadata lock for an instant at the start and the end; a replica replays it in one piece and lags for as long
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
SELECT 'step 1 of 1: Add the index users_name_idx on users' AS `forgelua`;
ALTER TABLE `users`
  ADD KEY `users_name_idx` (`name`, `age` DESC),
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 1 of 1: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'forward: done' AS `forgelua`;
