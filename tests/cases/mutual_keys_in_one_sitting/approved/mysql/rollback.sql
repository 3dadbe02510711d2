-- WARNING: rollback is destructive — depts, people, skills data will be lost: values of depts that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors; values of people that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors; values of skills that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors.
-- WARNING: rollback is destructive — depts__old data will be lost: values of depts.title that do not come back unchanged.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration mutual_keys_in_one_sitting
-- Tables that refer to each other grow in development, and a column of one of them is computed anew
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
-- Check: step 29 must be done before this: Drop depts__old, people__old, skills__old. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'depts__old' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 29 must be done before this: Drop depts__old, people__old, skills__old')), '1', @forgelua_actual);
-- Check: the whole plan must be done before this: alter_column depts.id. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'depts' AND COLUMN_NAME = 'id') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'depts' AND COLUMN_NAME = 'id' AND DATA_TYPE = 'bigint' AND COLUMN_TYPE NOT LIKE '%unsigned%') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must be done before this: alter_column depts.id')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 30 of 30, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 30 of 30: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 30 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 29 of 30, contract: Drop depts__old, people__old, skills__old
--   Id:           depts, staff, skills/contract/drop-old
--   Loses:        values of depts.title that do not come back unchanged
-- ============================================================================
SELECT 'undo step 29 of 30: Drop depts__old, people__old, skills__old' AS `forgelua`;
CREATE TABLE `skills__old` (
  `person_id` int NOT NULL,
  `skill` varchar(20) NOT NULL,
  PRIMARY KEY (`person_id`, `skill`)
);
CREATE TABLE `people__old` (
  `id` int NOT NULL,
  `dept_id` int NOT NULL,
  `boss` int NULL,
  PRIMARY KEY (`id`)
);
CREATE TABLE `depts__old` (
  `id` int NOT NULL,
  `head` int NULL,
  `title` varchar(9) NULL,
  PRIMARY KEY (`id`)
);
SELECT 'undo step 29 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 28 of 30, contract: Stop repeating writes to skills on skills__old
--   Id:           skills/contract/stop-sync
-- ============================================================================
SELECT 'undo step 28 of 30: Stop repeating writes to skills on skills__old' AS `forgelua`;
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
CREATE TRIGGER `skills__sync_fd54_d` AFTER DELETE ON `skills` FOR EACH ROW
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
  DELETE FROM `skills__old` WHERE `person_id` = OLD.`person_id` AND `skill` = OLD.`skill`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('skills__sync', '*', CONCAT_WS(',', OLD.`person_id`, OLD.`skill`), JSON_OBJECT('person_id', OLD.`person_id`, 'skill', OLD.`skill`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `skills__sync_fd54_u` AFTER UPDATE ON `skills` FOR EACH ROW
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
  IF NOT (OLD.`person_id` <=> NEW.`person_id` AND OLD.`skill` <=> NEW.`skill`) THEN
    UPDATE `skills__old` SET `person_id` = NEW.`person_id`, `skill` = NEW.`skill` WHERE `person_id` = OLD.`person_id` AND `skill` = OLD.`skill`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `skills__old` (`person_id`, `skill`) VALUES (NEW.`person_id`, NEW.`skill`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `skills__old` SET `person_id` = NEW.`person_id`, `skill` = NEW.`skill` WHERE `person_id` = NEW.`person_id` AND `skill` = NEW.`skill`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `skills__old` WHERE `person_id` = NEW.`person_id` AND `skill` = NEW.`skill`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('skills__sync', '*', CONCAT_WS(',', NEW.`person_id`, NEW.`skill`), JSON_OBJECT('person_id', NEW.`person_id`, 'skill', NEW.`skill`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `skills__sync_fd54_i` AFTER INSERT ON `skills` FOR EACH ROW
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
    INSERT INTO `skills__old` (`person_id`, `skill`) VALUES (NEW.`person_id`, NEW.`skill`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `skills__old` SET `person_id` = NEW.`person_id`, `skill` = NEW.`skill` WHERE `person_id` = NEW.`person_id` AND `skill` = NEW.`skill`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `skills__old` WHERE `person_id` = NEW.`person_id` AND `skill` = NEW.`skill`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('skills__sync', '*', CONCAT_WS(',', NEW.`person_id`, NEW.`skill`), JSON_OBJECT('person_id', NEW.`person_id`, 'skill', NEW.`skill`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 28 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 27 of 30, contract: Stop repeating writes to staff on people__old
--   Id:           staff/contract/stop-sync
-- ============================================================================
SELECT 'undo step 27 of 30: Stop repeating writes to staff on people__old' AS `forgelua`;
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
CREATE TRIGGER `people__sync_3787_d` AFTER DELETE ON `staff` FOR EACH ROW
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
  DELETE FROM `people__old` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('people__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'dept_id', OLD.`dept_id`, 'boss', OLD.`boss`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `people__sync_3787_u` AFTER UPDATE ON `staff` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_held2 int DEFAULT NULL;
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
  IF NOT (OLD.`id` <=> NEW.`id`) THEN
    UPDATE `people__old` SET `id` = NEW.`id`, `dept_id` = NEW.`dept_id`, `boss` = NEW.`boss` WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `people__old` (`id`, `dept_id`, `boss`) VALUES (NEW.`id`, NEW.`dept_id`, NEW.`boss`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `people__old` SET `id` = NEW.`id`, `dept_id` = NEW.`dept_id`, `boss` = NEW.`boss` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `people__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('people__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'dept_id', NEW.`dept_id`, 'boss', NEW.`boss`), forgelua_message);
    SET forgelua_held2 = NEW.`dept_id`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held2 = 0; END IF;
    SET forgelua_held3 = NEW.`boss`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held3 = NULL; END IF;
    DELETE FROM `people__old` WHERE `id` = OLD.`id`;
    INSERT INTO `people__old` (`id`, `dept_id`, `boss`) VALUES (NEW.`id`, forgelua_held2, forgelua_held3);
    IF forgelua_taken THEN
      UPDATE `people__old` SET `id` = NEW.`id`, `dept_id` = forgelua_held2, `boss` = forgelua_held3 WHERE `id` = NEW.`id`;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `people__sync_3787_i` AFTER INSERT ON `staff` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_held2 int DEFAULT NULL;
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
    INSERT INTO `people__old` (`id`, `dept_id`, `boss`) VALUES (NEW.`id`, NEW.`dept_id`, NEW.`boss`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `people__old` SET `id` = NEW.`id`, `dept_id` = NEW.`dept_id`, `boss` = NEW.`boss` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `people__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('people__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'dept_id', NEW.`dept_id`, 'boss', NEW.`boss`), forgelua_message);
    SET forgelua_held2 = NEW.`dept_id`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held2 = 0; END IF;
    SET forgelua_held3 = NEW.`boss`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held3 = NULL; END IF;
    INSERT INTO `people__old` (`id`, `dept_id`, `boss`) VALUES (NEW.`id`, forgelua_held2, forgelua_held3);
    IF forgelua_taken THEN
      UPDATE `people__old` SET `id` = NEW.`id`, `dept_id` = forgelua_held2, `boss` = forgelua_held3 WHERE `id` = NEW.`id`;
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 27 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 26 of 30, contract: Stop repeating writes to depts on depts__old
--   Id:           depts/contract/stop-sync
-- ============================================================================
SELECT 'undo step 26 of 30: Stop repeating writes to depts on depts__old' AS `forgelua`;
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
CREATE TRIGGER `depts__sync_2622_d` AFTER DELETE ON `depts` FOR EACH ROW
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
  DELETE FROM `depts__old` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('depts__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'head', OLD.`head`, 'title', OLD.`title`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `depts__sync_2622_u` AFTER UPDATE ON `depts` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_kept3 varchar(9) DEFAULT NULL;
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
  IF NOT (CAST(NEW.`title` AS BINARY) <=> CAST(OLD.`title` AS BINARY)) OR NOT EXISTS (SELECT 1 FROM `depts__old` WHERE `id` = OLD.`id`) THEN
    SET forgelua_kept3 = (SELECT (`title`) FROM (SELECT NEW.`title` AS `title`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE, forgelua_kept3 = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('depts__sync', 'title', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'head', NEW.`head`, 'title', NEW.`title`), forgelua_message);
    END IF;
  ELSE
    SET forgelua_kept3 = (SELECT `title` FROM `depts__old` WHERE `id` = OLD.`id`);
  END IF;
  IF NOT (OLD.`id` <=> NEW.`id`) THEN
    UPDATE `depts__old` SET `id` = NEW.`id`, `head` = NEW.`head`, `title` = forgelua_kept3 WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `depts__old` (`id`, `head`, `title`) VALUES (NEW.`id`, NEW.`head`, forgelua_kept3);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `depts__old` SET `id` = NEW.`id`, `head` = NEW.`head`, `title` = forgelua_kept3 WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `depts__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('depts__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'head', NEW.`head`, 'title', NEW.`title`), forgelua_message);
    SET forgelua_held2 = NEW.`head`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held2 = NULL; END IF;
    DELETE FROM `depts__old` WHERE `id` = OLD.`id`;
    INSERT INTO `depts__old` (`id`, `head`, `title`) VALUES (NEW.`id`, forgelua_held2, forgelua_kept3);
    IF forgelua_taken THEN
      UPDATE `depts__old` SET `id` = NEW.`id`, `head` = forgelua_held2, `title` = forgelua_kept3 WHERE `id` = NEW.`id`;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `depts__sync_2622_i` AFTER INSERT ON `depts` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_held2 int DEFAULT NULL;
  DECLARE forgelua_held3 varchar(9) DEFAULT NULL;
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
    INSERT INTO `depts__old` (`id`, `head`, `title`) VALUES (NEW.`id`, NEW.`head`, (SELECT (`title`) FROM (SELECT NEW.`title` AS `title`) AS forgelua_row));
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `depts__old` SET `id` = NEW.`id`, `head` = NEW.`head`, `title` = (SELECT (`title`) FROM (SELECT NEW.`title` AS `title`) AS forgelua_row) WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `depts__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('depts__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'head', NEW.`head`, 'title', NEW.`title`), forgelua_message);
    SET forgelua_held2 = NEW.`head`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held2 = NULL; END IF;
    SET forgelua_held3 = (SELECT (`title`) FROM (SELECT NEW.`title` AS `title`) AS forgelua_row);
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held3 = NULL; END IF;
    INSERT INTO `depts__old` (`id`, `head`, `title`) VALUES (NEW.`id`, forgelua_held2, forgelua_held3);
    IF forgelua_taken THEN
      UPDATE `depts__old` SET `id` = NEW.`id`, `head` = forgelua_held2, `title` = forgelua_held3 WHERE `id` = NEW.`id`;
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 26 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 25 of 30, contract: Drop the trigger that filled title of depts
--   Id:           depts/contract/stop-filling
-- ============================================================================
SELECT 'undo step 25 of 30: Drop the trigger that filled title of depts' AS `forgelua`;
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
CREATE TRIGGER `depts__sync_2_u` BEFORE UPDATE ON `depts` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`title` IS NULL THEN
    SET NEW.`title` = (SELECT COALESCE(title, 'none') FROM (SELECT NEW.`title` AS `title`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`title` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('depts__sync_2', 'title', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'head', NEW.`head`, 'title', NEW.`title`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `depts__sync_2_i` BEFORE INSERT ON `depts` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`title` IS NULL THEN
    SET NEW.`title` = (SELECT COALESCE(title, 'none') FROM (SELECT NEW.`title` AS `title`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`title` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('depts__sync_2', 'title', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'head', NEW.`head`, 'title', NEW.`title`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 25 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 24 of 30, contract: From here the way back copies skills into skills__old again
--   Id:           skills/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
SELECT 'undo step 24 of 30: From here the way back copies skills into skills__old again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('skills/contract/point-of-return', 'skills', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_l2 varchar(20);
  DECLARE forgelua_s1 bigint;
  DECLARE forgelua_s2 varchar(20);
  DECLARE forgelua_e1 bigint;
  DECLARE forgelua_e2 varchar(20);
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'skills/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
    SET forgelua_l2 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[1]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `person_id`, `skill` INTO forgelua_s1, forgelua_s2 FROM `skills` WHERE `person_id` >= forgelua_l1 AND (`person_id` > forgelua_l1 OR (`skill` > forgelua_l2)) ORDER BY `person_id`, `skill` LIMIT 1;
    ELSE
      SELECT `person_id`, `skill` INTO forgelua_s1, forgelua_s2 FROM `skills` ORDER BY `person_id`, `skill` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `person_id`, `skill` INTO forgelua_e1, forgelua_e2 FROM `skills` WHERE `person_id` >= forgelua_s1 AND (`person_id` > forgelua_s1 OR (`skill` >= forgelua_s2)) ORDER BY `person_id`, `skill` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `person_id`, `skill` INTO forgelua_e1, forgelua_e2 FROM `skills` ORDER BY `person_id` DESC, `skill` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      INSERT INTO `skills__old` (`person_id`, `skill`) SELECT `person_id`, `skill` FROM `skills` WHERE `person_id` >= forgelua_s1 AND (`person_id` > forgelua_s1 OR (`skill` >= forgelua_s2)) AND `person_id` <= forgelua_e1 AND (`person_id` < forgelua_e1 OR (`skill` <= forgelua_e2)) AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `skills__old` AS forgelua_t WHERE forgelua_t.`person_id` = `skills`.`person_id` AND forgelua_t.`skill` = `skills`.`skill` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR), CAST(forgelua_e2 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'skills/contract/point-of-return';
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
              SELECT 'skills/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR), CAST(forgelua_s2 AS CHAR)), JSON_OBJECT('person_id', `person_id`, 'skill', `skill`), forgelua_message FROM `skills` WHERE `person_id` = forgelua_s1 AND `skill` = forgelua_s2;
          END;
          START TRANSACTION;
          INSERT INTO `skills__old` (`person_id`, `skill`) SELECT `person_id`, `skill` FROM `skills` WHERE `person_id` = forgelua_s1 AND `skill` = forgelua_s2 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `skills__old` AS forgelua_t WHERE forgelua_t.`person_id` = `skills`.`person_id` AND forgelua_t.`skill` = `skills`.`skill` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR), CAST(forgelua_s2 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'skills/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `person_id`, `skill` INTO forgelua_s1, forgelua_s2 FROM `skills` WHERE `person_id` >= forgelua_s1 AND (`person_id` > forgelua_s1 OR (`skill` > forgelua_s2)) AND `person_id` <= forgelua_e1 AND (`person_id` < forgelua_e1 OR (`skill` <= forgelua_e2)) ORDER BY `person_id`, `skill` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1, forgelua_l2 = forgelua_e2;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'skills/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'undo step 24 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 23 of 30, contract: From here the way back copies staff into people__old again
--   Id:           staff/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
SELECT 'undo step 23 of 30: From here the way back copies staff into people__old again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('staff/contract/point-of-return', 'staff', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_held2 int DEFAULT NULL;
  DECLARE forgelua_held3 int DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'staff/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `staff` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `staff` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `staff` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `staff` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      INSERT INTO `people__old` (`id`, `dept_id`, `boss`) SELECT `id`, `dept_id`, `boss` FROM `staff` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `people__old` AS forgelua_t WHERE forgelua_t.`id` = `staff`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'staff/contract/point-of-return';
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
              SELECT 'staff/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'dept_id', `dept_id`, 'boss', `boss`), forgelua_message FROM `staff` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          INSERT INTO `people__old` (`id`, `dept_id`, `boss`) SELECT `id`, `dept_id`, `boss` FROM `staff` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `people__old` AS forgelua_t WHERE forgelua_t.`id` = `staff`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        IF forgelua_skipped = 1 THEN
          BEGIN
            DECLARE CONTINUE HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 SET forgelua_failed = TRUE;
            SET forgelua_failed = FALSE, forgelua_held2 = NULL;
            SELECT `dept_id` INTO forgelua_held2 FROM `staff` WHERE `id` = forgelua_s1;
            IF forgelua_failed THEN SET forgelua_held2 = 0; END IF;
            SET forgelua_failed = FALSE, forgelua_held3 = NULL;
            SELECT `boss` INTO forgelua_held3 FROM `staff` WHERE `id` = forgelua_s1;
            IF forgelua_failed THEN SET forgelua_held3 = NULL; END IF;
            INSERT INTO `people__old` (`id`, `dept_id`, `boss`) SELECT `id`, forgelua_held2, forgelua_held3 FROM `staff` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `people__old` AS forgelua_t WHERE forgelua_t.`id` = `staff`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          END;
        END IF;
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'staff/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `staff` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'staff/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'undo step 23 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 22 of 30, contract: From here the way back copies depts into depts__old again
--   Id:           depts/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
SELECT 'undo step 22 of 30: From here the way back copies depts into depts__old again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('depts/contract/point-of-return', 'depts', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_held2 int DEFAULT NULL;
  DECLARE forgelua_held3 varchar(9) DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'depts/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `depts` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `depts` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `depts` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `depts` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      INSERT INTO `depts__old` (`id`, `head`, `title`) SELECT `id`, `head`, (`title`) FROM `depts` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `depts__old` AS forgelua_t WHERE forgelua_t.`id` = `depts`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'depts/contract/point-of-return';
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
              SELECT 'depts/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'head', `head`, 'title', `title`), forgelua_message FROM `depts` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          INSERT INTO `depts__old` (`id`, `head`, `title`) SELECT `id`, `head`, (`title`) FROM `depts` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `depts__old` AS forgelua_t WHERE forgelua_t.`id` = `depts`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        IF forgelua_skipped = 1 THEN
          BEGIN
            DECLARE CONTINUE HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 SET forgelua_failed = TRUE;
            SET forgelua_failed = FALSE, forgelua_held2 = NULL;
            SELECT `head` INTO forgelua_held2 FROM `depts` WHERE `id` = forgelua_s1;
            IF forgelua_failed THEN SET forgelua_held2 = NULL; END IF;
            SET forgelua_failed = FALSE, forgelua_held3 = NULL;
            SELECT (`title`) INTO forgelua_held3 FROM `depts` WHERE `id` = forgelua_s1;
            IF forgelua_failed THEN SET forgelua_held3 = NULL; END IF;
            INSERT INTO `depts__old` (`id`, `head`, `title`) SELECT `id`, forgelua_held2, forgelua_held3 FROM `depts` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `depts__old` AS forgelua_t WHERE forgelua_t.`id` = `depts`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          END;
        END IF;
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'depts/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `depts` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'depts/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'undo step 22 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 21 of 30, contract: Drop the foreign keys of skills__old within the set that goes
--   Id:           skills/contract/cut-links
-- ============================================================================
SELECT 'undo step 21 of 30: Drop the foreign keys of skills__old within the set that goes' AS `forgelua`;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `skills__old`
  ADD CONSTRAINT `skills__old_ibfk_1` FOREIGN KEY (`person_id`) REFERENCES `people__old` (`id`) ON DELETE CASCADE,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `skills__old` AS c WHERE c.`person_id` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `people__old` AS p WHERE p.`id` = c.`person_id`)) THEN
    ALTER TABLE `skills__old` DROP FOREIGN KEY `skills__old_ibfk_1`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of skills__old have no match for foreign key skills__old_ibfk_1';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'undo step 21 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 20 of 30, contract: Drop the foreign keys of people__old within the set that goes
--   Id:           staff/contract/cut-links
-- ============================================================================
SELECT 'undo step 20 of 30: Drop the foreign keys of people__old within the set that goes' AS `forgelua`;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `people__old`
  ADD CONSTRAINT `people__old_ibfk_2` FOREIGN KEY (`boss`) REFERENCES `people__old` (`id`),
  ADD CONSTRAINT `people__old_ibfk_1` FOREIGN KEY (`dept_id`) REFERENCES `depts__old` (`id`),
  ADD KEY `people__old_ibfk_2` (`boss`),
  ADD KEY `people__old_ibfk_1` (`dept_id`),
  ALGORITHM=INPLACE,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `people__old` AS c WHERE c.`boss` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `people__old` AS p WHERE p.`id` = c.`boss`)) THEN
    ALTER TABLE `people__old` DROP FOREIGN KEY `people__old_ibfk_2`, DROP INDEX `people__old_ibfk_2`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of people__old have no match for foreign key people__old_ibfk_2';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `people__old` AS c WHERE c.`dept_id` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `depts__old` AS p WHERE p.`id` = c.`dept_id`)) THEN
    ALTER TABLE `people__old` DROP FOREIGN KEY `people__old_ibfk_1`, DROP INDEX `people__old_ibfk_1`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of people__old have no match for foreign key people__old_ibfk_1';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'undo step 20 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 19 of 30, contract: Drop the foreign keys of depts__old within the set that goes
--   Id:           depts/contract/cut-links
-- ============================================================================
SELECT 'undo step 19 of 30: Drop the foreign keys of depts__old within the set that goes' AS `forgelua`;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `depts__old`
  ADD CONSTRAINT `depts__old_ibfk_1` FOREIGN KEY (`head`) REFERENCES `people__old` (`id`),
  ADD KEY `depts__old_ibfk_1` (`head`),
  ALGORITHM=INPLACE,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `depts__old` AS c WHERE c.`head` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `people__old` AS p WHERE p.`id` = c.`head`)) THEN
    ALTER TABLE `depts__old` DROP FOREIGN KEY `depts__old_ibfk_1`, DROP INDEX `depts__old_ibfk_1`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of depts__old have no match for foreign key depts__old_ibfk_1';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'undo step 19 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 18 of 30, contract: Drop the view that served the old name people
--   Id:           staff/contract/drop-old-name
-- ============================================================================
SELECT 'undo step 18 of 30: Drop the view that served the old name people' AS `forgelua`;
CREATE VIEW `people` AS SELECT `id`, `dept_id`, `boss` FROM `staff`;
SELECT 'undo step 18 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 17 of 30, switch: Rename people to staff
--   Id:           people/switch/rename-table
-- ============================================================================
SELECT 'undo step 17 of 30: Rename people to staff' AS `forgelua`;
ALTER TABLE `staff`
  RENAME INDEX `staff_ibfk_1` TO `people_ibfk_1`,
  RENAME INDEX `staff_ibfk_2` TO `people_ibfk_2`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
CREATE OR REPLACE VIEW `people` AS SELECT `id`, `dept_id`, `boss` FROM `staff`;
CREATE VIEW `staff__view` AS SELECT `id`, `dept_id`, `boss` FROM `people`;
RENAME TABLE `people` TO `people__gone`, `staff` TO `people`, `staff__view` TO `staff`;
DROP VIEW `people__gone`;
SELECT 'undo step 17 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 16 of 30, switch: Flip depts, people, skills to their copies, together
--   Id:           depts, people, skills/switch/swap
--   Loses:        values of depts that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors; values of people that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors; values of skills that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
-- ============================================================================
SELECT 'undo step 16 of 30: Flip depts, people, skills to their copies, together' AS `forgelua`;
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
CREATE TRIGGER `skills__sync_f83f_d` AFTER DELETE ON `skills__old` FOR EACH ROW
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
  DELETE FROM `skills__new` WHERE `person_id` = OLD.`person_id` AND `skill` = OLD.`skill`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('skills__sync', '*', CONCAT_WS(',', OLD.`person_id`, OLD.`skill`), JSON_OBJECT('person_id', OLD.`person_id`, 'skill', OLD.`skill`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `skills__sync_f83f_u` AFTER UPDATE ON `skills__old` FOR EACH ROW
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
  IF NOT (OLD.`person_id` <=> NEW.`person_id` AND OLD.`skill` <=> NEW.`skill`) THEN
    UPDATE `skills__new` SET `person_id` = NEW.`person_id`, `skill` = NEW.`skill` WHERE `person_id` = OLD.`person_id` AND `skill` = OLD.`skill`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `skills__new` (`person_id`, `skill`) VALUES (NEW.`person_id`, NEW.`skill`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `skills__new` SET `person_id` = NEW.`person_id`, `skill` = NEW.`skill` WHERE `person_id` = NEW.`person_id` AND `skill` = NEW.`skill`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `skills__new` WHERE `person_id` = NEW.`person_id` AND `skill` = NEW.`skill`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('skills__sync', '*', CONCAT_WS(',', NEW.`person_id`, NEW.`skill`), JSON_OBJECT('person_id', NEW.`person_id`, 'skill', NEW.`skill`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `skills__sync_f83f_i` AFTER INSERT ON `skills__old` FOR EACH ROW
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
    INSERT INTO `skills__new` (`person_id`, `skill`) VALUES (NEW.`person_id`, NEW.`skill`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `skills__new` SET `person_id` = NEW.`person_id`, `skill` = NEW.`skill` WHERE `person_id` = NEW.`person_id` AND `skill` = NEW.`skill`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `skills__new` WHERE `person_id` = NEW.`person_id` AND `skill` = NEW.`skill`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('skills__sync', '*', CONCAT_WS(',', NEW.`person_id`, NEW.`skill`), JSON_OBJECT('person_id', NEW.`person_id`, 'skill', NEW.`skill`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `people__sync_3272_d` AFTER DELETE ON `people__old` FOR EACH ROW
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
  DELETE FROM `people__new` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('people__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'dept_id', OLD.`dept_id`, 'boss', OLD.`boss`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `people__sync_3272_u` AFTER UPDATE ON `people__old` FOR EACH ROW
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
    UPDATE `people__new` SET `id` = NEW.`id`, `dept_id` = NEW.`dept_id`, `boss` = NEW.`boss` WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `people__new` (`id`, `dept_id`, `boss`) VALUES (NEW.`id`, NEW.`dept_id`, NEW.`boss`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `people__new` SET `id` = NEW.`id`, `dept_id` = NEW.`dept_id`, `boss` = NEW.`boss` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `people__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('people__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'dept_id', NEW.`dept_id`, 'boss', NEW.`boss`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `people__sync_3272_i` AFTER INSERT ON `people__old` FOR EACH ROW
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
    INSERT INTO `people__new` (`id`, `dept_id`, `boss`) VALUES (NEW.`id`, NEW.`dept_id`, NEW.`boss`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `people__new` SET `id` = NEW.`id`, `dept_id` = NEW.`dept_id`, `boss` = NEW.`boss` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `people__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('people__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'dept_id', NEW.`dept_id`, 'boss', NEW.`boss`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `depts__sync_210d_d` AFTER DELETE ON `depts__old` FOR EACH ROW
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
  DELETE FROM `depts__new` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('depts__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'head', OLD.`head`, 'title', OLD.`title`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `depts__sync_210d_u` AFTER UPDATE ON `depts__old` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_kept3 varchar(19) DEFAULT NULL;
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
  IF NOT (CAST(NEW.`title` AS BINARY) <=> CAST(OLD.`title` AS BINARY)) OR NOT EXISTS (SELECT 1 FROM `depts__new` WHERE `id` = OLD.`id`) THEN
    SET forgelua_kept3 = (SELECT COALESCE(title, 'none') FROM (SELECT NEW.`title` AS `title`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE, forgelua_kept3 = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('depts__sync', 'title', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'head', NEW.`head`, 'title', NEW.`title`), forgelua_message);
    END IF;
  ELSE
    SET forgelua_kept3 = (SELECT `title` FROM `depts__new` WHERE `id` = OLD.`id`);
  END IF;
  IF NOT (OLD.`id` <=> NEW.`id`) THEN
    UPDATE `depts__new` SET `id` = NEW.`id`, `head` = NEW.`head`, `title` = forgelua_kept3 WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `depts__new` (`id`, `head`, `title`) VALUES (NEW.`id`, NEW.`head`, forgelua_kept3);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `depts__new` SET `id` = NEW.`id`, `head` = NEW.`head`, `title` = forgelua_kept3 WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `depts__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('depts__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'head', NEW.`head`, 'title', NEW.`title`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `depts__sync_210d_i` AFTER INSERT ON `depts__old` FOR EACH ROW
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
    INSERT INTO `depts__new` (`id`, `head`, `title`) VALUES (NEW.`id`, NEW.`head`, (SELECT COALESCE(title, 'none') FROM (SELECT NEW.`title` AS `title`) AS forgelua_row));
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `depts__new` SET `id` = NEW.`id`, `head` = NEW.`head`, `title` = (SELECT COALESCE(title, 'none') FROM (SELECT NEW.`title` AS `title`) AS forgelua_row) WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `depts__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('depts__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'head', NEW.`head`, 'title', NEW.`title`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
RENAME TABLE `skills` TO `skills__new`, `skills__old` TO `skills`, `people` TO `people__new`, `people__old` TO `people`, `depts` TO `depts__new`, `depts__old` TO `depts`;
DROP TRIGGER IF EXISTS `depts__sync_2_i`;
DROP TRIGGER IF EXISTS `depts__sync_2_u`;
DROP TRIGGER IF EXISTS `skills__sync_fd54_i`;
DROP TRIGGER IF EXISTS `skills__sync_fd54_u`;
DROP TRIGGER IF EXISTS `skills__sync_fd54_d`;
DROP TRIGGER IF EXISTS `people__sync_3787_i`;
DROP TRIGGER IF EXISTS `people__sync_3787_u`;
DROP TRIGGER IF EXISTS `people__sync_3787_d`;
DROP TRIGGER IF EXISTS `depts__sync_2622_i`;
DROP TRIGGER IF EXISTS `depts__sync_2622_u`;
DROP TRIGGER IF EXISTS `depts__sync_2622_d`;
ALTER TABLE `people__new`
  RENAME INDEX `people_ibfk_1` TO `people__new_ibfk_1`,
  RENAME INDEX `people_ibfk_2` TO `people__new_ibfk_2`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
ALTER TABLE `people`
  RENAME INDEX `people__old_ibfk_1` TO `people_ibfk_1`,
  RENAME INDEX `people__old_ibfk_2` TO `people_ibfk_2`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
ALTER TABLE `depts__new`
  RENAME INDEX `depts_ibfk_1` TO `depts__new_ibfk_1`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
ALTER TABLE `depts`
  RENAME INDEX `depts__old_ibfk_1` TO `depts_ibfk_1`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
CREATE OR REPLACE VIEW `staff` AS SELECT `id`, `dept_id`, `boss` FROM `people`;
SELECT 'undo step 16 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 15 of 30, switch: Add the foreign key skills__new_ibfk_1 on skills__new
--   Id:           skills__new.skills__new_ibfk_1/switch/add-foreign-key
-- ============================================================================
SELECT 'undo step 15 of 30: Add the foreign key skills__new_ibfk_1 on skills__new' AS `forgelua`;
ALTER TABLE `skills__new`
  DROP FOREIGN KEY `skills__new_ibfk_1`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 15 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 14 of 30, switch: Add the foreign key people__new_ibfk_2 on people__new
--   Id:           people__new.people__new_ibfk_2/switch/add-foreign-key
-- ============================================================================
SELECT 'undo step 14 of 30: Add the foreign key people__new_ibfk_2 on people__new' AS `forgelua`;
ALTER TABLE `people__new`
  DROP FOREIGN KEY `people__new_ibfk_2`,
  DROP INDEX `people__new_ibfk_2`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 14 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 13 of 30, switch: Add the foreign key people__new_ibfk_1 on people__new
--   Id:           people__new.people__new_ibfk_1/switch/add-foreign-key
-- ============================================================================
SELECT 'undo step 13 of 30: Add the foreign key people__new_ibfk_1 on people__new' AS `forgelua`;
ALTER TABLE `people__new`
  DROP FOREIGN KEY `people__new_ibfk_1`,
  DROP INDEX `people__new_ibfk_1`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 13 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 12 of 30, switch: Add the foreign key depts__new_ibfk_1 on depts__new
--   Id:           depts__new.depts__new_ibfk_1/switch/add-foreign-key
-- ============================================================================
SELECT 'undo step 12 of 30: Add the foreign key depts__new_ibfk_1 on depts__new' AS `forgelua`;
ALTER TABLE `depts__new`
  DROP FOREIGN KEY `depts__new_ibfk_1`,
  DROP INDEX `depts__new_ibfk_1`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 12 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 11 of 30, switch: Make rows of skills__new anew that a foreign key's action on skills has changed
--   Id:           skills/switch/refresh
-- ============================================================================
SELECT 'undo step 11 of 30: Make rows of skills__new anew that a foreign key''s action on skills has changed' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 11 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 10 of 30, migrate: Copy the rows of skills into skills__new
--   Id:           skills/migrate/copy
-- ============================================================================
SELECT 'undo step 10 of 30: Copy the rows of skills into skills__new' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 10 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 9 of 30, migrate: Repeat every write to skills on skills__new
--   Id:           skills/migrate/sync
-- ============================================================================
SELECT 'undo step 9 of 30: Repeat every write to skills on skills__new' AS `forgelua`;
DROP TRIGGER IF EXISTS `skills__sync_f83f_i`;
DROP TRIGGER IF EXISTS `skills__sync_f83f_u`;
DROP TRIGGER IF EXISTS `skills__sync_f83f_d`;
SELECT 'undo step 9 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 8 of 30, migrate: Copy the rows of people into people__new
--   Id:           people/migrate/copy
-- ============================================================================
SELECT 'undo step 8 of 30: Copy the rows of people into people__new' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 8 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 30, migrate: Repeat every write to people on people__new
--   Id:           people/migrate/sync
-- ============================================================================
SELECT 'undo step 7 of 30: Repeat every write to people on people__new' AS `forgelua`;
DROP TRIGGER IF EXISTS `people__sync_3272_i`;
DROP TRIGGER IF EXISTS `people__sync_3272_u`;
DROP TRIGGER IF EXISTS `people__sync_3272_d`;
SELECT 'undo step 7 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 30, migrate: Copy the rows of depts into depts__new
--   Id:           depts/migrate/copy
-- ============================================================================
SELECT 'undo step 6 of 30: Copy the rows of depts into depts__new' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 6 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 30, migrate: Repeat every write to depts on depts__new
--   Id:           depts/migrate/sync
-- ============================================================================
SELECT 'undo step 5 of 30: Repeat every write to depts on depts__new' AS `forgelua`;
DROP TRIGGER IF EXISTS `depts__sync_210d_i`;
DROP TRIGGER IF EXISTS `depts__sync_210d_u`;
DROP TRIGGER IF EXISTS `depts__sync_210d_d`;
SELECT 'undo step 5 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 30, expand: Create skills__new in the new shape of skills
--   Id:           skills/expand/create-copy
-- ============================================================================
SELECT 'undo step 4 of 30: Create skills__new in the new shape of skills' AS `forgelua`;
DROP TABLE `skills__new`;
SELECT 'undo step 4 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 30, expand: Create people__new in the new shape of people
--   Id:           people/expand/create-copy
-- ============================================================================
SELECT 'undo step 3 of 30: Create people__new in the new shape of people' AS `forgelua`;
DROP TABLE `people__new`;
SELECT 'undo step 3 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 30, expand: Create depts__new in the new shape of depts
--   Id:           depts/expand/create-copy
-- ============================================================================
SELECT 'undo step 2 of 30: Create depts__new in the new shape of depts' AS `forgelua`;
DROP TABLE `depts__new`;
SELECT 'undo step 2 of 30: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 30, expand: Serve people under its new name staff by a view
--   Id:           staff/expand/view-under-new-name
-- ============================================================================
SELECT 'undo step 1 of 30: Serve people under its new name staff by a view' AS `forgelua`;
DROP VIEW `staff`;
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
SELECT 'undo step 1 of 30: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
