-- WARNING: rollback is destructive — prices data will be lost: values of prices that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors.
-- Take a backup before applying forward.sql.
-- Rollback of phase switch, schema of migration blue_green_one
-- Prices flip in one short step
-- mysql 8.4; strategy blue_green; risk high; forgelua 0.1.0
-- Run in this folder: mysql --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < phases/3-switch.rollback.sql

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
-- Check: step 7 must not be done at this point: Stop repeating writes to prices on prices__old. Expects 0.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME = 'prices__sync_b048_i') AND NOT EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME = 'prices__sync_b048_u') AND NOT EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME = 'prices__sync_b048_d') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 7 must not be done at this point: Stop repeating writes to prices on prices__old')), '0', @forgelua_actual);

-- ============================================================================
-- Undo step 5 of 9, switch: Swap the copy of prices in
--   Id:           prices/switch/flip
--   Loses:        values of prices that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
-- ============================================================================
SELECT 'undo step 5 of 9: Swap the copy of prices in' AS `forgelua`;
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
CREATE TRIGGER `prices__sync_ab33_d` AFTER DELETE ON `prices__old` FOR EACH ROW
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
  DELETE FROM `prices__new` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('prices__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'amount', OLD.`amount`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `prices__sync_ab33_u` AFTER UPDATE ON `prices__old` FOR EACH ROW
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
    UPDATE `prices__new` SET `id` = NEW.`id`, `amount` = NEW.`amount` WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `prices__new` (`id`, `amount`) VALUES (NEW.`id`, NEW.`amount`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `prices__new` SET `id` = NEW.`id`, `amount` = NEW.`amount` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `prices__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('prices__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'amount', NEW.`amount`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `prices__sync_ab33_i` AFTER INSERT ON `prices__old` FOR EACH ROW
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
    INSERT INTO `prices__new` (`id`, `amount`) VALUES (NEW.`id`, NEW.`amount`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `prices__new` SET `id` = NEW.`id`, `amount` = NEW.`amount` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `prices__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('prices__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'amount', NEW.`amount`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
RENAME TABLE `prices` TO `prices__new`, `prices__old` TO `prices`;
DROP TRIGGER IF EXISTS `prices__sync_b048_i`;
DROP TRIGGER IF EXISTS `prices__sync_b048_u`;
DROP TRIGGER IF EXISTS `prices__sync_b048_d`;
SELECT 'undo step 5 of 9: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 9, switch: Test the second set of prices before the flip
--   Id:           prices/switch/verify-green
-- ============================================================================
SELECT 'undo step 4 of 9: Test the second set of prices before the flip' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 4 of 9: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
