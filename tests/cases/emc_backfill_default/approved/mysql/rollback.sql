-- Rollback, every phase of migration emc_backfill_default
-- A currency by region for rows that stand, and a default for rows to come
-- mysql 8.4; strategy expand_migrate_contract; risk medium; forgelua 0.1.0
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
-- Check: step 9 must be done before this: Drop the trigger that filled currency, tax of orders. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME = 'orders__sync_i') AND NOT EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME = 'orders__sync_u') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 9 must be done before this: Drop the trigger that filled currency, tax of orders')), '1', @forgelua_actual);
-- Check: the whole plan must be done before this: add_column orders.currency. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'orders' AND COLUMN_NAME = 'currency') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must be done before this: add_column orders.currency')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 10 of 10, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 10 of 10: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 10 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 9 of 10, contract: Drop the trigger that filled currency, tax of orders
--   Id:           orders.currency/contract/stop-filling
-- ============================================================================
SELECT 'undo step 9 of 10: Drop the trigger that filled currency, tax of orders' AS `forgelua`;
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
CREATE TRIGGER `orders__sync_u` BEFORE UPDATE ON `orders` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`currency` IS NULL THEN
    SET NEW.`currency` = (SELECT COALESCE(CASE WHEN region = 'EU' THEN 'EUR' ELSE 'USD' END, 'USD') FROM (SELECT NEW.`region` AS `region`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`currency` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('orders__sync', 'currency', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'region', NEW.`region`, 'currency', NEW.`currency`, 'tax', NEW.`tax`), forgelua_message);
    END IF;
  ELSEIF (NOT (CAST(NEW.`region` AS BINARY) <=> CAST(OLD.`region` AS BINARY))) AND NOT (NOT (CAST(NEW.`currency` AS BINARY) <=> CAST(OLD.`currency` AS BINARY))) THEN
    SET NEW.`currency` = (SELECT COALESCE(CASE WHEN region = 'EU' THEN 'EUR' ELSE 'USD' END, 'USD') FROM (SELECT OLD.`region` AS `region`) AS forgelua_row);
    IF forgelua_failed OR NOT (NEW.`currency` <=> OLD.`currency`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`currency` = OLD.`currency`;
    ELSE
      SET NEW.`currency` = (SELECT COALESCE(CASE WHEN region = 'EU' THEN 'EUR' ELSE 'USD' END, 'USD') FROM (SELECT NEW.`region` AS `region`) AS forgelua_row);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`currency` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('orders__sync', 'currency', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'region', NEW.`region`, 'currency', NEW.`currency`, 'tax', NEW.`tax`), forgelua_message);
      END IF;
    END IF;
  END IF;
  IF NEW.`tax` IS NULL THEN
    SET NEW.`tax` = (SELECT CASE WHEN region = 'EU' THEN 19 END FROM (SELECT NEW.`region` AS `region`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`tax` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('orders__sync', 'tax', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'region', NEW.`region`, 'currency', NEW.`currency`, 'tax', NEW.`tax`), forgelua_message);
    END IF;
  ELSEIF (NOT (CAST(NEW.`region` AS BINARY) <=> CAST(OLD.`region` AS BINARY))) AND NOT (NOT (NEW.`tax` <=> OLD.`tax`)) THEN
    SET NEW.`tax` = (SELECT CASE WHEN region = 'EU' THEN 19 END FROM (SELECT OLD.`region` AS `region`) AS forgelua_row);
    IF forgelua_failed OR NOT (NEW.`tax` <=> OLD.`tax`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`tax` = OLD.`tax`;
    ELSE
      SET NEW.`tax` = (SELECT CASE WHEN region = 'EU' THEN 19 END FROM (SELECT NEW.`region` AS `region`) AS forgelua_row);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`tax` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('orders__sync', 'tax', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'region', NEW.`region`, 'currency', NEW.`currency`, 'tax', NEW.`tax`), forgelua_message);
      END IF;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `orders__sync_i` BEFORE INSERT ON `orders` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`currency` IS NULL THEN
    SET NEW.`currency` = (SELECT COALESCE(CASE WHEN region = 'EU' THEN 'EUR' ELSE 'USD' END, 'USD') FROM (SELECT NEW.`region` AS `region`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`currency` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('orders__sync', 'currency', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'region', NEW.`region`, 'currency', NEW.`currency`, 'tax', NEW.`tax`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`tax` IS NULL THEN
    SET NEW.`tax` = (SELECT CASE WHEN region = 'EU' THEN 19 END FROM (SELECT NEW.`region` AS `region`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`tax` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('orders__sync', 'tax', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'region', NEW.`region`, 'currency', NEW.`currency`, 'tax', NEW.`tax`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 9 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 8 of 10, contract: Set the default of orders.tax
--   Id:           orders.tax/contract/default
-- ============================================================================
SELECT 'undo step 8 of 10: Set the default of orders.tax' AS `forgelua`;
ALTER TABLE `orders`
  MODIFY COLUMN `tax` int NULL,
  ALGORITHM=INSTANT;
SELECT 'undo step 8 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 10, contract: Set the default of orders.currency
--   Id:           orders.currency/contract/default
-- ============================================================================
SELECT 'undo step 7 of 10: Set the default of orders.currency' AS `forgelua`;
ALTER TABLE `orders`
  MODIFY COLUMN `currency` char(3) NOT NULL,
  ALGORITHM=INSTANT;
SELECT 'undo step 7 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 10, switch: Make orders.currency NOT NULL
--   Id:           orders.currency/switch/not-null
-- ============================================================================
SELECT 'undo step 6 of 10: Make orders.currency NOT NULL' AS `forgelua`;
ALTER TABLE `orders`
  MODIFY COLUMN `currency` char(3) NULL INVISIBLE,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 6 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 10, switch: Finish orders.tax
--   Id:           orders.tax/switch/not-null
-- ============================================================================
SELECT 'undo step 5 of 10: Finish orders.tax' AS `forgelua`;
ALTER TABLE `orders`
  ALTER COLUMN `tax` SET INVISIBLE,
  ALGORITHM=INSTANT;
SELECT 'undo step 5 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 10, migrate: Backfill tax of orders
--   Id:           orders.tax/migrate/backfill
-- ============================================================================
SELECT 'undo step 4 of 10: Backfill tax of orders' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 4 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 10, migrate: Backfill currency of orders
--   Id:           orders.currency/migrate/backfill
-- ============================================================================
SELECT 'undo step 3 of 10: Backfill currency of orders' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 3 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 10, migrate: Keep currency, tax of orders filled for new rows
--   Id:           orders.currency/migrate/keep-filled
-- ============================================================================
SELECT 'undo step 2 of 10: Keep currency, tax of orders filled for new rows' AS `forgelua`;
DROP TRIGGER IF EXISTS `orders__sync_i`;
DROP TRIGGER IF EXISTS `orders__sync_u`;
SELECT 'undo step 2 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 10, expand: Add currency, tax to orders, empty and not insisting
--   Id:           orders.currency/expand/add-column
-- ============================================================================
SELECT 'undo step 1 of 10: Add currency, tax to orders, empty and not insisting' AS `forgelua`;
ALTER TABLE `orders`
  DROP COLUMN `tax`,
  DROP COLUMN `currency`,
  ALGORITHM=INSTANT;
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
SELECT 'undo step 1 of 10: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
