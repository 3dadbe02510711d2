-- WARNING: rollback is destructive — customers, items, orders data will be lost: values of customers that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors; values of items that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors; values of orders that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration chain_of_copies
-- Three tables that refer to each other in a chain are copied: on the way back each comes after what it refers to
-- mariadb 10.11; strategy shadow_table; risk high; forgelua 0.1.0
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
-- Check: step 22 must be done before this: Drop customers__old, items__old, orders__old. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'customers__old' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 22 must be done before this: Drop customers__old, items__old, orders__old')), '1', @forgelua_actual);
-- Check: the whole plan must be done before this: alter_column customers.name. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'customers' AND COLUMN_NAME = 'name') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'customers' AND COLUMN_NAME = 'name' AND COLUMN_TYPE = 'varchar(40)') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must be done before this: alter_column customers.name')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 23 of 23, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 23 of 23: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 23 of 23: done' AS `forgelua`;

-- ============================================================================
-- Undo step 22 of 23, contract: Drop customers__old, items__old, orders__old
--   Id:           customers, items, orders/contract/drop-old
-- ============================================================================
SELECT 'undo step 22 of 23: Drop customers__old, items__old, orders__old' AS `forgelua`;
CREATE TABLE `orders__old` (
  `id` bigint NOT NULL,
  `total` int NULL,
  `customer_id` bigint NOT NULL,
  PRIMARY KEY (`id`)
);
CREATE TABLE `items__old` (
  `order_id` bigint NOT NULL,
  `line` int NOT NULL,
  `price` int NULL,
  PRIMARY KEY (`order_id`, `line`)
);
CREATE TABLE `customers__old` (
  `id` bigint NOT NULL,
  `name` varchar(20) NOT NULL,
  PRIMARY KEY (`id`)
);
SELECT 'undo step 22 of 23: done' AS `forgelua`;

