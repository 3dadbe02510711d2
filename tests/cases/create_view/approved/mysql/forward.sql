-- Forward, every phase of migration create_view
-- Adults have a view
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
-- Step 1 of 1, expand: Create the view adults
--   Id:           adults/expand/create-view
--   Why:          the new application reads it
--   Lock:         EXCLUSIVE metadata lock on the view, blocks DDL for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 1 of 1: Create the view adults' AS `forgelua`;
CREATE VIEW `adults` AS SELECT id, name FROM users WHERE age >= 18;
SELECT 'forward: done' AS `forgelua`;
