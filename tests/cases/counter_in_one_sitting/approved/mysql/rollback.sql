-- WARNING: rollback is destructive — links data will be lost: values of links that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration counter_in_one_sitting
-- A table gets a key that the database counts, and another name, while the application stands still
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
-- Check: step 10 must be done before this: Drop links__old. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'links__old' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 10 must be done before this: Drop links__old')), '1', @forgelua_actual);
-- Check: the whole plan must be done before this: rename_table edges. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'edges' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) AND NOT EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'links' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must be done before this: rename_table edges')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 11 of 11, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 11 of 11: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 11 of 11: done' AS `forgelua`;

-- ============================================================================
-- Undo step 10 of 11, contract: Drop links__old
--   Id:           edges/contract/drop-old
-- ============================================================================
SELECT 'undo step 10 of 11: Drop links__old' AS `forgelua`;
CREATE TABLE `links__old` (
  `x` int NOT NULL,
  `y` int NOT NULL,
  PRIMARY KEY (`x`, `y`)
);
SELECT 'undo step 10 of 11: done' AS `forgelua`;

-- ============================================================================
-- Undo step 9 of 11, contract: Stop repeating writes to edges on links__old
--   Id:           edges/contract/stop-sync
-- ============================================================================
SELECT 'undo step 9 of 11: Stop repeating writes to edges on links__old' AS `forgelua`;
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
CREATE TRIGGER `links__sync_a6a3_d` AFTER DELETE ON `edges` FOR EACH ROW
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
  DELETE FROM `links__old` WHERE `x` = OLD.`x` AND `y` = OLD.`y`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('links__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'x', OLD.`x`, 'y', OLD.`y`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `links__sync_a6a3_u` AFTER UPDATE ON `edges` FOR EACH ROW
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
  IF NOT (OLD.`x` <=> NEW.`x` AND OLD.`y` <=> NEW.`y`) THEN
    UPDATE `links__old` SET `x` = NEW.`x`, `y` = NEW.`y` WHERE `x` = OLD.`x` AND `y` = OLD.`y`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `links__old` (`x`, `y`) VALUES (NEW.`x`, NEW.`y`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `links__old` SET `x` = NEW.`x`, `y` = NEW.`y` WHERE `x` = NEW.`x` AND `y` = NEW.`y`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `links__old` WHERE `x` = NEW.`x` AND `y` = NEW.`y`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('links__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'x', NEW.`x`, 'y', NEW.`y`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `links__sync_a6a3_i` AFTER INSERT ON `edges` FOR EACH ROW
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
    INSERT INTO `links__old` (`x`, `y`) VALUES (NEW.`x`, NEW.`y`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `links__old` SET `x` = NEW.`x`, `y` = NEW.`y` WHERE `x` = NEW.`x` AND `y` = NEW.`y`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `links__old` WHERE `x` = NEW.`x` AND `y` = NEW.`y`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('links__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'x', NEW.`x`, 'y', NEW.`y`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 9 of 11: done' AS `forgelua`;

-- ============================================================================
-- Undo step 8 of 11, contract: From here the way back copies edges into links__old again
--   Id:           edges/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
SELECT 'undo step 8 of 11: From here the way back copies edges into links__old again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('edges/contract/point-of-return', 'edges', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'edges/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `edges` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `edges` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `edges` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `edges` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      INSERT INTO `links__old` (`x`, `y`) SELECT `x`, `y` FROM `edges` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `links__old` AS forgelua_t WHERE forgelua_t.`x` = `edges`.`x` AND forgelua_t.`y` = `edges`.`y` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'edges/contract/point-of-return';
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
              SELECT 'edges/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'x', `x`, 'y', `y`), forgelua_message FROM `edges` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          INSERT INTO `links__old` (`x`, `y`) SELECT `x`, `y` FROM `edges` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `links__old` AS forgelua_t WHERE forgelua_t.`x` = `edges`.`x` AND forgelua_t.`y` = `edges`.`y` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'edges/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `edges` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'edges/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'undo step 8 of 11: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 11, contract: Drop the view that served the old name links
--   Id:           edges/contract/drop-old-name
-- ============================================================================
SELECT 'undo step 7 of 11: Drop the view that served the old name links' AS `forgelua`;
CREATE VIEW `links` AS SELECT `id`, `x`, `y` FROM `edges`;
SELECT 'undo step 7 of 11: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 11, switch: Rename links to edges
--   Id:           links/switch/rename-table
-- ============================================================================
SELECT 'undo step 6 of 11: Rename links to edges' AS `forgelua`;
CREATE OR REPLACE VIEW `links` AS SELECT `id`, `x`, `y` FROM `edges`;
CREATE VIEW `edges__view` AS SELECT `id`, `x`, `y` FROM `links`;
RENAME TABLE `links` TO `links__gone`, `edges` TO `links`, `edges__view` TO `edges`;
DROP VIEW `links__gone`;
SELECT 'undo step 6 of 11: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 11, switch: Swap the copy of links in
--   Id:           links/switch/swap
--   Loses:        values of links that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
-- ============================================================================
SELECT 'undo step 5 of 11: Swap the copy of links in' AS `forgelua`;
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
CREATE TRIGGER `links__sync_a18e_d` AFTER DELETE ON `links__old` FOR EACH ROW
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
  DELETE FROM `links__new` WHERE `x` = OLD.`x` AND `y` = OLD.`y`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('links__sync', '*', CONCAT_WS(',', OLD.`x`, OLD.`y`), JSON_OBJECT('x', OLD.`x`, 'y', OLD.`y`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `links__sync_a18e_u` AFTER UPDATE ON `links__old` FOR EACH ROW
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
  IF NOT (OLD.`x` <=> NEW.`x` AND OLD.`y` <=> NEW.`y`) THEN
    UPDATE `links__new` SET `x` = NEW.`x`, `y` = NEW.`y` WHERE `x` = OLD.`x` AND `y` = OLD.`y`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `links__new` (`x`, `y`) VALUES (NEW.`x`, NEW.`y`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `links__new` SET `x` = NEW.`x`, `y` = NEW.`y` WHERE `x` = NEW.`x` AND `y` = NEW.`y`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `links__new` WHERE `x` = NEW.`x` AND `y` = NEW.`y`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('links__sync', '*', CONCAT_WS(',', NEW.`x`, NEW.`y`), JSON_OBJECT('x', NEW.`x`, 'y', NEW.`y`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `links__sync_a18e_i` AFTER INSERT ON `links__old` FOR EACH ROW
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
    INSERT INTO `links__new` (`x`, `y`) VALUES (NEW.`x`, NEW.`y`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `links__new` SET `x` = NEW.`x`, `y` = NEW.`y` WHERE `x` = NEW.`x` AND `y` = NEW.`y`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `links__new` WHERE `x` = NEW.`x` AND `y` = NEW.`y`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('links__sync', '*', CONCAT_WS(',', NEW.`x`, NEW.`y`), JSON_OBJECT('x', NEW.`x`, 'y', NEW.`y`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
RENAME TABLE `links` TO `links__new`, `links__old` TO `links`;
DROP TRIGGER IF EXISTS `links__sync_a6a3_i`;
DROP TRIGGER IF EXISTS `links__sync_a6a3_u`;
DROP TRIGGER IF EXISTS `links__sync_a6a3_d`;
CREATE OR REPLACE VIEW `edges` AS SELECT `x`, `y` FROM `links`;
SELECT 'undo step 5 of 11: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 11, migrate: Copy the rows of links into links__new
--   Id:           links/migrate/copy
-- ============================================================================
SELECT 'undo step 4 of 11: Copy the rows of links into links__new' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 4 of 11: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 11, migrate: Repeat every write to links on links__new
--   Id:           links/migrate/sync
-- ============================================================================
SELECT 'undo step 3 of 11: Repeat every write to links on links__new' AS `forgelua`;
DROP TRIGGER IF EXISTS `links__sync_a18e_i`;
DROP TRIGGER IF EXISTS `links__sync_a18e_u`;
DROP TRIGGER IF EXISTS `links__sync_a18e_d`;
SELECT 'undo step 3 of 11: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 11, expand: Create links__new in the new shape of links
--   Id:           links/expand/create-copy
-- ============================================================================
SELECT 'undo step 2 of 11: Create links__new in the new shape of links' AS `forgelua`;
DROP TABLE `links__new`;
SELECT 'undo step 2 of 11: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 11, expand: Serve links under its new name edges by a view
--   Id:           edges/expand/view-under-new-name
-- ============================================================================
SELECT 'undo step 1 of 11: Serve links under its new name edges by a view' AS `forgelua`;
DROP VIEW `edges`;
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
SELECT 'undo step 1 of 11: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
