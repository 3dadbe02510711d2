-- WARNING: rollback is destructive — sales data will be lost: values of sales that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors.
-- WARNING: rollback is destructive — sales__old data will be lost: the NULLs of sales.amount: the way back leaves the values that the backfill gave them.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration copied_and_filled
-- A copied table gets columns that are filled, from its own row and from another table
-- mysql 8.4; strategy shadow_table; risk high; forgelua 0.1.0
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
-- Check: step 9 must be done before this: Drop sales__old. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'sales__old' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 9 must be done before this: Drop sales__old')), '1', @forgelua_actual);
-- Check: the whole plan must be done before this: alter_column sales.id. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'sales' AND COLUMN_NAME = 'id') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'sales' AND COLUMN_NAME = 'id' AND DATA_TYPE = 'bigint' AND COLUMN_TYPE NOT LIKE '%unsigned%') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must be done before this: alter_column sales.id')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 10 of 10, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 10 of 10: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 10 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 9 of 10, contract: Drop sales__old
--   Id:           sales/contract/drop-old
--   Loses:        the NULLs of sales.amount: the way back leaves the values that the backfill gave them
-- ============================================================================
SELECT 'undo step 9 of 10: Drop sales__old' AS `forgelua`;
CREATE TABLE `sales__old` (
  `id` int NOT NULL,
  `region` varchar(5) NULL,
  `amount` int NULL,
  PRIMARY KEY (`id`)
);
SELECT 'undo step 9 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 8 of 10, contract: Stop repeating writes to sales on sales__old
--   Id:           sales/contract/stop-sync
-- ============================================================================
SELECT 'undo step 8 of 10: Stop repeating writes to sales on sales__old' AS `forgelua`;
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
CREATE TRIGGER `sales__sync_003a_d` AFTER DELETE ON `sales` FOR EACH ROW
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
  DELETE FROM `sales__old` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('sales__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'region', OLD.`region`, 'amount', OLD.`amount`, 'currency', OLD.`currency`, 'tax', OLD.`tax`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `sales__sync_003a_u` AFTER UPDATE ON `sales` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_kept3 int DEFAULT NULL;
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
  IF NOT (NEW.`amount` <=> OLD.`amount`) OR NOT EXISTS (SELECT 1 FROM `sales__old` WHERE `id` = OLD.`id`) THEN
    SET forgelua_kept3 = (SELECT (`amount`) FROM (SELECT NEW.`amount` AS `amount`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE, forgelua_kept3 = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('sales__sync', 'amount', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'region', NEW.`region`, 'amount', NEW.`amount`, 'currency', NEW.`currency`, 'tax', NEW.`tax`), forgelua_message);
    END IF;
  ELSE
    SET forgelua_kept3 = (SELECT `amount` FROM `sales__old` WHERE `id` = OLD.`id`);
  END IF;
  IF NOT (OLD.`id` <=> NEW.`id`) THEN
    UPDATE `sales__old` SET `id` = NEW.`id`, `region` = NEW.`region`, `amount` = forgelua_kept3 WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `sales__old` (`id`, `region`, `amount`) VALUES (NEW.`id`, NEW.`region`, forgelua_kept3);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `sales__old` SET `id` = NEW.`id`, `region` = NEW.`region`, `amount` = forgelua_kept3 WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `sales__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('sales__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'region', NEW.`region`, 'amount', NEW.`amount`, 'currency', NEW.`currency`, 'tax', NEW.`tax`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `sales__sync_003a_i` AFTER INSERT ON `sales` FOR EACH ROW
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
    INSERT INTO `sales__old` (`id`, `region`, `amount`) VALUES (NEW.`id`, NEW.`region`, (SELECT (`amount`) FROM (SELECT NEW.`amount` AS `amount`) AS forgelua_row));
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `sales__old` SET `id` = NEW.`id`, `region` = NEW.`region`, `amount` = (SELECT (`amount`) FROM (SELECT NEW.`amount` AS `amount`) AS forgelua_row) WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `sales__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('sales__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'region', NEW.`region`, 'amount', NEW.`amount`, 'currency', NEW.`currency`, 'tax', NEW.`tax`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 8 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 10, contract: Drop the trigger that filled amount, currency, tax of sales
--   Id:           sales/contract/stop-filling
-- ============================================================================
SELECT 'undo step 7 of 10: Drop the trigger that filled amount, currency, tax of sales' AS `forgelua`;
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
CREATE TRIGGER `sales__sync_2_u` BEFORE UPDATE ON `sales` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`amount` IS NULL THEN
    SET NEW.`amount` = (SELECT COALESCE(`amount`, COALESCE(amount, 0)) FROM (SELECT NEW.`amount` AS `amount`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`amount` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('sales__sync_2', 'amount', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'region', NEW.`region`, 'amount', NEW.`amount`, 'currency', NEW.`currency`, 'tax', NEW.`tax`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`currency` IS NULL THEN
    SET NEW.`currency` = (SELECT COALESCE(CASE WHEN region = 'EU' THEN 'EUR' ELSE 'USD' END, 'USD') FROM (SELECT NEW.`region` AS `region`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`currency` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('sales__sync_2', 'currency', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'region', NEW.`region`, 'amount', NEW.`amount`, 'currency', NEW.`currency`, 'tax', NEW.`tax`), forgelua_message);
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
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('sales__sync_2', 'currency', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'region', NEW.`region`, 'amount', NEW.`amount`, 'currency', NEW.`currency`, 'tax', NEW.`tax`), forgelua_message);
      END IF;
    END IF;
  END IF;
  IF NEW.`tax` IS NULL THEN
    SET NEW.`tax` = (SELECT COALESCE((SELECT r.tax FROM regions r WHERE r.code = sales.region), 1) FROM (SELECT NEW.`region` AS `region`, NEW.`tax` AS `tax`) AS `sales`);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`tax` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('sales__sync_2', 'tax', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'region', NEW.`region`, 'amount', NEW.`amount`, 'currency', NEW.`currency`, 'tax', NEW.`tax`), forgelua_message);
    END IF;
  ELSEIF (NOT (CAST(NEW.`region` AS BINARY) <=> CAST(OLD.`region` AS BINARY))) AND NOT (NOT (NEW.`tax` <=> OLD.`tax`)) THEN
    SET NEW.`tax` = (SELECT COALESCE((SELECT r.tax FROM regions r WHERE r.code = sales.region), 1) FROM (SELECT OLD.`region` AS `region`, OLD.`tax` AS `tax`) AS `sales`);
    IF forgelua_failed OR NOT (NEW.`tax` <=> OLD.`tax`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`tax` = OLD.`tax`;
    ELSE
      SET NEW.`tax` = (SELECT COALESCE((SELECT r.tax FROM regions r WHERE r.code = sales.region), 1) FROM (SELECT NEW.`region` AS `region`, NEW.`tax` AS `tax`) AS `sales`);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`tax` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('sales__sync_2', 'tax', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'region', NEW.`region`, 'amount', NEW.`amount`, 'currency', NEW.`currency`, 'tax', NEW.`tax`), forgelua_message);
      END IF;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `sales__sync_2_i` BEFORE INSERT ON `sales` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`amount` IS NULL THEN
    SET NEW.`amount` = (SELECT COALESCE(`amount`, COALESCE(amount, 0)) FROM (SELECT NEW.`amount` AS `amount`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`amount` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('sales__sync_2', 'amount', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'region', NEW.`region`, 'amount', NEW.`amount`, 'currency', NEW.`currency`, 'tax', NEW.`tax`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`currency` IS NULL THEN
    SET NEW.`currency` = (SELECT COALESCE(CASE WHEN region = 'EU' THEN 'EUR' ELSE 'USD' END, 'USD') FROM (SELECT NEW.`region` AS `region`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`currency` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('sales__sync_2', 'currency', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'region', NEW.`region`, 'amount', NEW.`amount`, 'currency', NEW.`currency`, 'tax', NEW.`tax`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`tax` IS NULL THEN
    SET NEW.`tax` = (SELECT COALESCE((SELECT r.tax FROM regions r WHERE r.code = sales.region), 1) FROM (SELECT NEW.`region` AS `region`, NEW.`tax` AS `tax`) AS `sales`);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`tax` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('sales__sync_2', 'tax', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'region', NEW.`region`, 'amount', NEW.`amount`, 'currency', NEW.`currency`, 'tax', NEW.`tax`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 7 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 10, contract: Set the default of sales.currency
--   Id:           sales.currency/contract/default
-- ============================================================================
SELECT 'undo step 6 of 10: Set the default of sales.currency' AS `forgelua`;
ALTER TABLE `sales`
  MODIFY COLUMN `currency` char(3) NOT NULL,
  ALGORITHM=INSTANT;
SELECT 'undo step 6 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 10, contract: From here the way back copies sales into sales__old again
--   Id:           sales/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
SELECT 'undo step 5 of 10: From here the way back copies sales into sales__old again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('sales/contract/point-of-return', 'sales', 30000, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
SET @forgelua_isolation = @@SESSION.transaction_isolation, SESSION transaction_isolation = 'READ-COMMITTED', @forgelua_backfill = 3;
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
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'sales/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `sales` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `sales` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(0.100); END IF;
    SELECT `id` INTO forgelua_e1 FROM `sales` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 9999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `sales` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      INSERT INTO `sales__old` (`id`, `region`, `amount`) SELECT `id`, `region`, (`amount`) FROM `sales` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `sales__old` AS forgelua_t WHERE forgelua_t.`id` = `sales`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'sales/contract/point-of-return';
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
              SELECT 'sales/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'region', `region`, 'amount', `amount`, 'currency', `currency`, 'tax', `tax`), forgelua_message FROM `sales` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          INSERT INTO `sales__old` (`id`, `region`, `amount`) SELECT `id`, `region`, (`amount`) FROM `sales` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `sales__old` AS forgelua_t WHERE forgelua_t.`id` = `sales`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'sales/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `sales` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'sales/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'undo step 5 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 10, switch: Swap the copy of sales in
--   Id:           sales/switch/swap
--   Loses:        values of sales that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
-- ============================================================================
SELECT 'undo step 4 of 10: Swap the copy of sales in' AS `forgelua`;
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
CREATE TRIGGER `sales__sync_fb25_d` AFTER DELETE ON `sales__old` FOR EACH ROW
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
  DELETE FROM `sales__new` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('sales__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'region', OLD.`region`, 'amount', OLD.`amount`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `sales__sync_fb25_u` AFTER UPDATE ON `sales__old` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_kept3 int DEFAULT NULL;
  DECLARE forgelua_kept4 char(3) DEFAULT NULL;
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
  IF NOT (NEW.`amount` <=> OLD.`amount`) OR NOT EXISTS (SELECT 1 FROM `sales__new` WHERE `id` = OLD.`id`) THEN
    SET forgelua_kept3 = (SELECT COALESCE(`amount`, COALESCE(amount, 0)) FROM (SELECT NEW.`amount` AS `amount`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE, forgelua_kept3 = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('sales__sync', 'amount', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'region', NEW.`region`, 'amount', NEW.`amount`), forgelua_message);
    END IF;
  ELSE
    SET forgelua_kept3 = (SELECT `amount` FROM `sales__new` WHERE `id` = OLD.`id`);
  END IF;
  IF NOT (CAST(NEW.`region` AS BINARY) <=> CAST(OLD.`region` AS BINARY)) OR NOT EXISTS (SELECT 1 FROM `sales__new` WHERE `id` = OLD.`id`) THEN
    SET forgelua_kept4 = (SELECT CASE WHEN region = 'EU' THEN 'EUR' ELSE 'USD' END FROM (SELECT NEW.`region` AS `region`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE, forgelua_kept4 = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('sales__sync', 'currency', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'region', NEW.`region`, 'amount', NEW.`amount`), forgelua_message);
    END IF;
  ELSE
    SET forgelua_kept4 = (SELECT `currency` FROM `sales__new` WHERE `id` = OLD.`id`);
  END IF;
  IF NOT (OLD.`id` <=> NEW.`id`) THEN
    UPDATE `sales__new` SET `id` = NEW.`id`, `region` = NEW.`region`, `amount` = forgelua_kept3, `currency` = forgelua_kept4, `tax` = (SELECT COALESCE((SELECT r.tax FROM regions r WHERE r.code = sales.region), 1) FROM (SELECT NEW.`region` AS `region`) AS `sales`) WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `sales__new` (`id`, `region`, `amount`, `currency`, `tax`) VALUES (NEW.`id`, NEW.`region`, forgelua_kept3, forgelua_kept4, (SELECT COALESCE((SELECT r.tax FROM regions r WHERE r.code = sales.region), 1) FROM (SELECT NEW.`region` AS `region`) AS `sales`));
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `sales__new` SET `id` = NEW.`id`, `region` = NEW.`region`, `amount` = forgelua_kept3, `currency` = forgelua_kept4, `tax` = (SELECT COALESCE((SELECT r.tax FROM regions r WHERE r.code = sales.region), 1) FROM (SELECT NEW.`region` AS `region`) AS `sales`) WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `sales__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('sales__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'region', NEW.`region`, 'amount', NEW.`amount`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `sales__sync_fb25_i` AFTER INSERT ON `sales__old` FOR EACH ROW
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
    INSERT INTO `sales__new` (`id`, `region`, `amount`, `currency`, `tax`) VALUES (NEW.`id`, NEW.`region`, (SELECT COALESCE(`amount`, COALESCE(amount, 0)) FROM (SELECT NEW.`amount` AS `amount`) AS forgelua_row), (SELECT CASE WHEN region = 'EU' THEN 'EUR' ELSE 'USD' END FROM (SELECT NEW.`region` AS `region`) AS forgelua_row), (SELECT COALESCE((SELECT r.tax FROM regions r WHERE r.code = sales.region), 1) FROM (SELECT NEW.`region` AS `region`) AS `sales`));
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `sales__new` SET `id` = NEW.`id`, `region` = NEW.`region`, `amount` = (SELECT COALESCE(`amount`, COALESCE(amount, 0)) FROM (SELECT NEW.`amount` AS `amount`) AS forgelua_row), `currency` = (SELECT CASE WHEN region = 'EU' THEN 'EUR' ELSE 'USD' END FROM (SELECT NEW.`region` AS `region`) AS forgelua_row), `tax` = (SELECT COALESCE((SELECT r.tax FROM regions r WHERE r.code = sales.region), 1) FROM (SELECT NEW.`region` AS `region`) AS `sales`) WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `sales__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('sales__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'region', NEW.`region`, 'amount', NEW.`amount`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
RENAME TABLE `sales` TO `sales__new`, `sales__old` TO `sales`;
DROP TRIGGER IF EXISTS `sales__sync_2_i`;
DROP TRIGGER IF EXISTS `sales__sync_2_u`;
DROP TRIGGER IF EXISTS `sales__sync_003a_i`;
DROP TRIGGER IF EXISTS `sales__sync_003a_u`;
DROP TRIGGER IF EXISTS `sales__sync_003a_d`;
SELECT 'undo step 4 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 10, migrate: Copy the rows of sales into sales__new
--   Id:           sales/migrate/copy
-- ============================================================================
SELECT 'undo step 3 of 10: Copy the rows of sales into sales__new' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 3 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 10, migrate: Repeat every write to sales on sales__new
--   Id:           sales/migrate/sync
-- ============================================================================
SELECT 'undo step 2 of 10: Repeat every write to sales on sales__new' AS `forgelua`;
DROP TRIGGER IF EXISTS `sales__sync_fb25_i`;
DROP TRIGGER IF EXISTS `sales__sync_fb25_u`;
DROP TRIGGER IF EXISTS `sales__sync_fb25_d`;
SELECT 'undo step 2 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 10, expand: Create sales__new in the new shape of sales
--   Id:           sales/expand/create-copy
-- ============================================================================
SELECT 'undo step 1 of 10: Create sales__new in the new shape of sales' AS `forgelua`;
DROP TABLE `sales__new`;
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
