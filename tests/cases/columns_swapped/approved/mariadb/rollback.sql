-- Rollback, every phase of migration columns_swapped
-- Two columns exchange their names, and two pass theirs on
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
-- Check: step 7 must be done before this: Rename pairs.a__moved to b. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'pairs' AND COLUMN_NAME = 'b') AND NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'pairs' AND COLUMN_NAME = 'a__moved') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 7 must be done before this: Rename pairs.a__moved to b')), '1', @forgelua_actual);
-- Check: step 2 must be done before this: Rename ledger.x to y. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ledger' AND COLUMN_NAME = 'y') AND NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ledger' AND COLUMN_NAME = 'x') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 2 must be done before this: Rename ledger.x to y')), '1', @forgelua_actual);
-- Check: the whole plan must be done before this: rename_column ledger.z. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ledger' AND COLUMN_NAME = 'z') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must be done before this: rename_column ledger.z')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 9 of 9, switch: Start the new application
--   Id:           pairs/switch/start
-- ============================================================================
SELECT 'undo step 9 of 9: Start the new application' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 9 of 9: done' AS `forgelua`;

-- ============================================================================
-- Undo step 8 of 9, switch: Validate pairs
--   Id:           pairs/switch/validate
-- ============================================================================
SELECT 'undo step 8 of 9: Validate pairs' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 8 of 9: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 9, switch: Rename pairs.a__moved to b
--   Id:           pairs.a__moved/switch/rename
-- ============================================================================
SELECT 'undo step 7 of 9: Rename pairs.a__moved to b' AS `forgelua`;
ALTER TABLE `pairs`
  RENAME COLUMN `b` TO `a__moved`,
  ALGORITHM=INSTANT;
SELECT 'undo step 7 of 9: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 9, switch: Rename pairs.b to a
--   Id:           pairs.b/switch/rename
-- ============================================================================
SELECT 'undo step 6 of 9: Rename pairs.b to a' AS `forgelua`;
ALTER TABLE `pairs`
  RENAME COLUMN `a` TO `b`,
  ALGORITHM=INSTANT;
SELECT 'undo step 6 of 9: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 9, switch: Rename pairs.a to a__moved
--   Id:           pairs.a/switch/rename
-- ============================================================================
SELECT 'undo step 5 of 9: Rename pairs.a to a__moved' AS `forgelua`;
ALTER TABLE `pairs`
  RENAME COLUMN `a__moved` TO `a`,
  ALGORITHM=INSTANT;
SELECT 'undo step 5 of 9: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 9, switch: Back up pairs
--   Id:           pairs/switch/backup
-- ============================================================================
SELECT 'undo step 4 of 9: Back up pairs' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 4 of 9: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 9, switch: Stop every application that writes pairs
--   Id:           pairs/switch/stop
-- ============================================================================
SELECT 'undo step 3 of 9: Stop every application that writes pairs' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 3 of 9: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 9, switch: Rename ledger.x to y
--   Id:           ledger.x/switch/rename
-- ============================================================================
SELECT 'undo step 2 of 9: Rename ledger.x to y' AS `forgelua`;
ALTER TABLE `ledger`
  RENAME COLUMN `y` TO `x`,
  ALGORITHM=INSTANT;
SELECT 'undo step 2 of 9: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 9, switch: Rename ledger.y to z
--   Id:           ledger.y/switch/rename
-- ============================================================================
SELECT 'undo step 1 of 9: Rename ledger.y to z' AS `forgelua`;
ALTER TABLE `ledger`
  RENAME COLUMN `z` TO `y`,
  ALGORITHM=INSTANT;
SELECT 'undo step 1 of 9: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
