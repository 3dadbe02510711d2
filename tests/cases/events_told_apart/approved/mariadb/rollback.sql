-- Rollback, every phase of migration events_told_apart
-- Columns get other names under an event and views that say names of other tables
-- mariadb 10.11; strategy shadow_column; risk high; forgelua 0.1.0
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
-- Check: step 14 must be done before this: Drop the old column size of rooms. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'rooms' AND COLUMN_NAME = 'size') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 14 must be done before this: Drop the old column size of rooms')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 15 of 15, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 15 of 15: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 15 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 14 of 15, contract: Drop the old column size of rooms
--   Id:           rooms.roomArea/contract/drop-old
-- ============================================================================
SELECT 'undo step 14 of 15: Drop the old column size of rooms' AS `forgelua`;
ALTER TABLE `rooms`
  ADD COLUMN `size` int NULL,
  ALGORITHM=INSTANT;
SELECT 'undo step 14 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 13 of 15, contract: Stop keeping size and roomArea of rooms equal
--   Id:           rooms.roomArea/contract/stop-sync
-- ============================================================================
SELECT 'undo step 13 of 15: Stop keeping size and roomArea of rooms equal' AS `forgelua`;
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
CREATE TRIGGER `rooms__sync_u` BEFORE UPDATE ON `rooms` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`size` = OLD.`size`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`roomArea` = OLD.`roomArea`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`roomArea` <=> OLD.`roomArea`) THEN
    SET NEW.`size` = NEW.`roomArea`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`size` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('rooms__sync', 'size', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'size', NEW.`size`, 'roomArea', NEW.`roomArea`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`size` <=> OLD.`size`) THEN
    SET NEW.`roomArea` = NEW.`size`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`roomArea` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('rooms__sync', 'roomArea', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'size', NEW.`size`, 'roomArea', NEW.`roomArea`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `rooms__sync_i` BEFORE INSERT ON `rooms` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`size` IS NOT NULL THEN
    SET NEW.`roomArea` = NEW.`size`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`roomArea` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('rooms__sync', 'roomArea', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'size', NEW.`size`, 'roomArea', NEW.`roomArea`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`size` = NEW.`roomArea`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`size` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('rooms__sync', 'size', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'size', NEW.`size`, 'roomArea', NEW.`roomArea`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 13 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 12 of 15, contract: From here the way back computes size of rooms again
--   Id:           rooms.roomArea/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
SELECT 'undo step 12 of 15: From here the way back computes size of rooms again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('rooms.roomArea/contract/point-of-return', 'rooms', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
SET @forgelua_isolation = @@SESSION.tx_isolation, SESSION tx_isolation = 'READ-COMMITTED', @forgelua_backfill = 2;
DROP PROCEDURE IF EXISTS forgelua_backfill;
DELIMITER //
CREATE PROCEDURE forgelua_backfill()
BEGIN
  DECLARE forgelua_none, forgelua_begun, forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_outcome, forgelua_skipped, forgelua_tries INT DEFAULT 0;
  DECLARE forgelua_rows BIGINT DEFAULT 0;
  DECLARE forgelua_cursor, forgelua_message, forgelua_state TEXT DEFAULT NULL;
  DECLARE forgelua_l1 int;
  DECLARE forgelua_s1 int;
  DECLARE forgelua_e1 int;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'rooms.roomArea/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `rooms` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `rooms` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `rooms` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `rooms` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `rooms` SET `size` = `roomArea` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND ((CASE WHEN (`size`) = (`roomArea`) OR ((`size`) IS NULL AND (`roomArea`) IS NULL) THEN 0 ELSE 1 END = 1));
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'rooms.roomArea/contract/point-of-return';
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
              SELECT 'rooms.roomArea/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'size', `size`, 'roomArea', `roomArea`), forgelua_message FROM `rooms` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `rooms` SET `size` = `roomArea` WHERE `id` = forgelua_s1 AND ((CASE WHEN (`size`) = (`roomArea`) OR ((`size`) IS NULL AND (`roomArea`) IS NULL) THEN 0 ELSE 1 END = 1));
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'rooms.roomArea/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `rooms` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'rooms.roomArea/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 12 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 11 of 15, contract: Drop the old column size of doors
--   Id:           doors.width/contract/drop-old
-- ============================================================================
SELECT 'undo step 11 of 15: Drop the old column size of doors' AS `forgelua`;
DROP EVENT swept;
ALTER TABLE `doors`
  ADD COLUMN `size` int NULL,
  ALGORITHM=INSTANT;
CREATE EVENT swept ON SCHEDULE EVERY 1 DAY STARTS '2037-01-01 00:00:00' DO DELETE FROM rooms WHERE size IN (SELECT size FROM doors);
SELECT 'undo step 11 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 10 of 15, contract: Stop keeping size and width of doors equal
--   Id:           doors.width/contract/stop-sync
-- ============================================================================
SELECT 'undo step 10 of 15: Stop keeping size and width of doors equal' AS `forgelua`;
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
CREATE TRIGGER `doors__sync_u` BEFORE UPDATE ON `doors` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`size` = OLD.`size`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`width` = OLD.`width`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`width` <=> OLD.`width`) THEN
    SET NEW.`size` = NEW.`width`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`size` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('doors__sync', 'size', CAST(NEW.`nr` AS CHAR), JSON_OBJECT('nr', NEW.`nr`, 'size', NEW.`size`, 'width', NEW.`width`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`size` <=> OLD.`size`) THEN
    SET NEW.`width` = NEW.`size`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`width` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('doors__sync', 'width', CAST(NEW.`nr` AS CHAR), JSON_OBJECT('nr', NEW.`nr`, 'size', NEW.`size`, 'width', NEW.`width`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `doors__sync_i` BEFORE INSERT ON `doors` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`size` IS NOT NULL THEN
    SET NEW.`width` = NEW.`size`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`width` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('doors__sync', 'width', CAST(NEW.`nr` AS CHAR), JSON_OBJECT('nr', NEW.`nr`, 'size', NEW.`size`, 'width', NEW.`width`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`size` = NEW.`width`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`size` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('doors__sync', 'size', CAST(NEW.`nr` AS CHAR), JSON_OBJECT('nr', NEW.`nr`, 'size', NEW.`size`, 'width', NEW.`width`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 10 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 9 of 15, contract: From here the way back computes size of doors again
--   Id:           doors.width/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
SELECT 'undo step 9 of 15: From here the way back computes size of doors again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('doors.width/contract/point-of-return', 'doors', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
SET @forgelua_isolation = @@SESSION.tx_isolation, SESSION tx_isolation = 'READ-COMMITTED', @forgelua_backfill = 2;
DROP PROCEDURE IF EXISTS forgelua_backfill;
DELIMITER //
CREATE PROCEDURE forgelua_backfill()
BEGIN
  DECLARE forgelua_none, forgelua_begun, forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_outcome, forgelua_skipped, forgelua_tries INT DEFAULT 0;
  DECLARE forgelua_rows BIGINT DEFAULT 0;
  DECLARE forgelua_cursor, forgelua_message, forgelua_state TEXT DEFAULT NULL;
  DECLARE forgelua_l1 int;
  DECLARE forgelua_s1 int;
  DECLARE forgelua_e1 int;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'doors.width/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `nr` INTO forgelua_s1 FROM `doors` WHERE `nr` > forgelua_l1 ORDER BY `nr` LIMIT 1;
    ELSE
      SELECT `nr` INTO forgelua_s1 FROM `doors` ORDER BY `nr` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `nr` INTO forgelua_e1 FROM `doors` WHERE `nr` >= forgelua_s1 ORDER BY `nr` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `nr` INTO forgelua_e1 FROM `doors` ORDER BY `nr` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `doors` SET `size` = `width` WHERE `nr` >= forgelua_s1 AND `nr` <= forgelua_e1 AND ((CASE WHEN (`size`) = (`width`) OR ((`size`) IS NULL AND (`width`) IS NULL) THEN 0 ELSE 1 END = 1));
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'doors.width/contract/point-of-return';
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
              SELECT 'doors.width/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('nr', `nr`, 'size', `size`, 'width', `width`), forgelua_message FROM `doors` WHERE `nr` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `doors` SET `size` = `width` WHERE `nr` = forgelua_s1 AND ((CASE WHEN (`size`) = (`width`) OR ((`size`) IS NULL AND (`width`) IS NULL) THEN 0 ELSE 1 END = 1));
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'doors.width/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `nr` INTO forgelua_s1 FROM `doors` WHERE `nr` > forgelua_s1 AND `nr` <= forgelua_e1 ORDER BY `nr` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'doors.width/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 9 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 8 of 15, switch: Let roomArea of rooms lead
--   Id:           rooms.roomArea/switch/swap
-- ============================================================================
SELECT 'undo step 8 of 15: Let roomArea of rooms lead' AS `forgelua`;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
LOCK TABLES `rooms` WRITE;
DROP TRIGGER IF EXISTS `rooms__sync_i`;
DROP TRIGGER IF EXISTS `rooms__sync_u`;
ALTER TABLE `rooms`
  MODIFY COLUMN `roomArea` int NULL INVISIBLE,
  ALGORITHM=INSTANT;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `rooms__sync_u` BEFORE UPDATE ON `rooms` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`size` = OLD.`size`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`roomArea` = OLD.`roomArea`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`size` <=> OLD.`size`) THEN
    SET NEW.`roomArea` = NEW.`size`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`roomArea` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('rooms__sync', 'roomArea', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'size', NEW.`size`, 'roomArea', NEW.`roomArea`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`roomArea` <=> OLD.`roomArea`) THEN
    SET NEW.`size` = NEW.`roomArea`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`size` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('rooms__sync', 'size', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'size', NEW.`size`, 'roomArea', NEW.`roomArea`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `rooms__sync_i` BEFORE INSERT ON `rooms` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`roomArea` IS NOT NULL THEN
    SET NEW.`size` = NEW.`roomArea`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`size` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('rooms__sync', 'size', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'size', NEW.`size`, 'roomArea', NEW.`roomArea`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`roomArea` = NEW.`size`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`roomArea` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('rooms__sync', 'roomArea', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'size', NEW.`size`, 'roomArea', NEW.`roomArea`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
UNLOCK TABLES;
CREATE OR REPLACE VIEW `large` AS WITH rooms AS (SELECT id, size FROM rooms WHERE id > 1) SELECT id, size FROM rooms;
SELECT 'undo step 8 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 15, switch: Let width of doors lead
--   Id:           doors.width/switch/swap
-- ============================================================================
SELECT 'undo step 7 of 15: Let width of doors lead' AS `forgelua`;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
LOCK TABLES `doors` WRITE;
DROP TRIGGER IF EXISTS `doors__sync_i`;
DROP TRIGGER IF EXISTS `doors__sync_u`;
ALTER TABLE `doors`
  MODIFY COLUMN `width` int NULL INVISIBLE,
  ALGORITHM=INSTANT;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `doors__sync_u` BEFORE UPDATE ON `doors` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`size` = OLD.`size`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`width` = OLD.`width`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`size` <=> OLD.`size`) THEN
    SET NEW.`width` = NEW.`size`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`width` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('doors__sync', 'width', CAST(NEW.`nr` AS CHAR), JSON_OBJECT('nr', NEW.`nr`, 'size', NEW.`size`, 'width', NEW.`width`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`width` <=> OLD.`width`) THEN
    SET NEW.`size` = NEW.`width`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`size` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('doors__sync', 'size', CAST(NEW.`nr` AS CHAR), JSON_OBJECT('nr', NEW.`nr`, 'size', NEW.`size`, 'width', NEW.`width`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `doors__sync_i` BEFORE INSERT ON `doors` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`width` IS NOT NULL THEN
    SET NEW.`size` = NEW.`width`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`size` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('doors__sync', 'size', CAST(NEW.`nr` AS CHAR), JSON_OBJECT('nr', NEW.`nr`, 'size', NEW.`size`, 'width', NEW.`width`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`width` = NEW.`size`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`width` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('doors__sync', 'width', CAST(NEW.`nr` AS CHAR), JSON_OBJECT('nr', NEW.`nr`, 'size', NEW.`size`, 'width', NEW.`width`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
UNLOCK TABLES;
SELECT 'undo step 7 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 15, migrate: Convert size of rooms into roomArea
--   Id:           rooms.roomArea/migrate/backfill
-- ============================================================================
SELECT 'undo step 6 of 15: Convert size of rooms into roomArea' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 6 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 15, migrate: Keep size and roomArea of rooms equal
--   Id:           rooms.roomArea/migrate/sync
-- ============================================================================
SELECT 'undo step 5 of 15: Keep size and roomArea of rooms equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `rooms__sync_i`;
DROP TRIGGER IF EXISTS `rooms__sync_u`;
SELECT 'undo step 5 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 15, migrate: Convert size of doors into width
--   Id:           doors.width/migrate/backfill
-- ============================================================================
SELECT 'undo step 4 of 15: Convert size of doors into width' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 4 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 15, migrate: Keep size and width of doors equal
--   Id:           doors.width/migrate/sync
-- ============================================================================
SELECT 'undo step 3 of 15: Keep size and width of doors equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `doors__sync_i`;
DROP TRIGGER IF EXISTS `doors__sync_u`;
SELECT 'undo step 3 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 15, expand: Add roomArea beside size in rooms
--   Id:           rooms.roomArea/expand/add-column
-- ============================================================================
SELECT 'undo step 2 of 15: Add roomArea beside size in rooms' AS `forgelua`;
ALTER TABLE `rooms`
  DROP COLUMN `roomArea`,
  ALGORITHM=INSTANT;
SELECT 'undo step 2 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 15, expand: Add width beside size in doors
--   Id:           doors.width/expand/add-column
-- ============================================================================
SELECT 'undo step 1 of 15: Add width beside size in doors' AS `forgelua`;
ALTER TABLE `doors`
  DROP COLUMN `width`,
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
SELECT 'undo step 1 of 15: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
