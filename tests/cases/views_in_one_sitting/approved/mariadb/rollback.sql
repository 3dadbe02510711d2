-- WARNING: rollback is destructive — items.a data will be lost: values of items.a that int cannot hold: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration sitting
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
-- Check: step 4 must be done before this: Rename items.a to aa. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'items' AND COLUMN_NAME = 'aa') AND NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'items' AND COLUMN_NAME = 'a') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 4 must be done before this: Rename items.a to aa')), '1', @forgelua_actual);
-- Check: the whole plan must be done before this: alter_column items.aa. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'items' AND COLUMN_NAME = 'aa') AND NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'items' AND COLUMN_NAME = 'a') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'items' AND COLUMN_NAME = 'aa' AND DATA_TYPE = 'bigint' AND COLUMN_TYPE NOT LIKE '%unsigned%') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must be done before this: alter_column items.aa')), '1', @forgelua_actual);

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: every a of items can be held as int (a is aa by now). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `items` WHERE aa < -2147483648 OR aa > 2147483647) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every a of items can be held as int (a is aa by now)')), '0', @forgelua_actual);

-- ============================================================================
-- Undo step 6 of 6, switch: Start the new application
--   Id:           items/switch/start
-- ============================================================================
SELECT 'undo step 6 of 6: Start the new application' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 6 of 6: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 6, switch: Validate items
--   Id:           items/switch/validate
-- ============================================================================
SELECT 'undo step 5 of 6: Validate items' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 5 of 6: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 6, switch: Rename items.a to aa
--   Id:           items.a/switch/rename
-- ============================================================================
SELECT 'undo step 4 of 6: Rename items.a to aa' AS `forgelua`;
LOCK TABLES `items` WRITE;
ALTER TABLE `items`
  RENAME COLUMN `aa` TO `a`,
  ALGORITHM=INSTANT;
UNLOCK TABLES;
CREATE OR REPLACE VIEW `plain` AS SELECT a, b FROM items;
CREATE OR REPLACE VIEW `above` AS SELECT a FROM plain;
SELECT 'undo step 4 of 6: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 6, switch: Change the type of items.a
--   Id:           items.a/switch/type
--   Loses:        values of items.a that int cannot hold: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 3 of 6: Change the type of items.a' AS `forgelua`;
ALTER TABLE `items`
  MODIFY COLUMN `a` int NULL,
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'undo step 3 of 6: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 6, switch: Back up items
--   Id:           items/switch/backup
-- ============================================================================
SELECT 'undo step 2 of 6: Back up items' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 2 of 6: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 6, switch: Stop every application that writes items
--   Id:           items/switch/stop
-- ============================================================================
SELECT 'undo step 1 of 6: Stop every application that writes items' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 1 of 6: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
