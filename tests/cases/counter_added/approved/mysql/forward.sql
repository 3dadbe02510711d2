-- Forward, every phase of migration counter
-- mysql 8.4; strategy direct; risk high; forgelua 0.1.0
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
-- Step 1 of 1, expand: Add events.id
--   Id:           events.id/expand/add-column
--   Why:          the deployed application does not know the column and does not miss it
--   Lock:         SHARED_NO_WRITE metadata lock, blocks writes for as long as the step runs (unknown), ALGORITHM=INPLACE, rewrites the table, scans the table
--   Note:         a replica replays it in one piece and lags for as long
--   Estimate:     unknown
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
SELECT 'step 1 of 1: Add events.id' AS `forgelua`;
ALTER TABLE `events`
  ADD COLUMN `id` bigint NOT NULL AUTO_INCREMENT,
  ADD PRIMARY KEY (`id`),
  ALGORITHM=INPLACE,
  LOCK=SHARED;
SELECT 'forward: done' AS `forgelua`;
