-- WARNING: rollback is destructive — orders.code data will be lost: values of orders.code that int cannot hold: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration numbers_become_words
-- A number that becomes a text, in place
-- mysql 8.4; strategy direct; risk high; forgelua 0.1.0
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
-- Check: step 2 must be done before this: Add the index orders_zone on orders. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'orders' AND INDEX_NAME = 'orders_zone' AND NON_UNIQUE = 1) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 2 must be done before this: Add the index orders_zone on orders')), '1', @forgelua_actual);

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: every code of orders can be held as int. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `orders` WHERE `code` IS NOT NULL AND CASE WHEN `code` REGEXP '^[[:space:]]*[-+]?[0-9]+[[:space:]]*$' THEN CAST(`code` AS decimal(60)) NOT BETWEEN -2147483648 AND 2147483647 ELSE TRUE END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every code of orders can be held as int')), '0', @forgelua_actual);

-- ============================================================================
-- Undo step 2 of 2, expand: Add the index orders_zone on orders
--   Id:           orders.orders_zone/expand/add-index
-- ============================================================================
SELECT 'undo step 2 of 2: Add the index orders_zone on orders' AS `forgelua`;
ALTER TABLE `orders`
  DROP INDEX `orders_zone`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 2 of 2: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 2, expand: Change the type of orders.code
--   Id:           orders.code/expand/type
--   Loses:        values of orders.code that int cannot hold: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 1 of 2: Change the type of orders.code' AS `forgelua`;
ALTER TABLE `orders`
  MODIFY COLUMN `code` int NULL,
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'undo step 1 of 2: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
