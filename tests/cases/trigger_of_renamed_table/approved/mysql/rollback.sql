-- Rollback, every phase of migration trigger_of_renamed_table
-- A table with a trigger gets another name; each phase finds the other ones done
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
-- Check: step 3 must be done before this: Drop the view that served the old name orders. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'orders' AND TABLE_TYPE = 'VIEW') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 3 must be done before this: Drop the view that served the old name orders')), '1', @forgelua_actual);
-- Check: the whole plan must be done before this: rename_table purchases. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'purchases' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) AND NOT EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'orders' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must be done before this: rename_table purchases')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 3 of 3, contract: Drop the view that served the old name orders
--   Id:           purchases/contract/drop-old-name
-- ============================================================================
SELECT 'undo step 3 of 3: Drop the view that served the old name orders' AS `forgelua`;
CREATE VIEW `orders` AS SELECT `id`, `total` FROM `purchases`;
SELECT 'undo step 3 of 3: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 3, switch: Rename orders to purchases
--   Id:           orders/switch/rename-table
-- ============================================================================
SELECT 'undo step 2 of 3: Rename orders to purchases' AS `forgelua`;
CREATE OR REPLACE VIEW `orders` AS SELECT `id`, `total` FROM `purchases`;
CREATE VIEW `purchases__view` AS SELECT `id`, `total` FROM `orders`;
RENAME TABLE `orders` TO `orders__gone`, `purchases` TO `orders`, `purchases__view` TO `purchases`;
DROP TRIGGER orders_ins;
DROP VIEW `orders__gone`;
DELIMITER //
CREATE TRIGGER orders_ins AFTER INSERT ON orders FOR EACH ROW
BEGIN INSERT INTO log (total) VALUES (NEW.total); END
//
DELIMITER ;
SELECT 'undo step 2 of 3: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 3, expand: Serve orders under its new name purchases by a view
--   Id:           purchases/expand/view-under-new-name
-- ============================================================================
SELECT 'undo step 1 of 3: Serve orders under its new name purchases by a view' AS `forgelua`;
DROP VIEW `purchases`;
SELECT 'undo step 1 of 3: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
