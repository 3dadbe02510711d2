-- WARNING: rollback is destructive — memberships data will be lost: memberships.id of rows written after the swap; values of memberships that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors.
-- WARNING: rollback is destructive — memberships__old data will be lost: every value of memberships.id: the way back cannot compute them.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration counter_to_natural_key
-- A join table keeps no number of its own: what it joins is its key
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
-- Check: step 7 must be done before this: Drop memberships__old. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'memberships__old' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 7 must be done before this: Drop memberships__old')), '1', @forgelua_actual);
-- Check: the whole plan must be done before this: drop_column memberships.id. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'memberships' AND COLUMN_NAME = 'id') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must be done before this: drop_column memberships.id')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 8 of 8, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 8 of 8: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 8 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 8, contract: Drop memberships__old
--   Id:           memberships/contract/drop-old
--   Loses:        every value of memberships.id: the way back cannot compute them
-- ============================================================================
SELECT 'undo step 7 of 8: Drop memberships__old' AS `forgelua`;
CREATE TABLE `memberships__old` (
  `id` int NOT NULL AUTO_INCREMENT,
  `person` int NOT NULL,
  `club` int NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `memberships_pair` (`person`, `club`)
);
SELECT 'undo step 7 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 8, contract: Stop repeating writes to memberships on memberships__old
--   Id:           memberships/contract/stop-sync
-- ============================================================================
SELECT 'undo step 6 of 8: Stop repeating writes to memberships on memberships__old' AS `forgelua`;
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
CREATE TRIGGER `memberships__sync_fdc1_d` AFTER DELETE ON `memberships` FOR EACH ROW
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
  DELETE FROM `memberships__old` WHERE `person` = OLD.`person` AND `club` = OLD.`club`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('memberships__sync', '*', CONCAT_WS(',', OLD.`person`, OLD.`club`), JSON_OBJECT('person', OLD.`person`, 'club', OLD.`club`, 'since', OLD.`since`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `memberships__sync_fdc1_u` AFTER UPDATE ON `memberships` FOR EACH ROW
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
  IF NOT (OLD.`person` <=> NEW.`person` AND OLD.`club` <=> NEW.`club`) THEN
    UPDATE `memberships__old` SET `person` = NEW.`person`, `club` = NEW.`club` WHERE `person` = OLD.`person` AND `club` = OLD.`club`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `memberships__old` (`person`, `club`) VALUES (NEW.`person`, NEW.`club`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `memberships__old` SET `person` = NEW.`person`, `club` = NEW.`club` WHERE `person` = NEW.`person` AND `club` = NEW.`club`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `memberships__old` WHERE `person` = NEW.`person` AND `club` = NEW.`club`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('memberships__sync', '*', CONCAT_WS(',', NEW.`person`, NEW.`club`), JSON_OBJECT('person', NEW.`person`, 'club', NEW.`club`, 'since', NEW.`since`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `memberships__sync_fdc1_i` AFTER INSERT ON `memberships` FOR EACH ROW
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
    INSERT INTO `memberships__old` (`person`, `club`) VALUES (NEW.`person`, NEW.`club`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `memberships__old` SET `person` = NEW.`person`, `club` = NEW.`club` WHERE `person` = NEW.`person` AND `club` = NEW.`club`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `memberships__old` WHERE `person` = NEW.`person` AND `club` = NEW.`club`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('memberships__sync', '*', CONCAT_WS(',', NEW.`person`, NEW.`club`), JSON_OBJECT('person', NEW.`person`, 'club', NEW.`club`, 'since', NEW.`since`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 6 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 8, contract: From here the way back copies memberships into memberships__old again
--   Id:           memberships/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
SELECT 'undo step 5 of 8: From here the way back copies memberships into memberships__old again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('memberships/contract/point-of-return', 'memberships', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_l1 int;
  DECLARE forgelua_l2 int;
  DECLARE forgelua_s1 int;
  DECLARE forgelua_s2 int;
  DECLARE forgelua_e1 int;
  DECLARE forgelua_e2 int;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'memberships/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
    SET forgelua_l2 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[1]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `person`, `club` INTO forgelua_s1, forgelua_s2 FROM `memberships` WHERE `person` >= forgelua_l1 AND (`person` > forgelua_l1 OR (`club` > forgelua_l2)) ORDER BY `person`, `club` LIMIT 1;
    ELSE
      SELECT `person`, `club` INTO forgelua_s1, forgelua_s2 FROM `memberships` ORDER BY `person`, `club` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `person`, `club` INTO forgelua_e1, forgelua_e2 FROM `memberships` WHERE `person` >= forgelua_s1 AND (`person` > forgelua_s1 OR (`club` >= forgelua_s2)) ORDER BY `person`, `club` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `person`, `club` INTO forgelua_e1, forgelua_e2 FROM `memberships` ORDER BY `person` DESC, `club` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      INSERT INTO `memberships__old` (`person`, `club`) SELECT `person`, `club` FROM `memberships` WHERE `person` >= forgelua_s1 AND (`person` > forgelua_s1 OR (`club` >= forgelua_s2)) AND `person` <= forgelua_e1 AND (`person` < forgelua_e1 OR (`club` <= forgelua_e2)) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR), CAST(forgelua_e2 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'memberships/contract/point-of-return';
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
              SELECT 'memberships/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR), CAST(forgelua_s2 AS CHAR)), JSON_OBJECT('person', `person`, 'club', `club`, 'since', `since`), forgelua_message FROM `memberships` WHERE `person` = forgelua_s1 AND `club` = forgelua_s2;
          END;
          START TRANSACTION;
          INSERT INTO `memberships__old` (`person`, `club`) SELECT `person`, `club` FROM `memberships` WHERE `person` = forgelua_s1 AND `club` = forgelua_s2 LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR), CAST(forgelua_s2 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'memberships/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `person`, `club` INTO forgelua_s1, forgelua_s2 FROM `memberships` WHERE `person` >= forgelua_s1 AND (`person` > forgelua_s1 OR (`club` > forgelua_s2)) AND `person` <= forgelua_e1 AND (`person` < forgelua_e1 OR (`club` <= forgelua_e2)) ORDER BY `person`, `club` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1, forgelua_l2 = forgelua_e2;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'memberships/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'undo step 5 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 8, switch: Swap the copy of memberships in
--   Id:           memberships/switch/swap
--   Loses:        memberships.id of rows written after the swap; values of memberships that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
-- ============================================================================
SELECT 'undo step 4 of 8: Swap the copy of memberships in' AS `forgelua`;
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
CREATE TRIGGER `memberships__sync_f8ac_d` AFTER DELETE ON `memberships__old` FOR EACH ROW
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
  DELETE FROM `memberships__new` WHERE `person` = OLD.`person` AND `club` = OLD.`club`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('memberships__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'person', OLD.`person`, 'club', OLD.`club`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `memberships__sync_f8ac_u` AFTER UPDATE ON `memberships__old` FOR EACH ROW
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
  IF NOT (OLD.`person` <=> NEW.`person` AND OLD.`club` <=> NEW.`club`) THEN
    UPDATE `memberships__new` SET `person` = NEW.`person`, `club` = NEW.`club` WHERE `person` = OLD.`person` AND `club` = OLD.`club`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `memberships__new` (`person`, `club`) VALUES (NEW.`person`, NEW.`club`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `memberships__new` SET `person` = NEW.`person`, `club` = NEW.`club` WHERE `person` = NEW.`person` AND `club` = NEW.`club`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `memberships__new` WHERE `person` = NEW.`person` AND `club` = NEW.`club`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('memberships__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'person', NEW.`person`, 'club', NEW.`club`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `memberships__sync_f8ac_i` AFTER INSERT ON `memberships__old` FOR EACH ROW
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
    INSERT INTO `memberships__new` (`person`, `club`) VALUES (NEW.`person`, NEW.`club`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `memberships__new` SET `person` = NEW.`person`, `club` = NEW.`club` WHERE `person` = NEW.`person` AND `club` = NEW.`club`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `memberships__new` WHERE `person` = NEW.`person` AND `club` = NEW.`club`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('memberships__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'person', NEW.`person`, 'club', NEW.`club`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
RENAME TABLE `memberships` TO `memberships__new`, `memberships__old` TO `memberships`;
DROP TRIGGER IF EXISTS `memberships__sync_fdc1_i`;
DROP TRIGGER IF EXISTS `memberships__sync_fdc1_u`;
DROP TRIGGER IF EXISTS `memberships__sync_fdc1_d`;
SELECT 'undo step 4 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 8, migrate: Copy the rows of memberships into memberships__new
--   Id:           memberships/migrate/copy
-- ============================================================================
SELECT 'undo step 3 of 8: Copy the rows of memberships into memberships__new' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 3 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 8, migrate: Repeat every write to memberships on memberships__new
--   Id:           memberships/migrate/sync
-- ============================================================================
SELECT 'undo step 2 of 8: Repeat every write to memberships on memberships__new' AS `forgelua`;
DROP TRIGGER IF EXISTS `memberships__sync_f8ac_i`;
DROP TRIGGER IF EXISTS `memberships__sync_f8ac_u`;
DROP TRIGGER IF EXISTS `memberships__sync_f8ac_d`;
SELECT 'undo step 2 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 8, expand: Create memberships__new in the new shape of memberships
--   Id:           memberships/expand/create-copy
-- ============================================================================
SELECT 'undo step 1 of 8: Create memberships__new in the new shape of memberships' AS `forgelua`;
DROP TABLE `memberships__new`;
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
SELECT 'undo step 1 of 8: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
