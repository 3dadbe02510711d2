-- Rollback, every phase of migration views_same_names
-- A column is renamed under views that read the same name from another table
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
-- Check: step 8 must be done before this: Drop the old column name, date of topics. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'topics' AND COLUMN_NAME = 'name') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 8 must be done before this: Drop the old column name, date of topics')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 9 of 9, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 9 of 9: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 9 of 9: done' AS `forgelua`;

-- ============================================================================
-- Undo step 8 of 9, contract: Drop the old column name, date of topics
--   Id:           topics.title/contract/drop-old
-- ============================================================================
SELECT 'undo step 8 of 9: Drop the old column name, date of topics' AS `forgelua`;
ALTER TABLE `topics`
  ADD COLUMN `date` date NULL,
  ALGORITHM=INSTANT;
ALTER TABLE `topics`
  ADD COLUMN `name` varchar(20) NULL,
  ALGORITHM=INSTANT;
SELECT 'undo step 8 of 9: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 9, contract: Stop keeping name, date and title, day of topics equal
--   Id:           topics.title/contract/stop-sync
-- ============================================================================
SELECT 'undo step 7 of 9: Stop keeping name, date and title, day of topics equal' AS `forgelua`;
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
CREATE TRIGGER `topics__sync_u` BEFORE UPDATE ON `topics` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`name` = OLD.`name`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`title` = OLD.`title`; END IF;
    IF @forgelua_backfill = 1 THEN SET NEW.`date` = OLD.`date`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`day` = OLD.`day`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (CAST(NEW.`title` AS BINARY) <=> CAST(OLD.`title` AS BINARY)) THEN
    SET NEW.`name` = NEW.`title`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`name` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('topics__sync', 'name', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`, 'date', NEW.`date`, 'title', NEW.`title`, 'day', NEW.`day`), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`name` AS BINARY) <=> CAST(OLD.`name` AS BINARY)) THEN
    SET NEW.`title` = NEW.`name`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`title` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('topics__sync', 'title', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`, 'date', NEW.`date`, 'title', NEW.`title`, 'day', NEW.`day`), forgelua_message);
    END IF;
  END IF;
  IF NOT (NEW.`day` <=> OLD.`day`) THEN
    SET NEW.`date` = NEW.`day`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`date` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('topics__sync', 'date', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`, 'date', NEW.`date`, 'title', NEW.`title`, 'day', NEW.`day`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`date` <=> OLD.`date`) THEN
    SET NEW.`day` = NEW.`date`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`day` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('topics__sync', 'day', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`, 'date', NEW.`date`, 'title', NEW.`title`, 'day', NEW.`day`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `topics__sync_i` BEFORE INSERT ON `topics` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`name` IS NOT NULL THEN
    SET NEW.`title` = NEW.`name`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`title` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('topics__sync', 'title', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`, 'date', NEW.`date`, 'title', NEW.`title`, 'day', NEW.`day`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`name` = NEW.`title`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`name` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('topics__sync', 'name', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`, 'date', NEW.`date`, 'title', NEW.`title`, 'day', NEW.`day`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`date` IS NOT NULL THEN
    SET NEW.`day` = NEW.`date`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`day` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('topics__sync', 'day', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`, 'date', NEW.`date`, 'title', NEW.`title`, 'day', NEW.`day`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`date` = NEW.`day`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`date` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('topics__sync', 'date', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`, 'date', NEW.`date`, 'title', NEW.`title`, 'day', NEW.`day`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 7 of 9: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 9, contract: From here the way back computes name, date of topics again
--   Id:           topics.title/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
SELECT 'undo step 6 of 9: From here the way back computes name, date of topics again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('topics.title/contract/point-of-return', 'topics', 40000, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'topics.title/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `topics` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `topics` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(0.100); END IF;
    SELECT `id` INTO forgelua_e1 FROM `topics` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 9999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `topics` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `topics` SET `name` = `title`, `date` = `day` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND ((CASE WHEN (`name`) = (`title`) OR ((`name`) IS NULL AND (`title`) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (`date`) = (`day`) OR ((`date`) IS NULL AND (`day`) IS NULL) THEN 0 ELSE 1 END = 1));
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'topics.title/contract/point-of-return';
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
              SELECT 'topics.title/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'name', `name`, 'date', `date`, 'title', `title`, 'day', `day`), forgelua_message FROM `topics` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `topics` SET `name` = `title`, `date` = `day` WHERE `id` = forgelua_s1 AND ((CASE WHEN (`name`) = (`title`) OR ((`name`) IS NULL AND (`title`) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (`date`) = (`day`) OR ((`date`) IS NULL AND (`day`) IS NULL) THEN 0 ELSE 1 END = 1));
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'topics.title/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `topics` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'topics.title/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 6 of 9: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 9, switch: Let title, day of topics lead
--   Id:           topics.title/switch/swap
-- ============================================================================
SELECT 'undo step 5 of 9: Let title, day of topics lead' AS `forgelua`;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
LOCK TABLES `topics` WRITE;
DROP TRIGGER IF EXISTS `topics__sync_i`;
DROP TRIGGER IF EXISTS `topics__sync_u`;
ALTER TABLE `topics`
  ALTER COLUMN `day` SET INVISIBLE,
  ALTER COLUMN `title` SET INVISIBLE,
  ALGORITHM=INSTANT;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `topics__sync_u` BEFORE UPDATE ON `topics` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`name` = OLD.`name`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`title` = OLD.`title`; END IF;
    IF @forgelua_backfill = 1 THEN SET NEW.`date` = OLD.`date`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`day` = OLD.`day`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (CAST(NEW.`name` AS BINARY) <=> CAST(OLD.`name` AS BINARY)) THEN
    SET NEW.`title` = NEW.`name`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`title` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('topics__sync', 'title', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`, 'date', NEW.`date`, 'title', NEW.`title`, 'day', NEW.`day`), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`title` AS BINARY) <=> CAST(OLD.`title` AS BINARY)) THEN
    SET NEW.`name` = NEW.`title`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`name` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('topics__sync', 'name', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`, 'date', NEW.`date`, 'title', NEW.`title`, 'day', NEW.`day`), forgelua_message);
    END IF;
  END IF;
  IF NOT (NEW.`date` <=> OLD.`date`) THEN
    SET NEW.`day` = NEW.`date`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`day` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('topics__sync', 'day', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`, 'date', NEW.`date`, 'title', NEW.`title`, 'day', NEW.`day`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`day` <=> OLD.`day`) THEN
    SET NEW.`date` = NEW.`day`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`date` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('topics__sync', 'date', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`, 'date', NEW.`date`, 'title', NEW.`title`, 'day', NEW.`day`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `topics__sync_i` BEFORE INSERT ON `topics` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`title` IS NOT NULL THEN
    SET NEW.`name` = NEW.`title`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`name` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('topics__sync', 'name', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`, 'date', NEW.`date`, 'title', NEW.`title`, 'day', NEW.`day`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`title` = NEW.`name`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`title` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('topics__sync', 'title', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`, 'date', NEW.`date`, 'title', NEW.`title`, 'day', NEW.`day`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`day` IS NOT NULL THEN
    SET NEW.`date` = NEW.`day`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`date` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('topics__sync', 'date', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`, 'date', NEW.`date`, 'title', NEW.`title`, 'day', NEW.`day`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`day` = NEW.`date`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`day` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('topics__sync', 'day', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`, 'date', NEW.`date`, 'title', NEW.`title`, 'day', NEW.`day`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
UNLOCK TABLES;
CREATE OR REPLACE VIEW `owned` AS SELECT id FROM topics WHERE name IN (SELECT name FROM owners);
CREATE OR REPLACE VIEW `latest` AS SELECT t.id, (SELECT max(name) FROM owners WHERE owners.topic = t.id) AS m, t.name AS label FROM topics AS t;
CREATE OR REPLACE VIEW `all_names` AS SELECT name AS label FROM topics UNION ALL SELECT name FROM owners;
SELECT 'undo step 5 of 9: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 9, switch: Move young of topics to the new column
--   Id:           topics.young/switch/move
-- ============================================================================
SELECT 'undo step 4 of 9: Move young of topics to the new column' AS `forgelua`;
ALTER TABLE `topics`
  DROP CHECK `young`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
ALTER TABLE `topics`
  ADD CONSTRAINT `young` CHECK (date >= DATE '1900-01-01'),
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'undo step 4 of 9: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 9, migrate: Convert name, date of topics into title, day
--   Id:           topics.title/migrate/backfill
-- ============================================================================
SELECT 'undo step 3 of 9: Convert name, date of topics into title, day' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 3 of 9: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 9, migrate: Keep name, date and title, day of topics equal
--   Id:           topics.title/migrate/sync
-- ============================================================================
SELECT 'undo step 2 of 9: Keep name, date and title, day of topics equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `topics__sync_i`;
DROP TRIGGER IF EXISTS `topics__sync_u`;
SELECT 'undo step 2 of 9: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 9, expand: Add title, day beside name, date in topics
--   Id:           topics.title/expand/add-column
-- ============================================================================
SELECT 'undo step 1 of 9: Add title, day beside name, date in topics' AS `forgelua`;
ALTER TABLE `topics`
  DROP COLUMN `day`,
  DROP COLUMN `title`,
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
SELECT 'undo step 1 of 9: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
