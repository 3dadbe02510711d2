-- WARNING: rollback is destructive — events.hits data will be lost: values of visits that hits cannot hold.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration keyless_grows
-- A number of a table without a key gets another name and a wider type
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
-- Check: step 7 must be done before this: Drop the old column hits of events. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'events' AND COLUMN_NAME = 'hits') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 7 must be done before this: Drop the old column hits of events')), '1', @forgelua_actual);

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: every visits of events can be held as int. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `events` WHERE `visits` < -2147483648 OR `visits` > 2147483647) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every visits of events can be held as int')), '0', @forgelua_actual);

-- ============================================================================
-- Undo step 8 of 8, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 8 of 8: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 8 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 8, contract: Drop the old column hits of events
--   Id:           events.visits/contract/drop-old
--   Loses:        values of visits that hits cannot hold
-- ============================================================================
SELECT 'undo step 7 of 8: Drop the old column hits of events' AS `forgelua`;
ALTER TABLE `events`
  ADD COLUMN `hits` int NULL,
  ALGORITHM=INSTANT;
SELECT 'undo step 7 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 8, contract: Stop keeping hits and visits of events equal
--   Id:           events.visits/contract/stop-sync
-- ============================================================================
SELECT 'undo step 6 of 8: Stop keeping hits and visits of events equal' AS `forgelua`;
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
CREATE TRIGGER `events__sync_u` BEFORE UPDATE ON `events` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`hits` = OLD.`hits`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`visits` = OLD.`visits`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`visits` <=> OLD.`visits`) THEN
    SET NEW.`hits` = NEW.`visits`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`hits` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('events__sync', 'hits', NULL, JSON_OBJECT('word', NEW.`word`, 'hits', NEW.`hits`, 'visits', NEW.`visits`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`hits` <=> OLD.`hits`) THEN
    SET NEW.`visits` = NEW.`hits`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`visits` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('events__sync', 'visits', NULL, JSON_OBJECT('word', NEW.`word`, 'hits', NEW.`hits`, 'visits', NEW.`visits`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `events__sync_i` BEFORE INSERT ON `events` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`hits` IS NOT NULL THEN
    SET NEW.`visits` = NEW.`hits`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`visits` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('events__sync', 'visits', NULL, JSON_OBJECT('word', NEW.`word`, 'hits', NEW.`hits`, 'visits', NEW.`visits`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`hits` = NEW.`visits`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`hits` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('events__sync', 'hits', NULL, JSON_OBJECT('word', NEW.`word`, 'hits', NEW.`hits`, 'visits', NEW.`visits`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 6 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 8, contract: From here the way back computes hits of events again
--   Id:           events.visits/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
SELECT 'undo step 5 of 8: From here the way back computes hits of events again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('events.visits/contract/point-of-return', 'events', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
SET @forgelua_isolation = @@SESSION.tx_isolation, SESSION tx_isolation = 'READ-COMMITTED', @forgelua_backfill = 2;
UPDATE `events` SET `hits` = `visits` WHERE TRUE AND ((CASE WHEN (`hits`) = (`visits`) OR ((`hits`) IS NULL AND (`visits`) IS NULL) THEN 0 ELSE 1 END = 1));
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'events.visits/contract/point-of-return';
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 5 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 8, switch: Let visits of events lead
--   Id:           events.visits/switch/swap
-- ============================================================================
SELECT 'undo step 4 of 8: Let visits of events lead' AS `forgelua`;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
LOCK TABLES `events` WRITE;
DROP TRIGGER IF EXISTS `events__sync_i`;
DROP TRIGGER IF EXISTS `events__sync_u`;
ALTER TABLE `events`
  MODIFY COLUMN `visits` bigint NULL INVISIBLE,
  ALGORITHM=INSTANT;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `events__sync_u` BEFORE UPDATE ON `events` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`hits` = OLD.`hits`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`visits` = OLD.`visits`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`hits` <=> OLD.`hits`) THEN
    SET NEW.`visits` = NEW.`hits`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`visits` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('events__sync', 'visits', NULL, JSON_OBJECT('word', NEW.`word`, 'hits', NEW.`hits`, 'visits', NEW.`visits`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`visits` <=> OLD.`visits`) THEN
    SET NEW.`hits` = NEW.`visits`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`hits` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('events__sync', 'hits', NULL, JSON_OBJECT('word', NEW.`word`, 'hits', NEW.`hits`, 'visits', NEW.`visits`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `events__sync_i` BEFORE INSERT ON `events` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`visits` IS NOT NULL THEN
    SET NEW.`hits` = NEW.`visits`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`hits` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('events__sync', 'hits', NULL, JSON_OBJECT('word', NEW.`word`, 'hits', NEW.`hits`, 'visits', NEW.`visits`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`visits` = NEW.`hits`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`visits` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('events__sync', 'visits', NULL, JSON_OBJECT('word', NEW.`word`, 'hits', NEW.`hits`, 'visits', NEW.`visits`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
UNLOCK TABLES;
SELECT 'undo step 4 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 8, migrate: Convert hits of events into visits
--   Id:           events.visits/migrate/backfill
-- ============================================================================
SELECT 'undo step 3 of 8: Convert hits of events into visits' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 3 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 8, migrate: Keep hits and visits of events equal
--   Id:           events.visits/migrate/sync
-- ============================================================================
SELECT 'undo step 2 of 8: Keep hits and visits of events equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `events__sync_i`;
DROP TRIGGER IF EXISTS `events__sync_u`;
SELECT 'undo step 2 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 8, expand: Add visits beside hits in events
--   Id:           events.visits/expand/add-column
-- ============================================================================
SELECT 'undo step 1 of 8: Add visits beside hits in events' AS `forgelua`;
ALTER TABLE `events`
  DROP COLUMN `visits`,
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
SELECT 'undo step 1 of 8: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
