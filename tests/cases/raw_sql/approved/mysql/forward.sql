-- Forward, every phase of migration raw_sql
-- A row is corrected by hand
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
-- Step 1 of 2, expand: Add users.seen
--   Id:           users.seen/expand/add-column
--   Why:          the deployed application does not know the column and does not miss it
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
SELECT 'step 1 of 2: Add users.seen' AS `forgelua`;
ALTER TABLE `users`
  ADD COLUMN `seen` tinyint(1) NULL,
  ALGORITHM=INSTANT;

-- ============================================================================
-- Step 2 of 2, expand: Run the SQL stated as fix_ada
--   Id:           fix_ada/expand/run-sql
--   Why:          her birthday was entered wrongly
--   Lock:         as the statement takes, blocks reads and writes for as long as the step runs (under 1 s)
--   Note:         the statement is the user's own: its locks are not known here
--   Estimate:     under 1 s
--   Applications: old works, new works; stated by the specification; forgelua does not know what it does
--   Way back:     yes, nothing is lost
--   Hazards:      raw
-- ============================================================================
SELECT 'step 2 of 2: Run the SQL stated as fix_ada' AS `forgelua`;
UPDATE users SET age = 37 WHERE id = 1;
SELECT 'forward: done' AS `forgelua`;
