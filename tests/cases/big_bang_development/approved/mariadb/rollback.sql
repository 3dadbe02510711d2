-- Rollback, every phase of migration big_bang_development
-- On a developer's machine everything goes at once
-- mariadb 10.11; strategy big_bang; risk high; forgelua 0.1.0
-- Run in this folder: mariadb --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < rollback.sql
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
-- Check: step 8 must be done before this: Create the view adults. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'adults' AND TABLE_TYPE = 'VIEW') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 8 must be done before this: Create the view adults')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 8 of 8, switch: Create the view adults
--   Id:           adults/switch/create-view
-- ============================================================================
SELECT 'undo step 8 of 8: Create the view adults' AS `forgelua`;
DROP VIEW `adults`;
SELECT 'undo step 8 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 8, switch: Start the new application
--   Id:           users/switch/start
-- ============================================================================
SELECT 'undo step 7 of 8: Start the new application' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 7 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 8, switch: Validate users
--   Id:           users/switch/validate
-- ============================================================================
SELECT 'undo step 6 of 8: Validate users' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 6 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 8, switch: Make users.age NOT NULL
--   Id:           users.age/switch/not-null
-- ============================================================================
SELECT 'undo step 5 of 8: Make users.age NOT NULL' AS `forgelua`;
ALTER TABLE `users`
  MODIFY COLUMN `age` bigint NULL DEFAULT 0,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 5 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 8, switch: Change the type of users.name; Change the type of users.age
--   Id:           users/switch/rewrite-once
-- ============================================================================
SELECT 'undo step 4 of 8: Change the type of users.name; Change the type of users.age' AS `forgelua`;
ALTER TABLE `users`
  MODIFY COLUMN `age` int NULL,
  MODIFY COLUMN `name` varchar(80) NOT NULL,
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'undo step 4 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 8, switch: Add users.grp
--   Id:           users.grp/switch/add-column
-- ============================================================================
SELECT 'undo step 3 of 8: Add users.grp' AS `forgelua`;
ALTER TABLE `users`
  DROP COLUMN `grp`,
  ALGORITHM=INSTANT;
SELECT 'undo step 3 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 8, switch: Back up users
--   Id:           users/switch/backup
-- ============================================================================
SELECT 'undo step 2 of 8: Back up users' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 2 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 8, switch: Stop every application that writes users
--   Id:           users/switch/stop
-- ============================================================================
SELECT 'undo step 1 of 8: Stop every application that writes users' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 1 of 8: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
