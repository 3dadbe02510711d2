-- Forward, every phase of migration drop_view
-- The view of adults goes
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

-- ============================================================================
-- Step 1 of 1, contract: Drop the view adults
--   Id:           adults/contract/drop-view
--   Why:          no application reads it any more
--   Lock:         EXCLUSIVE metadata lock on the view, blocks DDL for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; queries that name it fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop view
-- ============================================================================
SELECT 'step 1 of 1: Drop the view adults' AS `forgelua`;
DROP VIEW `adults`;
SELECT 'forward: done' AS `forgelua`;
