-- WARNING: rollback is destructive — users data will be lost: the NULLs of users.points: the way back leaves the values that the backfill gave them.
-- WARNING: rollback is destructive — users.name data will be lost: values of users.name that varchar(80) cannot hold: the way back stops at them until they are changed; values of users.age that int cannot hold: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration big_bang_development
-- On a developer's machine everything goes at once
-- mysql 8.4; strategy big_bang; risk high; forgelua 0.1.0
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
-- Check: step 10 must be done before this: Create the view adults. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'adults' AND TABLE_TYPE = 'VIEW') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 10 must be done before this: Create the view adults')), '1', @forgelua_actual);

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no name of users is longer than 80. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `users` WHERE SUBSTR(`name`, 81) <> '') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no name of users is longer than 80')), '0', @forgelua_actual);
-- Check: every age of users can be held as int. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `users` WHERE `age` < -2147483648 OR `age` > 2147483647) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every age of users can be held as int')), '0', @forgelua_actual);

-- ============================================================================
-- Undo step 11 of 11, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 11 of 11: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 11 of 11: done' AS `forgelua`;

-- ============================================================================
-- Undo step 10 of 11, switch: Create the view adults
--   Id:           adults/switch/create-view
-- ============================================================================
SELECT 'undo step 10 of 11: Create the view adults' AS `forgelua`;
DROP VIEW `adults`;
SELECT 'undo step 10 of 11: done' AS `forgelua`;

-- ============================================================================
-- Undo step 9 of 11, switch: Start the new application
--   Id:           users/switch/start
-- ============================================================================
SELECT 'undo step 9 of 11: Start the new application' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 9 of 11: done' AS `forgelua`;

-- ============================================================================
-- Undo step 8 of 11, switch: Validate users
--   Id:           users/switch/validate
-- ============================================================================
SELECT 'undo step 8 of 11: Validate users' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 8 of 11: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 11, switch: Make users.points NOT NULL
--   Id:           users.points/switch/not-null
-- ============================================================================
SELECT 'undo step 7 of 11: Make users.points NOT NULL' AS `forgelua`;
ALTER TABLE `users`
  MODIFY COLUMN `points` int NULL DEFAULT 0,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 7 of 11: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 11, switch: Change the type of users.name; Change the type of users.age
--   Id:           users/switch/rewrite-once
--   Loses:        values of users.name that varchar(80) cannot hold: the way back stops at them until they are changed; values of users.age that int cannot hold: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 6 of 11: Change the type of users.name; Change the type of users.age' AS `forgelua`;
ALTER TABLE `users`
  MODIFY COLUMN `age` int NULL,
  MODIFY COLUMN `name` varchar(80) NOT NULL,
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'undo step 6 of 11: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 11, switch: Add users.grp
--   Id:           users.grp/switch/add-column
-- ============================================================================
SELECT 'undo step 5 of 11: Add users.grp' AS `forgelua`;
ALTER TABLE `users`
  DROP COLUMN `grp`,
  ALGORITHM=INSTANT;
SELECT 'undo step 5 of 11: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 11, switch: Change the default of users.points
--   Id:           users.points/switch/default
-- ============================================================================
SELECT 'undo step 4 of 11: Change the default of users.points' AS `forgelua`;
ALTER TABLE `users`
  MODIFY COLUMN `points` int NULL,
  ALGORITHM=INSTANT;
SELECT 'undo step 4 of 11: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 11, switch: Fill them
--   Id:           users/switch/fill
--   Loses:        the NULLs of users.points: the way back leaves the values that the backfill gave them
-- ============================================================================
SELECT 'undo step 3 of 11: Fill them' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 3 of 11: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 11, switch: Back up users
--   Id:           users/switch/backup
-- ============================================================================
SELECT 'undo step 2 of 11: Back up users' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 2 of 11: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 11, switch: Stop every application that writes users
--   Id:           users/switch/stop
-- ============================================================================
SELECT 'undo step 1 of 11: Stop every application that writes users' AS `forgelua`;
DROP PROCEDURE IF EXISTS forgelua_backfill;
DROP TABLE IF EXISTS forgelua_backfill_progress;
CREATE TABLE IF NOT EXISTS forgelua_backfill_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  step varchar(255) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
) CHARACTER SET utf8mb4;
SET @forgelua_drop = IF((SELECT COUNT(*) FROM forgelua_backfill_errors) = 0, 'DROP TABLE forgelua_backfill_errors', 'DO 0');
PREPARE forgelua_drop FROM @forgelua_drop;
EXECUTE forgelua_drop;
DEALLOCATE PREPARE forgelua_drop;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
SET @forgelua_drop = IF((SELECT COUNT(*) FROM forgelua_sync_errors) = 0, 'DROP TABLE forgelua_sync_errors', 'DO 0');
PREPARE forgelua_drop FROM @forgelua_drop;
EXECUTE forgelua_drop;
DEALLOCATE PREPARE forgelua_drop;
SELECT 'undo step 1 of 11: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
