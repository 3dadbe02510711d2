-- WARNING: rollback is destructive — users.age data will be lost: values of users.age that int cannot hold: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration big_bang_window
-- A window of thirty minutes covers it
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
-- Check: step 3 must be done before this: Change the type of users.age. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users' AND COLUMN_NAME = 'age') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users' AND COLUMN_NAME = 'age' AND DATA_TYPE = 'bigint' AND COLUMN_TYPE NOT LIKE '%unsigned%') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 3 must be done before this: Change the type of users.age')), '1', @forgelua_actual);

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: every age of users can be held as int. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `users` WHERE `age` < -2147483648 OR `age` > 2147483647) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every age of users can be held as int')), '0', @forgelua_actual);

-- ============================================================================
-- Undo step 5 of 5, switch: Start the new application
--   Id:           users/switch/start
-- ============================================================================
SELECT 'undo step 5 of 5: Start the new application' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 5 of 5: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 5, switch: Validate users
--   Id:           users/switch/validate
-- ============================================================================
SELECT 'undo step 4 of 5: Validate users' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 4 of 5: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 5, switch: Change the type of users.age
--   Id:           users.age/switch/type
--   Loses:        values of users.age that int cannot hold: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 3 of 5: Change the type of users.age' AS `forgelua`;
ALTER TABLE `users`
  MODIFY COLUMN `age` int NULL,
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'undo step 3 of 5: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 5, switch: Back up users
--   Id:           users/switch/backup
-- ============================================================================
SELECT 'undo step 2 of 5: Back up users' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 2 of 5: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 5, switch: Stop every application that writes users
--   Id:           users/switch/stop
-- ============================================================================
SELECT 'undo step 1 of 5: Stop every application that writes users' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 1 of 5: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
