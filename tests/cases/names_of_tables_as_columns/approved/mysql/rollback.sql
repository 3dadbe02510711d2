-- Rollback, every phase of migration names_of_tables_as_columns
-- Columns that are called as a table is, which gets another name together with them, under views
-- mysql 8.4; strategy shadow_column; risk high; forgelua 0.1.0
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
-- Check: step 20 must be done before this: Drop the old column status of statuses. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'statuses' AND COLUMN_NAME = 'status') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 20 must be done before this: Drop the old column status of statuses')), '1', @forgelua_actual);
-- Check: step 16 must be done before this: Drop the old column country of city. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'city' AND COLUMN_NAME = 'country') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 16 must be done before this: Drop the old column country of city')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 21 of 21, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 21 of 21: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 21 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 20 of 21, contract: Drop the old column status of statuses
--   Id:           status.state/contract/drop-old
-- ============================================================================
SELECT 'undo step 20 of 21: Drop the old column status of statuses' AS `forgelua`;
ALTER TABLE `statuses`
  ADD COLUMN `status` int NULL,
  ALGORITHM=INSTANT;
SELECT 'undo step 20 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 19 of 21, contract: Stop keeping status and state of statuses equal
--   Id:           status.state/contract/stop-sync
-- ============================================================================
SELECT 'undo step 19 of 21: Stop keeping status and state of statuses equal' AS `forgelua`;
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
CREATE TRIGGER `status__sync_u` BEFORE UPDATE ON `statuses` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`status` = OLD.`status`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`state` = OLD.`state`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`state` <=> OLD.`state`) THEN
    SET NEW.`status` = NEW.`state`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`status` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('status__sync', 'status', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'status', NEW.`status`, 'state', NEW.`state`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`status` <=> OLD.`status`) THEN
    SET NEW.`state` = NEW.`status`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`state` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('status__sync', 'state', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'status', NEW.`status`, 'state', NEW.`state`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `status__sync_i` BEFORE INSERT ON `statuses` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`status` IS NOT NULL THEN
    SET NEW.`state` = NEW.`status`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`state` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('status__sync', 'state', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'status', NEW.`status`, 'state', NEW.`state`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`status` = NEW.`state`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`status` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('status__sync', 'status', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'status', NEW.`status`, 'state', NEW.`state`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 19 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 18 of 21, contract: From here the way back computes status of statuses again
--   Id:           status.state/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
SELECT 'undo step 18 of 21: From here the way back computes status of statuses again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('status.state/contract/point-of-return', 'statuses', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
SET @forgelua_isolation = @@SESSION.transaction_isolation, SESSION transaction_isolation = 'READ-COMMITTED', @forgelua_backfill = 2;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'status.state/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `statuses` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `statuses` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `statuses` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `statuses` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `statuses` SET `status` = `state` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND ((CASE WHEN (`status`) = (`state`) OR ((`status`) IS NULL AND (`state`) IS NULL) THEN 0 ELSE 1 END = 1));
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'status.state/contract/point-of-return';
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
              SELECT 'status.state/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'status', `status`, 'state', `state`), forgelua_message FROM `statuses` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `statuses` SET `status` = `state` WHERE `id` = forgelua_s1 AND ((CASE WHEN (`status`) = (`state`) OR ((`status`) IS NULL AND (`state`) IS NULL) THEN 0 ELSE 1 END = 1));
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'status.state/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `statuses` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'status.state/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 18 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 17 of 21, contract: Drop the view that served the old name status
--   Id:           statuses/contract/drop-old-name
-- ============================================================================
SELECT 'undo step 17 of 21: Drop the view that served the old name status' AS `forgelua`;
CREATE VIEW `status` AS SELECT `id`, `status`, `state` FROM `statuses`;
SELECT 'undo step 17 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 16 of 21, contract: Drop the old column country of city
--   Id:           city.country_code/contract/drop-old
-- ============================================================================
SELECT 'undo step 16 of 21: Drop the old column country of city' AS `forgelua`;
ALTER TABLE `city`
  ADD COLUMN `country` int NULL,
  ALGORITHM=INSTANT;
SELECT 'undo step 16 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 15 of 21, contract: Stop keeping country and country_code of city equal
--   Id:           city.country_code/contract/stop-sync
-- ============================================================================
SELECT 'undo step 15 of 21: Stop keeping country and country_code of city equal' AS `forgelua`;
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
CREATE TRIGGER `city__sync_u` BEFORE UPDATE ON `city` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`country` = OLD.`country`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`country_code` = OLD.`country_code`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`country_code` <=> OLD.`country_code`) THEN
    SET NEW.`country` = NEW.`country_code`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`country` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('city__sync', 'country', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'country', NEW.`country`, 'size', NEW.`size`, 'country_code', NEW.`country_code`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`country` <=> OLD.`country`) THEN
    SET NEW.`country_code` = NEW.`country`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`country_code` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('city__sync', 'country_code', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'country', NEW.`country`, 'size', NEW.`size`, 'country_code', NEW.`country_code`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `city__sync_i` BEFORE INSERT ON `city` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`country` IS NOT NULL THEN
    SET NEW.`country_code` = NEW.`country`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`country_code` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('city__sync', 'country_code', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'country', NEW.`country`, 'size', NEW.`size`, 'country_code', NEW.`country_code`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`country` = NEW.`country_code`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`country` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('city__sync', 'country', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'country', NEW.`country`, 'size', NEW.`size`, 'country_code', NEW.`country_code`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 15 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 14 of 21, contract: From here the way back computes country of city again
--   Id:           city.country_code/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
SELECT 'undo step 14 of 21: From here the way back computes country of city again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('city.country_code/contract/point-of-return', 'city', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
SET @forgelua_isolation = @@SESSION.transaction_isolation, SESSION transaction_isolation = 'READ-COMMITTED', @forgelua_backfill = 2;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'city.country_code/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `city` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `city` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `city` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `city` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `city` SET `country` = `country_code` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND ((CASE WHEN (`country`) = (`country_code`) OR ((`country`) IS NULL AND (`country_code`) IS NULL) THEN 0 ELSE 1 END = 1));
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'city.country_code/contract/point-of-return';
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
              SELECT 'city.country_code/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'country', `country`, 'size', `size`, 'country_code', `country_code`), forgelua_message FROM `city` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `city` SET `country` = `country_code` WHERE `id` = forgelua_s1 AND ((CASE WHEN (`country`) = (`country_code`) OR ((`country`) IS NULL AND (`country_code`) IS NULL) THEN 0 ELSE 1 END = 1));
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'city.country_code/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `city` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'city.country_code/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 14 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 13 of 21, contract: Drop the view that served the old name country
--   Id:           countries/contract/drop-old-name
-- ============================================================================
SELECT 'undo step 13 of 21: Drop the view that served the old name country' AS `forgelua`;
CREATE VIEW `country` AS SELECT `code`, `total` FROM `countries`;
SELECT 'undo step 13 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 12 of 21, switch: Rename status to statuses
--   Id:           status/switch/rename-table
-- ============================================================================
SELECT 'undo step 12 of 21: Rename status to statuses' AS `forgelua`;
CREATE OR REPLACE VIEW `status` AS SELECT `id`, `status`, `state` FROM `statuses`;
CREATE VIEW `statuses__view` AS SELECT `id`, `status`, `state` FROM `status`;
RENAME TABLE `status` TO `status__gone`, `statuses` TO `status`, `statuses__view` TO `statuses`;
DROP VIEW `status__gone`;
CREATE OR REPLACE VIEW `states` AS SELECT id, state AS status FROM status;
SELECT 'undo step 12 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 11 of 21, switch: Let state of status lead
--   Id:           status.state/switch/swap
-- ============================================================================
SELECT 'undo step 11 of 21: Let state of status lead' AS `forgelua`;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
LOCK TABLES `status` WRITE;
DROP TRIGGER IF EXISTS `status__sync_i`;
DROP TRIGGER IF EXISTS `status__sync_u`;
ALTER TABLE `status`
  ALTER COLUMN `state` SET INVISIBLE,
  ALGORITHM=INSTANT;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `status__sync_u` BEFORE UPDATE ON `status` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`status` = OLD.`status`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`state` = OLD.`state`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`status` <=> OLD.`status`) THEN
    SET NEW.`state` = NEW.`status`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`state` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('status__sync', 'state', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'status', NEW.`status`, 'state', NEW.`state`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`state` <=> OLD.`state`) THEN
    SET NEW.`status` = NEW.`state`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`status` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('status__sync', 'status', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'status', NEW.`status`, 'state', NEW.`state`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `status__sync_i` BEFORE INSERT ON `status` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`state` IS NOT NULL THEN
    SET NEW.`status` = NEW.`state`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`status` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('status__sync', 'status', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'status', NEW.`status`, 'state', NEW.`state`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`state` = NEW.`status`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`state` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('status__sync', 'state', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'status', NEW.`status`, 'state', NEW.`state`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
UNLOCK TABLES;
CREATE OR REPLACE VIEW `statuses` AS SELECT `id`, `status` FROM `status`;
CREATE OR REPLACE VIEW `states` AS SELECT id, status FROM status;
SELECT 'undo step 11 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 10 of 21, switch: Rename country to countries
--   Id:           country/switch/rename-table
-- ============================================================================
SELECT 'undo step 10 of 21: Rename country to countries' AS `forgelua`;
CREATE OR REPLACE VIEW `country` AS SELECT `code`, `total` FROM `countries`;
CREATE VIEW `countries__view` AS SELECT `code`, `total` FROM `country`;
RENAME TABLE `country` TO `country__gone`, `countries` TO `country`, `countries__view` TO `countries`;
DROP VIEW `country__gone`;
CREATE OR REPLACE VIEW `places` AS SELECT c.id, k.code FROM city c JOIN country k ON k.code = c.country_code;
SELECT 'undo step 10 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 9 of 21, switch: Let country_code of city lead
--   Id:           city.country_code/switch/swap
-- ============================================================================
SELECT 'undo step 9 of 21: Let country_code of city lead' AS `forgelua`;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
LOCK TABLES `city` WRITE;
DROP TRIGGER IF EXISTS `city__sync_i`;
DROP TRIGGER IF EXISTS `city__sync_u`;
ALTER TABLE `city`
  ALTER COLUMN `country_code` SET INVISIBLE,
  ALGORITHM=INSTANT;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `city__sync_u` BEFORE UPDATE ON `city` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`country` = OLD.`country`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`country_code` = OLD.`country_code`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`country` <=> OLD.`country`) THEN
    SET NEW.`country_code` = NEW.`country`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`country_code` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('city__sync', 'country_code', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'country', NEW.`country`, 'size', NEW.`size`, 'country_code', NEW.`country_code`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`country_code` <=> OLD.`country_code`) THEN
    SET NEW.`country` = NEW.`country_code`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`country` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('city__sync', 'country', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'country', NEW.`country`, 'size', NEW.`size`, 'country_code', NEW.`country_code`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `city__sync_i` BEFORE INSERT ON `city` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`country_code` IS NOT NULL THEN
    SET NEW.`country` = NEW.`country_code`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`country` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('city__sync', 'country', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'country', NEW.`country`, 'size', NEW.`size`, 'country_code', NEW.`country_code`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`country_code` = NEW.`country`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`country_code` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('city__sync', 'country_code', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'country', NEW.`country`, 'size', NEW.`size`, 'country_code', NEW.`country_code`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
UNLOCK TABLES;
CREATE OR REPLACE VIEW `sums` AS SELECT size, sum(country) AS country FROM city GROUP BY size ORDER BY country;
CREATE OR REPLACE VIEW `places` AS SELECT c.id, k.code FROM city c JOIN country k ON k.code = c.country;
SELECT 'undo step 9 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 8 of 21, migrate: Convert status of status into state
--   Id:           status.state/migrate/backfill
-- ============================================================================
SELECT 'undo step 8 of 21: Convert status of status into state' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 8 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 21, migrate: Keep status and state of status equal
--   Id:           status.state/migrate/sync
-- ============================================================================
SELECT 'undo step 7 of 21: Keep status and state of status equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `status__sync_i`;
DROP TRIGGER IF EXISTS `status__sync_u`;
SELECT 'undo step 7 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 21, migrate: Convert country of city into country_code
--   Id:           city.country_code/migrate/backfill
-- ============================================================================
SELECT 'undo step 6 of 21: Convert country of city into country_code' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 6 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 21, migrate: Keep country and country_code of city equal
--   Id:           city.country_code/migrate/sync
-- ============================================================================
SELECT 'undo step 5 of 21: Keep country and country_code of city equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `city__sync_i`;
DROP TRIGGER IF EXISTS `city__sync_u`;
SELECT 'undo step 5 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 21, expand: Add state beside status in status
--   Id:           status.state/expand/add-column
-- ============================================================================
SELECT 'undo step 4 of 21: Add state beside status in status' AS `forgelua`;
ALTER TABLE `status`
  DROP COLUMN `state`,
  ALGORITHM=INSTANT;
SELECT 'undo step 4 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 21, expand: Serve status under its new name statuses by a view
--   Id:           statuses/expand/view-under-new-name
-- ============================================================================
SELECT 'undo step 3 of 21: Serve status under its new name statuses by a view' AS `forgelua`;
DROP VIEW `statuses`;
SELECT 'undo step 3 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 21, expand: Add country_code beside country in city
--   Id:           city.country_code/expand/add-column
-- ============================================================================
SELECT 'undo step 2 of 21: Add country_code beside country in city' AS `forgelua`;
ALTER TABLE `city`
  DROP COLUMN `country_code`,
  ALGORITHM=INSTANT;
SELECT 'undo step 2 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 21, expand: Serve country under its new name countries by a view
--   Id:           countries/expand/view-under-new-name
-- ============================================================================
SELECT 'undo step 1 of 21: Serve country under its new name countries by a view' AS `forgelua`;
DROP VIEW `countries`;
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
SELECT 'undo step 1 of 21: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
