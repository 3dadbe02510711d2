-- Forward, every phase of migration rename_index
-- The index gets its proper name
-- mysql 8.4; strategy direct; risk low; forgelua 0.1.0
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

-- ============================================================================
-- Step 1 of 1, switch: Rename the index idx1 to users_name_idx
--   Id:           users.users_name_idx/switch/rename
--   Why:          metadata only
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Note:         an exclusive metadata lock for an instant at the start and the end
--   Estimate:     under 1 s
--   Applications: old works, new works; statements that name it (hints) must follow
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 1 of 1: Rename the index idx1 to users_name_idx' AS `forgelua`;
ALTER TABLE `users`
  RENAME INDEX `idx1` TO `users_name_idx`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'forward: done' AS `forgelua`;
