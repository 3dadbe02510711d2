-- Forward, every phase of migration drop_table_archived
-- The audit log goes, its rows stay in an archive
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
-- Step 1 of 2, contract: Archive audit into audit__archive
--   Id:           audit/contract/archive
--   Why:          the specification asks for it: the rows outlive the drop, and the way back restores them
--   Lock:         as the statement takes, blocks reads and writes for as long as the step runs (under 1 s)
--   Note:         the statement is the user's own: its locks are not known here
--   Estimate:     under 1 s
--   Applications: old works, new works; nothing writes the table any more
--   Way back:     yes, nothing is lost
--   Hazards:      archive
-- ============================================================================
SELECT 'step 1 of 2: Archive audit into audit__archive' AS `forgelua`;
CREATE TABLE `audit__archive` AS SELECT * FROM `audit` WHERE 1 = 0;
INSERT INTO `audit__archive` (`id`, `what`, `at`) SELECT `id`, `what`, `at` FROM `audit`;

-- ============================================================================
-- Step 2 of 2, contract: Drop the table audit
--   Id:           audit/contract/drop-table
--   Why:          no application reads or writes it any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name audit fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
SELECT 'step 2 of 2: Drop the table audit' AS `forgelua`;
DROP TABLE `audit`;
-- Application: Check that no application, report or job names audit any more.
SELECT 'forward: done' AS `forgelua`;
