-- Forward, every phase of migration drop_table
-- The audit log is no longer kept here
-- mysql 8.4; strategy direct; risk high; forgelua 0.1.0
-- Run in this folder: mysql --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 1 is destructive — every row of audit

SET NAMES utf8mb4;
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';
SET SESSION time_zone = '+00:00';
SET SESSION foreign_key_checks = 1;
SET SESSION unique_checks = 1;
-- A statement that cannot have its metadata lock within five seconds gives up (the server's default is a day or a year).
SET SESSION lock_wait_timeout = 5;
SET SESSION innodb_lock_wait_timeout = 50;

-- ============================================================================
-- Step 1 of 1, contract: Drop the table audit
--   Id:           audit/contract/drop-table
--   Why:          no application reads or writes it any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name audit fail from here
--   Way back:     loses the rows of audit: the way back creates it empty
--   Hazards:      drop
-- ============================================================================
SELECT 'step 1 of 1: Drop the table audit' AS `forgelua`;
DROP TABLE `audit`;
-- Application: Check that no application, report or job names audit any more.
SELECT 'forward: done' AS `forgelua`;