-- ============================================================================
-- Undo step 21 of 23, contract: Stop repeating writes to orders on orders__old
--   Id:           orders/contract/stop-sync
-- ============================================================================
SELECT 'undo step 21 of 23: Stop repeating writes to orders on orders__old' AS `forgelua`;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `orders__sync_8591_d` AFTER DELETE ON `orders` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  DELETE FROM `orders__old` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('orders__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'total', OLD.`total`, 'customer_id', OLD.`customer_id`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `orders__sync_8591_u` AFTER UPDATE ON `orders` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_held2 int DEFAULT NULL;
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NOT (OLD.`id` <=> NEW.`id`) THEN
    UPDATE `orders__old` SET `id` = NEW.`id`, `total` = NEW.`total`, `customer_id` = NEW.`customer_id` WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `orders__old` (`id`, `total`, `customer_id`) VALUES (NEW.`id`, NEW.`total`, NEW.`customer_id`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `orders__old` SET `id` = NEW.`id`, `total` = NEW.`total`, `customer_id` = NEW.`customer_id` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `orders__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('orders__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'total', NEW.`total`, 'customer_id', NEW.`customer_id`), forgelua_message);
    SET forgelua_held2 = NEW.`total`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held2 = NULL; END IF;
    DELETE FROM `orders__old` WHERE `id` = OLD.`id`;
    INSERT INTO `orders__old` (`id`, `total`, `customer_id`) VALUES (NEW.`id`, forgelua_held2, NEW.`customer_id`);
    IF forgelua_taken THEN
      UPDATE `orders__old` SET `id` = NEW.`id`, `total` = forgelua_held2, `customer_id` = NEW.`customer_id` WHERE `id` = NEW.`id`;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `orders__sync_8591_i` AFTER INSERT ON `orders` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_held2 int DEFAULT NULL;
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `orders__old` (`id`, `total`, `customer_id`) VALUES (NEW.`id`, NEW.`total`, NEW.`customer_id`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `orders__old` SET `id` = NEW.`id`, `total` = NEW.`total`, `customer_id` = NEW.`customer_id` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `orders__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('orders__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'total', NEW.`total`, 'customer_id', NEW.`customer_id`), forgelua_message);
    SET forgelua_held2 = NEW.`total`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held2 = NULL; END IF;
    INSERT INTO `orders__old` (`id`, `total`, `customer_id`) VALUES (NEW.`id`, forgelua_held2, NEW.`customer_id`);
    IF forgelua_taken THEN
      UPDATE `orders__old` SET `id` = NEW.`id`, `total` = forgelua_held2, `customer_id` = NEW.`customer_id` WHERE `id` = NEW.`id`;
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 21 of 23: done' AS `forgelua`;

-- ============================================================================
-- Undo step 20 of 23, contract: Stop repeating writes to items on items__old
--   Id:           items/contract/stop-sync
-- ============================================================================
SELECT 'undo step 20 of 23: Stop repeating writes to items on items__old' AS `forgelua`;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `items__sync_cbe4_d` AFTER DELETE ON `items` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  DELETE FROM `items__old` WHERE `order_id` = OLD.`order_id` AND `line` = OLD.`line`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('items__sync', '*', CONCAT_WS(',', OLD.`order_id`, OLD.`line`), JSON_OBJECT('order_id', OLD.`order_id`, 'line', OLD.`line`, 'price', OLD.`price`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `items__sync_cbe4_u` AFTER UPDATE ON `items` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_held3 int DEFAULT NULL;
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NOT (OLD.`order_id` <=> NEW.`order_id` AND OLD.`line` <=> NEW.`line`) THEN
    UPDATE `items__old` SET `order_id` = NEW.`order_id`, `line` = NEW.`line`, `price` = NEW.`price` WHERE `order_id` = OLD.`order_id` AND `line` = OLD.`line`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `items__old` (`order_id`, `line`, `price`) VALUES (NEW.`order_id`, NEW.`line`, NEW.`price`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `items__old` SET `order_id` = NEW.`order_id`, `line` = NEW.`line`, `price` = NEW.`price` WHERE `order_id` = NEW.`order_id` AND `line` = NEW.`line`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `items__old` WHERE `order_id` = NEW.`order_id` AND `line` = NEW.`line`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('items__sync', '*', CONCAT_WS(',', NEW.`order_id`, NEW.`line`), JSON_OBJECT('order_id', NEW.`order_id`, 'line', NEW.`line`, 'price', NEW.`price`), forgelua_message);
    SET forgelua_held3 = NEW.`price`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held3 = NULL; END IF;
    DELETE FROM `items__old` WHERE `order_id` = OLD.`order_id` AND `line` = OLD.`line`;
    INSERT INTO `items__old` (`order_id`, `line`, `price`) VALUES (NEW.`order_id`, NEW.`line`, forgelua_held3);
    IF forgelua_taken THEN
      UPDATE `items__old` SET `order_id` = NEW.`order_id`, `line` = NEW.`line`, `price` = forgelua_held3 WHERE `order_id` = NEW.`order_id` AND `line` = NEW.`line`;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `items__sync_cbe4_i` AFTER INSERT ON `items` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_held3 int DEFAULT NULL;
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `items__old` (`order_id`, `line`, `price`) VALUES (NEW.`order_id`, NEW.`line`, NEW.`price`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `items__old` SET `order_id` = NEW.`order_id`, `line` = NEW.`line`, `price` = NEW.`price` WHERE `order_id` = NEW.`order_id` AND `line` = NEW.`line`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `items__old` WHERE `order_id` = NEW.`order_id` AND `line` = NEW.`line`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('items__sync', '*', CONCAT_WS(',', NEW.`order_id`, NEW.`line`), JSON_OBJECT('order_id', NEW.`order_id`, 'line', NEW.`line`, 'price', NEW.`price`), forgelua_message);
    SET forgelua_held3 = NEW.`price`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held3 = NULL; END IF;
    INSERT INTO `items__old` (`order_id`, `line`, `price`) VALUES (NEW.`order_id`, NEW.`line`, forgelua_held3);
    IF forgelua_taken THEN
      UPDATE `items__old` SET `order_id` = NEW.`order_id`, `line` = NEW.`line`, `price` = forgelua_held3 WHERE `order_id` = NEW.`order_id` AND `line` = NEW.`line`;
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 20 of 23: done' AS `forgelua`;

-- ============================================================================
-- Undo step 19 of 23, contract: Stop repeating writes to customers on customers__old
--   Id:           customers/contract/stop-sync
-- ============================================================================
SELECT 'undo step 19 of 23: Stop repeating writes to customers on customers__old' AS `forgelua`;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `customers__sync_1b27_d` AFTER DELETE ON `customers` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  DELETE FROM `customers__old` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('customers__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'name', OLD.`name`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `customers__sync_1b27_u` AFTER UPDATE ON `customers` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_held2 varchar(20) DEFAULT NULL;
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NOT (OLD.`id` <=> NEW.`id`) THEN
    UPDATE `customers__old` SET `id` = NEW.`id`, `name` = NEW.`name` WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `customers__old` (`id`, `name`) VALUES (NEW.`id`, NEW.`name`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `customers__old` SET `id` = NEW.`id`, `name` = NEW.`name` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `customers__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('customers__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`), forgelua_message);
    SET forgelua_held2 = NEW.`name`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held2 = ''; END IF;
    DELETE FROM `customers__old` WHERE `id` = OLD.`id`;
    INSERT INTO `customers__old` (`id`, `name`) VALUES (NEW.`id`, forgelua_held2);
    IF forgelua_taken THEN
      UPDATE `customers__old` SET `id` = NEW.`id`, `name` = forgelua_held2 WHERE `id` = NEW.`id`;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `customers__sync_1b27_i` AFTER INSERT ON `customers` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_held2 varchar(20) DEFAULT NULL;
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `customers__old` (`id`, `name`) VALUES (NEW.`id`, NEW.`name`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `customers__old` SET `id` = NEW.`id`, `name` = NEW.`name` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `customers__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('customers__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`), forgelua_message);
    SET forgelua_held2 = NEW.`name`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held2 = ''; END IF;
    INSERT INTO `customers__old` (`id`, `name`) VALUES (NEW.`id`, forgelua_held2);
    IF forgelua_taken THEN
      UPDATE `customers__old` SET `id` = NEW.`id`, `name` = forgelua_held2 WHERE `id` = NEW.`id`;
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 19 of 23: done' AS `forgelua`;

-- ============================================================================
-- Undo step 18 of 23, contract: From here the way back copies orders into orders__old again
--   Id:           orders/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
SELECT 'undo step 18 of 23: From here the way back copies orders into orders__old again' AS `forgelua`;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
CREATE TABLE IF NOT EXISTS forgelua_backfill_progress (
  step varchar(255) NOT NULL PRIMARY KEY,
  table_name varchar(129) NOT NULL,
  cursor_key text NULL,
  rows_done bigint NOT NULL DEFAULT 0,
  rows_skipped bigint NOT NULL DEFAULT 0,
  rows_total bigint NULL,
  state varchar(16) NOT NULL,
  started_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
) CHARACTER SET utf8mb4;
CREATE TABLE IF NOT EXISTS forgelua_backfill_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  step varchar(255) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
) CHARACTER SET utf8mb4;
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('orders/contract/point-of-return', 'orders', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
SET @forgelua_isolation = @@SESSION.tx_isolation, SESSION tx_isolation = 'READ-COMMITTED', @forgelua_backfill = 3;
DROP PROCEDURE IF EXISTS forgelua_backfill;
DELIMITER //
CREATE PROCEDURE forgelua_backfill()
BEGIN
  DECLARE forgelua_none, forgelua_begun, forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_outcome, forgelua_skipped, forgelua_tries INT DEFAULT 0;
  DECLARE forgelua_rows BIGINT DEFAULT 0;
  DECLARE forgelua_cursor, forgelua_message, forgelua_state TEXT DEFAULT NULL;
  DECLARE forgelua_l1 bigint;
  DECLARE forgelua_s1 bigint;
  DECLARE forgelua_e1 bigint;
  DECLARE forgelua_held2 int DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'orders/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `orders` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `orders` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `orders` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `orders` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      INSERT INTO `orders__old` (`id`, `total`, `customer_id`) SELECT `id`, `total`, `customer_id` FROM `orders` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `orders__old` AS forgelua_t WHERE forgelua_t.`id` = `orders`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'orders/contract/point-of-return';
      COMMIT;
    END;
    IF forgelua_outcome = 2 THEN
      SET forgelua_tries = forgelua_tries + 1;
      IF forgelua_tries > 20 THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: the batch met a lock again and again; run it again later';
      END IF;
      DO SLEEP(LEAST(1, 0.05 * forgelua_tries));
      ITERATE forgelua_walk;
    END IF;
    SET forgelua_tries = 0;
    IF forgelua_outcome = 1 THEN
      forgelua_rows_walk: LOOP
        SET forgelua_rows = 0, forgelua_skipped = 0;
        BEGIN
          DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025
          BEGIN
            GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
            ROLLBACK;
            SET forgelua_skipped = 1, forgelua_rows = 0;
            INSERT INTO forgelua_backfill_errors (step, row_key, row_data, message)
              SELECT 'orders/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'total', `total`, 'customer_id', `customer_id`), forgelua_message FROM `orders` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          INSERT INTO `orders__old` (`id`, `total`, `customer_id`) SELECT `id`, `total`, `customer_id` FROM `orders` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `orders__old` AS forgelua_t WHERE forgelua_t.`id` = `orders`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        IF forgelua_skipped = 1 THEN
          BEGIN
            DECLARE CONTINUE HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 SET forgelua_failed = TRUE;
            SET forgelua_failed = FALSE, forgelua_held2 = NULL;
            SELECT `total` INTO forgelua_held2 FROM `orders` WHERE `id` = forgelua_s1;
            IF forgelua_failed THEN SET forgelua_held2 = NULL; END IF;
            INSERT INTO `orders__old` (`id`, `total`, `customer_id`) SELECT `id`, forgelua_held2, `customer_id` FROM `orders` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `orders__old` AS forgelua_t WHERE forgelua_t.`id` = `orders`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          END;
        END IF;
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'orders/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `orders` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'orders/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'undo step 18 of 23: done' AS `forgelua`;

-- ============================================================================
-- Undo step 17 of 23, contract: From here the way back copies items into items__old again
--   Id:           items/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
SELECT 'undo step 17 of 23: From here the way back copies items into items__old again' AS `forgelua`;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
CREATE TABLE IF NOT EXISTS forgelua_backfill_progress (
  step varchar(255) NOT NULL PRIMARY KEY,
  table_name varchar(129) NOT NULL,
  cursor_key text NULL,
  rows_done bigint NOT NULL DEFAULT 0,
  rows_skipped bigint NOT NULL DEFAULT 0,
  rows_total bigint NULL,
  state varchar(16) NOT NULL,
  started_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
) CHARACTER SET utf8mb4;
CREATE TABLE IF NOT EXISTS forgelua_backfill_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  step varchar(255) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
) CHARACTER SET utf8mb4;
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('items/contract/point-of-return', 'items', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
SET @forgelua_isolation = @@SESSION.tx_isolation, SESSION tx_isolation = 'READ-COMMITTED', @forgelua_backfill = 3;
DROP PROCEDURE IF EXISTS forgelua_backfill;
DELIMITER //
CREATE PROCEDURE forgelua_backfill()
BEGIN
  DECLARE forgelua_none, forgelua_begun, forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_outcome, forgelua_skipped, forgelua_tries INT DEFAULT 0;
  DECLARE forgelua_rows BIGINT DEFAULT 0;
  DECLARE forgelua_cursor, forgelua_message, forgelua_state TEXT DEFAULT NULL;
  DECLARE forgelua_l1 bigint;
  DECLARE forgelua_l2 int;
  DECLARE forgelua_s1 bigint;
  DECLARE forgelua_s2 int;
  DECLARE forgelua_e1 bigint;
  DECLARE forgelua_e2 int;
  DECLARE forgelua_held3 int DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'items/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
    SET forgelua_l2 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[1]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `order_id`, `line` INTO forgelua_s1, forgelua_s2 FROM `items` WHERE `order_id` >= forgelua_l1 AND (`order_id` > forgelua_l1 OR (`line` > forgelua_l2)) ORDER BY `order_id`, `line` LIMIT 1;
    ELSE
      SELECT `order_id`, `line` INTO forgelua_s1, forgelua_s2 FROM `items` ORDER BY `order_id`, `line` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `order_id`, `line` INTO forgelua_e1, forgelua_e2 FROM `items` WHERE `order_id` >= forgelua_s1 AND (`order_id` > forgelua_s1 OR (`line` >= forgelua_s2)) ORDER BY `order_id`, `line` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `order_id`, `line` INTO forgelua_e1, forgelua_e2 FROM `items` ORDER BY `order_id` DESC, `line` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      INSERT INTO `items__old` (`order_id`, `line`, `price`) SELECT `order_id`, `line`, `price` FROM `items` WHERE `order_id` >= forgelua_s1 AND (`order_id` > forgelua_s1 OR (`line` >= forgelua_s2)) AND `order_id` <= forgelua_e1 AND (`order_id` < forgelua_e1 OR (`line` <= forgelua_e2)) AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `items__old` AS forgelua_t WHERE forgelua_t.`order_id` = `items`.`order_id` AND forgelua_t.`line` = `items`.`line` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR), CAST(forgelua_e2 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'items/contract/point-of-return';
      COMMIT;
    END;
    IF forgelua_outcome = 2 THEN
      SET forgelua_tries = forgelua_tries + 1;
      IF forgelua_tries > 20 THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: the batch met a lock again and again; run it again later';
      END IF;
      DO SLEEP(LEAST(1, 0.05 * forgelua_tries));
      ITERATE forgelua_walk;
    END IF;
    SET forgelua_tries = 0;
    IF forgelua_outcome = 1 THEN
      forgelua_rows_walk: LOOP
        SET forgelua_rows = 0, forgelua_skipped = 0;
        BEGIN
          DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025
          BEGIN
            GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
            ROLLBACK;
            SET forgelua_skipped = 1, forgelua_rows = 0;
            INSERT INTO forgelua_backfill_errors (step, row_key, row_data, message)
              SELECT 'items/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR), CAST(forgelua_s2 AS CHAR)), JSON_OBJECT('order_id', `order_id`, 'line', `line`, 'price', `price`), forgelua_message FROM `items` WHERE `order_id` = forgelua_s1 AND `line` = forgelua_s2;
          END;
          START TRANSACTION;
          INSERT INTO `items__old` (`order_id`, `line`, `price`) SELECT `order_id`, `line`, `price` FROM `items` WHERE `order_id` = forgelua_s1 AND `line` = forgelua_s2 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `items__old` AS forgelua_t WHERE forgelua_t.`order_id` = `items`.`order_id` AND forgelua_t.`line` = `items`.`line` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        IF forgelua_skipped = 1 THEN
          BEGIN
            DECLARE CONTINUE HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 SET forgelua_failed = TRUE;
            SET forgelua_failed = FALSE, forgelua_held3 = NULL;
            SELECT `price` INTO forgelua_held3 FROM `items` WHERE `order_id` = forgelua_s1 AND `line` = forgelua_s2;
            IF forgelua_failed THEN SET forgelua_held3 = NULL; END IF;
            INSERT INTO `items__old` (`order_id`, `line`, `price`) SELECT `order_id`, `line`, forgelua_held3 FROM `items` WHERE `order_id` = forgelua_s1 AND `line` = forgelua_s2 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `items__old` AS forgelua_t WHERE forgelua_t.`order_id` = `items`.`order_id` AND forgelua_t.`line` = `items`.`line` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          END;
        END IF;
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR), CAST(forgelua_s2 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'items/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `order_id`, `line` INTO forgelua_s1, forgelua_s2 FROM `items` WHERE `order_id` >= forgelua_s1 AND (`order_id` > forgelua_s1 OR (`line` > forgelua_s2)) AND `order_id` <= forgelua_e1 AND (`order_id` < forgelua_e1 OR (`line` <= forgelua_e2)) ORDER BY `order_id`, `line` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1, forgelua_l2 = forgelua_e2;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'items/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'undo step 17 of 23: done' AS `forgelua`;

-- ============================================================================
-- Undo step 16 of 23, contract: From here the way back copies customers into customers__old again
--   Id:           customers/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
SELECT 'undo step 16 of 23: From here the way back copies customers into customers__old again' AS `forgelua`;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
CREATE TABLE IF NOT EXISTS forgelua_backfill_progress (
  step varchar(255) NOT NULL PRIMARY KEY,
  table_name varchar(129) NOT NULL,
  cursor_key text NULL,
  rows_done bigint NOT NULL DEFAULT 0,
  rows_skipped bigint NOT NULL DEFAULT 0,
  rows_total bigint NULL,
  state varchar(16) NOT NULL,
  started_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
) CHARACTER SET utf8mb4;
CREATE TABLE IF NOT EXISTS forgelua_backfill_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  step varchar(255) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
) CHARACTER SET utf8mb4;
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('customers/contract/point-of-return', 'customers', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
SET @forgelua_isolation = @@SESSION.tx_isolation, SESSION tx_isolation = 'READ-COMMITTED', @forgelua_backfill = 3;
DROP PROCEDURE IF EXISTS forgelua_backfill;
DELIMITER //
CREATE PROCEDURE forgelua_backfill()
BEGIN
  DECLARE forgelua_none, forgelua_begun, forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_outcome, forgelua_skipped, forgelua_tries INT DEFAULT 0;
  DECLARE forgelua_rows BIGINT DEFAULT 0;
  DECLARE forgelua_cursor, forgelua_message, forgelua_state TEXT DEFAULT NULL;
  DECLARE forgelua_l1 bigint;
  DECLARE forgelua_s1 bigint;
  DECLARE forgelua_e1 bigint;
  DECLARE forgelua_held2 varchar(20) DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'customers/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `customers` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `customers` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `customers` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `customers` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      INSERT INTO `customers__old` (`id`, `name`) SELECT `id`, `name` FROM `customers` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `customers__old` AS forgelua_t WHERE forgelua_t.`id` = `customers`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'customers/contract/point-of-return';
      COMMIT;
    END;
    IF forgelua_outcome = 2 THEN
      SET forgelua_tries = forgelua_tries + 1;
      IF forgelua_tries > 20 THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: the batch met a lock again and again; run it again later';
      END IF;
      DO SLEEP(LEAST(1, 0.05 * forgelua_tries));
      ITERATE forgelua_walk;
    END IF;
    SET forgelua_tries = 0;
    IF forgelua_outcome = 1 THEN
      forgelua_rows_walk: LOOP
        SET forgelua_rows = 0, forgelua_skipped = 0;
        BEGIN
          DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025
          BEGIN
            GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
            ROLLBACK;
            SET forgelua_skipped = 1, forgelua_rows = 0;
            INSERT INTO forgelua_backfill_errors (step, row_key, row_data, message)
              SELECT 'customers/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'name', `name`), forgelua_message FROM `customers` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          INSERT INTO `customers__old` (`id`, `name`) SELECT `id`, `name` FROM `customers` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `customers__old` AS forgelua_t WHERE forgelua_t.`id` = `customers`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        IF forgelua_skipped = 1 THEN
          BEGIN
            DECLARE CONTINUE HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 SET forgelua_failed = TRUE;
            SET forgelua_failed = FALSE, forgelua_held2 = NULL;
            SELECT `name` INTO forgelua_held2 FROM `customers` WHERE `id` = forgelua_s1;
            IF forgelua_failed THEN SET forgelua_held2 = ''; END IF;
            INSERT INTO `customers__old` (`id`, `name`) SELECT `id`, forgelua_held2 FROM `customers` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `customers__old` AS forgelua_t WHERE forgelua_t.`id` = `customers`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          END;
        END IF;
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'customers/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `customers` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'customers/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'undo step 16 of 23: done' AS `forgelua`;

-- ============================================================================
-- Undo step 15 of 23, contract: Drop the foreign keys of orders__old within the set that goes
--   Id:           orders/contract/cut-links
-- ============================================================================
SELECT 'undo step 15 of 23: Drop the foreign keys of orders__old within the set that goes' AS `forgelua`;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `orders__old`
  ADD CONSTRAINT `orders__old_ibfk_1` FOREIGN KEY (`customer_id`) REFERENCES `customers__old` (`id`) ON DELETE CASCADE,
  ADD KEY `orders__old_ibfk_1` (`customer_id`),
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `orders__old` AS c WHERE c.`customer_id` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `customers__old` AS p WHERE p.`id` = c.`customer_id`)) THEN
    ALTER TABLE `orders__old` DROP FOREIGN KEY `orders__old_ibfk_1`, DROP INDEX `orders__old_ibfk_1`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of orders__old have no match for foreign key orders__old_ibfk_1';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'undo step 15 of 23: done' AS `forgelua`;

-- ============================================================================
-- Undo step 14 of 23, contract: Drop the foreign keys of items__old within the set that goes
--   Id:           items/contract/cut-links
-- ============================================================================
SELECT 'undo step 14 of 23: Drop the foreign keys of items__old within the set that goes' AS `forgelua`;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `items__old`
  ADD CONSTRAINT `items__old_ibfk_1` FOREIGN KEY (`order_id`) REFERENCES `orders__old` (`id`),
  ALGORITHM=INSTANT;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `items__old` AS c WHERE c.`order_id` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `orders__old` AS p WHERE p.`id` = c.`order_id`)) THEN
    ALTER TABLE `items__old` DROP FOREIGN KEY `items__old_ibfk_1`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of items__old have no match for foreign key items__old_ibfk_1';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'undo step 14 of 23: done' AS `forgelua`;

-- ============================================================================
-- Undo step 13 of 23, switch: Flip customers, items, orders to their copies, together
--   Id:           customers, items, orders/switch/swap
--   Loses:        values of customers that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors; values of items that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors; values of orders that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
-- ============================================================================
SELECT 'undo step 13 of 23: Flip customers, items, orders to their copies, together' AS `forgelua`;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
ALTER TABLE `orders`
  RENAME INDEX `orders_ibfk_1` TO `orders__new_ibfk_1`,
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `orders__sync_807c_d` AFTER DELETE ON `orders__old` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  DELETE FROM `orders__new` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('orders__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'total', OLD.`total`, 'customer_id', OLD.`customer_id`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `orders__sync_807c_u` AFTER UPDATE ON `orders__old` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NOT (OLD.`id` <=> NEW.`id`) THEN
    UPDATE `orders__new` SET `id` = NEW.`id`, `total` = NEW.`total`, `customer_id` = NEW.`customer_id` WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `orders__new` (`id`, `total`, `customer_id`) VALUES (NEW.`id`, NEW.`total`, NEW.`customer_id`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `orders__new` SET `id` = NEW.`id`, `total` = NEW.`total`, `customer_id` = NEW.`customer_id` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `orders__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('orders__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'total', NEW.`total`, 'customer_id', NEW.`customer_id`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `orders__sync_807c_i` AFTER INSERT ON `orders__old` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `orders__new` (`id`, `total`, `customer_id`) VALUES (NEW.`id`, NEW.`total`, NEW.`customer_id`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `orders__new` SET `id` = NEW.`id`, `total` = NEW.`total`, `customer_id` = NEW.`customer_id` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `orders__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('orders__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'total', NEW.`total`, 'customer_id', NEW.`customer_id`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `items__sync_c6cf_d` AFTER DELETE ON `items__old` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  DELETE FROM `items__new` WHERE `order_id` = OLD.`order_id` AND `line` = OLD.`line`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('items__sync', '*', CONCAT_WS(',', OLD.`order_id`, OLD.`line`), JSON_OBJECT('order_id', OLD.`order_id`, 'line', OLD.`line`, 'price', OLD.`price`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `items__sync_c6cf_u` AFTER UPDATE ON `items__old` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NOT (OLD.`order_id` <=> NEW.`order_id` AND OLD.`line` <=> NEW.`line`) THEN
    UPDATE `items__new` SET `order_id` = NEW.`order_id`, `line` = NEW.`line`, `price` = NEW.`price` WHERE `order_id` = OLD.`order_id` AND `line` = OLD.`line`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `items__new` (`order_id`, `line`, `price`) VALUES (NEW.`order_id`, NEW.`line`, NEW.`price`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `items__new` SET `order_id` = NEW.`order_id`, `line` = NEW.`line`, `price` = NEW.`price` WHERE `order_id` = NEW.`order_id` AND `line` = NEW.`line`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `items__new` WHERE `order_id` = NEW.`order_id` AND `line` = NEW.`line`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('items__sync', '*', CONCAT_WS(',', NEW.`order_id`, NEW.`line`), JSON_OBJECT('order_id', NEW.`order_id`, 'line', NEW.`line`, 'price', NEW.`price`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `items__sync_c6cf_i` AFTER INSERT ON `items__old` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `items__new` (`order_id`, `line`, `price`) VALUES (NEW.`order_id`, NEW.`line`, NEW.`price`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `items__new` SET `order_id` = NEW.`order_id`, `line` = NEW.`line`, `price` = NEW.`price` WHERE `order_id` = NEW.`order_id` AND `line` = NEW.`line`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `items__new` WHERE `order_id` = NEW.`order_id` AND `line` = NEW.`line`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('items__sync', '*', CONCAT_WS(',', NEW.`order_id`, NEW.`line`), JSON_OBJECT('order_id', NEW.`order_id`, 'line', NEW.`line`, 'price', NEW.`price`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `customers__sync_1612_d` AFTER DELETE ON `customers__old` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  DELETE FROM `customers__new` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('customers__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'name', OLD.`name`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `customers__sync_1612_u` AFTER UPDATE ON `customers__old` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NOT (OLD.`id` <=> NEW.`id`) THEN
    UPDATE `customers__new` SET `id` = NEW.`id`, `name` = NEW.`name` WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `customers__new` (`id`, `name`) VALUES (NEW.`id`, NEW.`name`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `customers__new` SET `id` = NEW.`id`, `name` = NEW.`name` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `customers__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('customers__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `customers__sync_1612_i` AFTER INSERT ON `customers__old` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `customers__new` (`id`, `name`) VALUES (NEW.`id`, NEW.`name`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `customers__new` SET `id` = NEW.`id`, `name` = NEW.`name` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `customers__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('customers__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
RENAME TABLE `orders` TO `orders__new`, `orders__old` TO `orders`, `items` TO `items__new`, `items__old` TO `items`, `customers` TO `customers__new`, `customers__old` TO `customers`;
DROP TRIGGER IF EXISTS `orders__sync_8591_i`;
DROP TRIGGER IF EXISTS `orders__sync_8591_u`;
DROP TRIGGER IF EXISTS `orders__sync_8591_d`;
DROP TRIGGER IF EXISTS `items__sync_cbe4_i`;
DROP TRIGGER IF EXISTS `items__sync_cbe4_u`;
DROP TRIGGER IF EXISTS `items__sync_cbe4_d`;
DROP TRIGGER IF EXISTS `customers__sync_1b27_i`;
DROP TRIGGER IF EXISTS `customers__sync_1b27_u`;
DROP TRIGGER IF EXISTS `customers__sync_1b27_d`;
ALTER TABLE `orders`
  RENAME INDEX `orders__old_ibfk_1` TO `orders_ibfk_1`,
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'undo step 13 of 23: done' AS `forgelua`;

-- ============================================================================
-- Undo step 12 of 23, switch: Add the foreign key orders__new_ibfk_1 on orders__new
--   Id:           orders__new.orders__new_ibfk_1/switch/add-foreign-key
-- ============================================================================
SELECT 'undo step 12 of 23: Add the foreign key orders__new_ibfk_1 on orders__new' AS `forgelua`;
ALTER TABLE `orders__new`
  DROP FOREIGN KEY `orders__new_ibfk_1`,
  DROP INDEX `orders__new_ibfk_1`,
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'undo step 12 of 23: done' AS `forgelua`;

-- ============================================================================
-- Undo step 11 of 23, switch: Add the foreign key items__new_ibfk_1 on items__new
--   Id:           items__new.items__new_ibfk_1/switch/add-foreign-key
-- ============================================================================
SELECT 'undo step 11 of 23: Add the foreign key items__new_ibfk_1 on items__new' AS `forgelua`;
ALTER TABLE `items__new`
  DROP FOREIGN KEY `items__new_ibfk_1`,
  ALGORITHM=INSTANT;
SELECT 'undo step 11 of 23: done' AS `forgelua`;

-- ============================================================================
-- Undo step 10 of 23, switch: Make rows of orders__new anew that a foreign key's action on orders has changed
--   Id:           orders/switch/refresh
-- ============================================================================
SELECT 'undo step 10 of 23: Make rows of orders__new anew that a foreign key''s action on orders has changed' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 10 of 23: done' AS `forgelua`;

-- ============================================================================
-- Undo step 9 of 23, migrate: Copy the rows of orders into orders__new
--   Id:           orders/migrate/copy
-- ============================================================================
SELECT 'undo step 9 of 23: Copy the rows of orders into orders__new' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 9 of 23: done' AS `forgelua`;

-- ============================================================================
-- Undo step 8 of 23, migrate: Repeat every write to orders on orders__new
--   Id:           orders/migrate/sync
-- ============================================================================
SELECT 'undo step 8 of 23: Repeat every write to orders on orders__new' AS `forgelua`;
DROP TRIGGER IF EXISTS `orders__sync_807c_i`;
DROP TRIGGER IF EXISTS `orders__sync_807c_u`;
DROP TRIGGER IF EXISTS `orders__sync_807c_d`;
SELECT 'undo step 8 of 23: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 23, migrate: Copy the rows of items into items__new
--   Id:           items/migrate/copy
-- ============================================================================
SELECT 'undo step 7 of 23: Copy the rows of items into items__new' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 7 of 23: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 23, migrate: Repeat every write to items on items__new
--   Id:           items/migrate/sync
-- ============================================================================
SELECT 'undo step 6 of 23: Repeat every write to items on items__new' AS `forgelua`;
DROP TRIGGER IF EXISTS `items__sync_c6cf_i`;
DROP TRIGGER IF EXISTS `items__sync_c6cf_u`;
DROP TRIGGER IF EXISTS `items__sync_c6cf_d`;
SELECT 'undo step 6 of 23: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 23, migrate: Copy the rows of customers into customers__new
--   Id:           customers/migrate/copy
-- ============================================================================
SELECT 'undo step 5 of 23: Copy the rows of customers into customers__new' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 5 of 23: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 23, migrate: Repeat every write to customers on customers__new
--   Id:           customers/migrate/sync
-- ============================================================================
SELECT 'undo step 4 of 23: Repeat every write to customers on customers__new' AS `forgelua`;
DROP TRIGGER IF EXISTS `customers__sync_1612_i`;
DROP TRIGGER IF EXISTS `customers__sync_1612_u`;
DROP TRIGGER IF EXISTS `customers__sync_1612_d`;
SELECT 'undo step 4 of 23: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 23, expand: Create orders__new in the new shape of orders
--   Id:           orders/expand/create-copy
-- ============================================================================
SELECT 'undo step 3 of 23: Create orders__new in the new shape of orders' AS `forgelua`;
DROP TABLE `orders__new`;
SELECT 'undo step 3 of 23: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 23, expand: Create items__new in the new shape of items
--   Id:           items/expand/create-copy
-- ============================================================================
SELECT 'undo step 2 of 23: Create items__new in the new shape of items' AS `forgelua`;
DROP TABLE `items__new`;
SELECT 'undo step 2 of 23: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 23, expand: Create customers__new in the new shape of customers
--   Id:           customers/expand/create-copy
-- ============================================================================
SELECT 'undo step 1 of 23: Create customers__new in the new shape of customers' AS `forgelua`;
DROP TABLE `customers__new`;
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
SELECT 'undo step 1 of 23: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
