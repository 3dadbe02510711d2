-- Forward, every phase of migration alter_view
-- Adults are older
-- mariadb 10.11; strategy direct; risk medium; forgelua 0.1.0
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

-- ============================================================================
-- Step 1 of 1, switch: Change the view adults
--   Id:           adults/switch/alter-view
--   Why:          the new application reads it in its new form
--   Lock:         EXCLUSIVE metadata lock on the view, blocks DDL for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; the deployed application must cope with the view's new columns
--   Way back:     yes, nothing is lost
--   Hazards:      view
-- ============================================================================
SELECT 'step 1 of 1: Change the view adults' AS `forgelua`;
CREATE OR REPLACE VIEW `adults` AS SELECT id, name FROM users WHERE age >= 21;
SELECT 'step 1 of 1: done' AS `forgelua`;
SELECT 'forward: done' AS `forgelua`;
