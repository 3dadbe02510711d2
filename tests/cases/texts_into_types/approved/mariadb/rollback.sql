-- WARNING: rollback is destructive — r.kind__old data will be lost: values of kind that do not come back from kind unchanged.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration texts_into_types
-- Columns of several types are made from texts
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
-- Check: step 20 must be done before this: Make r.kind NOT NULL. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'r' AND COLUMN_NAME = 'kind') AND NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'r' AND COLUMN_NAME = 'kind' AND IS_NULLABLE = 'YES') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 20 must be done before this: Make r.kind NOT NULL')), '1', @forgelua_actual);
-- Check: the whole plan must be done before this: alter_column r.kind. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'r' AND COLUMN_NAME = 'kind') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'r' AND COLUMN_NAME = 'kind' AND COLUMN_TYPE = 'enum(''a'',''b'',''other'')') AND NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'r' AND COLUMN_NAME = 'kind' AND IS_NULLABLE = 'YES') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'r' AND COLUMN_NAME = 'kind' AND COALESCE(COLUMN_DEFAULT, 'NULL') <> 'NULL') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must be done before this: alter_column r.kind')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 21 of 21, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 21 of 21: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 21 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 20 of 21, contract: Make r.kind NOT NULL
--   Id:           r.kind/contract/not-null
-- ============================================================================
SELECT 'undo step 20 of 21: Make r.kind NOT NULL' AS `forgelua`;
ALTER TABLE `r`
  MODIFY COLUMN `kind` enum('a','b','other') NULL DEFAULT 'other',
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 20 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 19 of 21, contract: Drop the old column kind__old of r
--   Id:           r.kind/contract/drop-old
--   Loses:        values of kind that do not come back from kind unchanged
-- ============================================================================
SELECT 'undo step 19 of 21: Drop the old column kind__old of r' AS `forgelua`;
ALTER TABLE `r`
  ADD COLUMN `kind__old` varchar(20) NULL AFTER `kind`,
  ALGORITHM=INSTANT;
SELECT 'undo step 19 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 18 of 21, contract: Stop keeping kind__old and kind of r equal
--   Id:           r.kind/contract/stop-sync
-- ============================================================================
SELECT 'undo step 18 of 21: Stop keeping kind__old and kind of r equal' AS `forgelua`;
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
CREATE TRIGGER `r__sync_2_u` BEFORE UPDATE ON `r` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`kind__old` = OLD.`kind__old`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`kind` = OLD.`kind`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (CAST(NEW.`kind` AS BINARY) <=> CAST(OLD.`kind` AS BINARY)) THEN
    SET NEW.`kind__old` = (SELECT CAST(`kind` AS CHAR) FROM (SELECT NEW.`kind` AS `kind`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`kind__old` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync_2', 'kind__old', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind__old', NEW.`kind__old`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind', CAST(NEW.`kind` AS CHAR)), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`kind__old` AS BINARY) <=> CAST(OLD.`kind__old` AS BINARY)) THEN
    SET NEW.`kind` = (SELECT CASE WHEN kind__old IN ('a', 'b') THEN kind__old ELSE 'other' END FROM (SELECT NEW.`kind__old` AS `kind__old`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`kind` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync_2', 'kind', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind__old', NEW.`kind__old`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind', CAST(NEW.`kind` AS CHAR)), forgelua_message);
    END IF;
  END IF;
  IF NEW.`kind__old` IS NULL AND NEW.`kind` IS NULL THEN
    SET NEW.`kind` = (SELECT CASE WHEN kind__old IN ('a', 'b') THEN kind__old ELSE 'other' END FROM (SELECT NEW.`kind__old` AS `kind__old`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`kind` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync_2', 'kind', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind__old', NEW.`kind__old`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind', CAST(NEW.`kind` AS CHAR)), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `r__sync_2_i` BEFORE INSERT ON `r` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`kind__old` IS NOT NULL THEN
    SET NEW.`kind` = (SELECT CASE WHEN kind__old IN ('a', 'b') THEN kind__old ELSE 'other' END FROM (SELECT NEW.`kind__old` AS `kind__old`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`kind` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync_2', 'kind', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind__old', NEW.`kind__old`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind', CAST(NEW.`kind` AS CHAR)), forgelua_message);
    END IF;
  ELSE
    SET NEW.`kind__old` = (SELECT CAST(`kind` AS CHAR) FROM (SELECT NEW.`kind` AS `kind`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`kind__old` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync_2', 'kind__old', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind__old', NEW.`kind__old`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind', CAST(NEW.`kind` AS CHAR)), forgelua_message);
    END IF;
  END IF;
  IF NEW.`kind__old` IS NULL AND NEW.`kind` IS NULL THEN
    SET NEW.`kind` = (SELECT CASE WHEN kind__old IN ('a', 'b') THEN kind__old ELSE 'other' END FROM (SELECT NEW.`kind__old` AS `kind__old`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`kind` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync_2', 'kind', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind__old', NEW.`kind__old`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind', CAST(NEW.`kind` AS CHAR)), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 18 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 17 of 21, contract: From here the way back computes kind__old of r again
--   Id:           r.kind/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
SELECT 'undo step 17 of 21: From here the way back computes kind__old of r again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('r.kind/contract/point-of-return', 'r', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_l1 bigint;
  DECLARE forgelua_s1 bigint;
  DECLARE forgelua_e1 bigint;
  DECLARE forgelua_held1 varchar(20) DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'r.kind/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `r` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `r` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `r` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `r` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `r` SET `kind__old` = CAST(`kind` AS CHAR) WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND ((CASE WHEN (`kind__old`) = (CAST(`kind` AS CHAR)) OR ((`kind__old`) IS NULL AND (CAST(`kind` AS CHAR)) IS NULL) THEN 0 ELSE 1 END = 1));
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'r.kind/contract/point-of-return';
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
              SELECT 'r.kind/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'active', `active`, 'code', `code`, 'kind__old', `kind__old`, 'state', CAST(`state` AS CHAR), 'seen', `seen`, 'number', `number`, 'marked', `marked`, 'kind', CAST(`kind` AS CHAR)), forgelua_message FROM `r` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `r` SET `kind__old` = CAST(`kind` AS CHAR) WHERE `id` = forgelua_s1 AND ((CASE WHEN (`kind__old`) = (CAST(`kind` AS CHAR)) OR ((`kind__old`) IS NULL AND (CAST(`kind` AS CHAR)) IS NULL) THEN 0 ELSE 1 END = 1));
          SET forgelua_rows = ROW_COUNT();
        END;
        IF forgelua_skipped = 1 THEN
          BEGIN
            DECLARE CONTINUE HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 SET forgelua_failed = TRUE;
            SET forgelua_failed = FALSE, forgelua_held1 = NULL;
            SELECT CAST(`kind` AS CHAR) INTO forgelua_held1 FROM `r` WHERE `id` = forgelua_s1;
            IF forgelua_failed THEN SET forgelua_held1 = NULL; END IF;
            UPDATE `r` SET `kind__old` = forgelua_held1 WHERE `id` = forgelua_s1 AND ((CASE WHEN (`kind__old`) = (CAST(`kind` AS CHAR)) OR ((`kind__old`) IS NULL AND (CAST(`kind` AS CHAR)) IS NULL) THEN 0 ELSE 1 END = 1));
          END;
        END IF;
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'r.kind/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `r` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'r.kind/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 17 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 16 of 21, contract: Drop the trigger that filled state, seen, number, marked of r
--   Id:           r.state/contract/stop-filling
-- ============================================================================
SELECT 'undo step 16 of 21: Drop the trigger that filled state, seen, number, marked of r' AS `forgelua`;
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
CREATE TRIGGER `r__sync_u` BEFORE UPDATE ON `r` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`state` IS NULL THEN
    SET NEW.`state` = (SELECT COALESCE(CASE WHEN active THEN 'on' ELSE 'off' END, 'off') FROM (SELECT NEW.`active` AS `active`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`state` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync', 'state', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind__old', NEW.`kind__old`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind', CAST(NEW.`kind` AS CHAR)), forgelua_message);
    END IF;
  ELSEIF (NOT (NEW.`active` <=> OLD.`active`)) AND NOT (NOT (CAST(NEW.`state` AS BINARY) <=> CAST(OLD.`state` AS BINARY))) THEN
    SET NEW.`state` = (SELECT COALESCE(CASE WHEN active THEN 'on' ELSE 'off' END, 'off') FROM (SELECT OLD.`active` AS `active`) AS forgelua_row);
    IF forgelua_failed OR NOT (NEW.`state` <=> OLD.`state`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`state` = OLD.`state`;
    ELSE
      SET NEW.`state` = (SELECT COALESCE(CASE WHEN active THEN 'on' ELSE 'off' END, 'off') FROM (SELECT NEW.`active` AS `active`) AS forgelua_row);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`state` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync', 'state', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind__old', NEW.`kind__old`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind', CAST(NEW.`kind` AS CHAR)), forgelua_message);
      END IF;
    END IF;
  END IF;
  IF NEW.`seen` IS NULL THEN
    SET NEW.`seen` = (SELECT CAST(CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END AS DATE) FROM (SELECT NEW.`active` AS `active`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`seen` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync', 'seen', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind__old', NEW.`kind__old`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind', CAST(NEW.`kind` AS CHAR)), forgelua_message);
    END IF;
  ELSEIF (NOT (NEW.`active` <=> OLD.`active`)) AND NOT (NOT (NEW.`seen` <=> OLD.`seen`)) THEN
    SET NEW.`seen` = (SELECT CAST(CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END AS DATE) FROM (SELECT OLD.`active` AS `active`) AS forgelua_row);
    IF forgelua_failed OR NOT (NEW.`seen` <=> OLD.`seen`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`seen` = OLD.`seen`;
    ELSE
      SET NEW.`seen` = (SELECT CAST(CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END AS DATE) FROM (SELECT NEW.`active` AS `active`) AS forgelua_row);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`seen` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync', 'seen', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind__old', NEW.`kind__old`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind', CAST(NEW.`kind` AS CHAR)), forgelua_message);
      END IF;
    END IF;
  END IF;
  IF NEW.`number` IS NULL THEN
    SET NEW.`number` = (SELECT substr(code, 2) FROM (SELECT NEW.`code` AS `code`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`number` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync', 'number', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind__old', NEW.`kind__old`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind', CAST(NEW.`kind` AS CHAR)), forgelua_message);
    END IF;
  ELSEIF (NOT (CAST(NEW.`code` AS BINARY) <=> CAST(OLD.`code` AS BINARY))) AND NOT (NOT (NEW.`number` <=> OLD.`number`)) THEN
    SET NEW.`number` = (SELECT substr(code, 2) FROM (SELECT OLD.`code` AS `code`) AS forgelua_row);
    IF forgelua_failed OR NOT (NEW.`number` <=> OLD.`number`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`number` = OLD.`number`;
    ELSE
      SET NEW.`number` = (SELECT substr(code, 2) FROM (SELECT NEW.`code` AS `code`) AS forgelua_row);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`number` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync', 'number', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind__old', NEW.`kind__old`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind', CAST(NEW.`kind` AS CHAR)), forgelua_message);
      END IF;
    END IF;
  END IF;
  IF NEW.`marked` IS NULL THEN
    SET NEW.`marked` = (SELECT CASE WHEN kind__old = 'a' THEN 1 ELSE 0 END FROM (SELECT NEW.`kind__old` AS `kind__old`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`marked` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync', 'marked', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind__old', NEW.`kind__old`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind', CAST(NEW.`kind` AS CHAR)), forgelua_message);
    END IF;
  ELSEIF (NOT (CAST(NEW.`kind__old` AS BINARY) <=> CAST(OLD.`kind__old` AS BINARY))) AND NOT (NOT (NEW.`marked` <=> OLD.`marked`)) THEN
    SET NEW.`marked` = (SELECT CASE WHEN kind__old = 'a' THEN 1 ELSE 0 END FROM (SELECT OLD.`kind__old` AS `kind__old`) AS forgelua_row);
    IF forgelua_failed OR NOT (NEW.`marked` <=> OLD.`marked`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`marked` = OLD.`marked`;
    ELSE
      SET NEW.`marked` = (SELECT CASE WHEN kind__old = 'a' THEN 1 ELSE 0 END FROM (SELECT NEW.`kind__old` AS `kind__old`) AS forgelua_row);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`marked` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync', 'marked', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind__old', NEW.`kind__old`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind', CAST(NEW.`kind` AS CHAR)), forgelua_message);
      END IF;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `r__sync_i` BEFORE INSERT ON `r` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`state` IS NULL THEN
    SET NEW.`state` = (SELECT COALESCE(CASE WHEN active THEN 'on' ELSE 'off' END, 'off') FROM (SELECT NEW.`active` AS `active`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`state` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync', 'state', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind__old', NEW.`kind__old`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind', CAST(NEW.`kind` AS CHAR)), forgelua_message);
    END IF;
  END IF;
  IF NEW.`seen` IS NULL THEN
    SET NEW.`seen` = (SELECT CAST(CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END AS DATE) FROM (SELECT NEW.`active` AS `active`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`seen` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync', 'seen', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind__old', NEW.`kind__old`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind', CAST(NEW.`kind` AS CHAR)), forgelua_message);
    END IF;
  END IF;
  IF NEW.`number` IS NULL THEN
    SET NEW.`number` = (SELECT substr(code, 2) FROM (SELECT NEW.`code` AS `code`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`number` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync', 'number', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind__old', NEW.`kind__old`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind', CAST(NEW.`kind` AS CHAR)), forgelua_message);
    END IF;
  END IF;
  IF NEW.`marked` IS NULL THEN
    SET NEW.`marked` = (SELECT CASE WHEN kind__old = 'a' THEN 1 ELSE 0 END FROM (SELECT NEW.`kind__old` AS `kind__old`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`marked` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync', 'marked', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind__old', NEW.`kind__old`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind', CAST(NEW.`kind` AS CHAR)), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 16 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 15 of 21, contract: Set the default of r.state
--   Id:           r.state/contract/default
-- ============================================================================
SELECT 'undo step 15 of 21: Set the default of r.state' AS `forgelua`;
ALTER TABLE `r`
  MODIFY COLUMN `state` enum('on','off') NOT NULL,
  ALGORITHM=INSTANT;
SELECT 'undo step 15 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 14 of 21, switch: Make r.state NOT NULL
--   Id:           r.state/switch/not-null
-- ============================================================================
SELECT 'undo step 14 of 21: Make r.state NOT NULL' AS `forgelua`;
ALTER TABLE `r`
  MODIFY COLUMN `state` enum('on','off') NULL INVISIBLE,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 14 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 13 of 21, switch: Finish r.marked
--   Id:           r.marked/switch/not-null
-- ============================================================================
SELECT 'undo step 13 of 21: Finish r.marked' AS `forgelua`;
ALTER TABLE `r`
  MODIFY COLUMN `marked` tinyint(1) NULL INVISIBLE,
  ALGORITHM=INSTANT;
SELECT 'undo step 13 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 12 of 21, switch: Finish r.number
--   Id:           r.number/switch/not-null
-- ============================================================================
SELECT 'undo step 12 of 21: Finish r.number' AS `forgelua`;
ALTER TABLE `r`
  MODIFY COLUMN `number` int NULL INVISIBLE,
  ALGORITHM=INSTANT;
SELECT 'undo step 12 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 11 of 21, switch: Finish r.seen
--   Id:           r.seen/switch/not-null
-- ============================================================================
SELECT 'undo step 11 of 21: Finish r.seen' AS `forgelua`;
ALTER TABLE `r`
  MODIFY COLUMN `seen` date NULL INVISIBLE,
  ALGORITHM=INSTANT;
SELECT 'undo step 11 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 10 of 21, switch: Let the new kind of r take over
--   Id:           r.kind/switch/swap
-- ============================================================================
SELECT 'undo step 10 of 21: Let the new kind of r take over' AS `forgelua`;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
LOCK TABLES `r` WRITE;
DROP TRIGGER IF EXISTS `r__sync_2_i`;
DROP TRIGGER IF EXISTS `r__sync_2_u`;
ALTER TABLE `r`
  CHANGE COLUMN `kind` `kind__new` enum('a','b','other') NULL INVISIBLE,
  RENAME COLUMN `kind__old` TO `kind`,
  ALGORITHM=INSTANT;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `r__sync_2_u` BEFORE UPDATE ON `r` FOR EACH ROW PRECEDES `r__sync_u`
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`kind` = OLD.`kind`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`kind__new` = OLD.`kind__new`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (CAST(NEW.`kind` AS BINARY) <=> CAST(OLD.`kind` AS BINARY)) THEN
    SET NEW.`kind__new` = (SELECT CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END FROM (SELECT NEW.`kind` AS `kind`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`kind__new` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync_2', 'kind__new', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind', NEW.`kind`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind__new', CAST(NEW.`kind__new` AS CHAR)), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`kind__new` AS BINARY) <=> CAST(OLD.`kind__new` AS BINARY)) THEN
    SET NEW.`kind` = (SELECT CAST(kind__new AS CHAR) FROM (SELECT NEW.`kind__new` AS `kind__new`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`kind` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync_2', 'kind', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind', NEW.`kind`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind__new', CAST(NEW.`kind__new` AS CHAR)), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `r__sync_2_i` BEFORE INSERT ON `r` FOR EACH ROW PRECEDES `r__sync_i`
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`kind__new` IS NOT NULL THEN
    SET NEW.`kind` = (SELECT CAST(kind__new AS CHAR) FROM (SELECT NEW.`kind__new` AS `kind__new`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`kind` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync_2', 'kind', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind', NEW.`kind`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind__new', CAST(NEW.`kind__new` AS CHAR)), forgelua_message);
    END IF;
  ELSE
    SET NEW.`kind__new` = (SELECT CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END FROM (SELECT NEW.`kind` AS `kind`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`kind__new` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync_2', 'kind__new', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind', NEW.`kind`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind__new', CAST(NEW.`kind__new` AS CHAR)), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
UNLOCK TABLES;
SELECT 'undo step 10 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 9 of 21, migrate: Convert kind of r into kind__new
--   Id:           r.kind/migrate/backfill
-- ============================================================================
SELECT 'undo step 9 of 21: Convert kind of r into kind__new' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 9 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 8 of 21, migrate: Keep kind and kind__new of r equal
--   Id:           r.kind/migrate/sync
-- ============================================================================
SELECT 'undo step 8 of 21: Keep kind and kind__new of r equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `r__sync_2_i`;
DROP TRIGGER IF EXISTS `r__sync_2_u`;
SELECT 'undo step 8 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 21, migrate: Backfill marked of r
--   Id:           r.marked/migrate/backfill
-- ============================================================================
SELECT 'undo step 7 of 21: Backfill marked of r' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 7 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 21, migrate: Backfill number of r
--   Id:           r.number/migrate/backfill
-- ============================================================================
SELECT 'undo step 6 of 21: Backfill number of r' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 6 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 21, migrate: Backfill seen of r
--   Id:           r.seen/migrate/backfill
-- ============================================================================
SELECT 'undo step 5 of 21: Backfill seen of r' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 5 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 21, migrate: Backfill state of r
--   Id:           r.state/migrate/backfill
-- ============================================================================
SELECT 'undo step 4 of 21: Backfill state of r' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 4 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 21, migrate: Keep state, seen, number, marked of r filled for new rows
--   Id:           r.state/migrate/keep-filled
-- ============================================================================
SELECT 'undo step 3 of 21: Keep state, seen, number, marked of r filled for new rows' AS `forgelua`;
DROP TRIGGER IF EXISTS `r__sync_i`;
DROP TRIGGER IF EXISTS `r__sync_u`;
SELECT 'undo step 3 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 21, expand: Add kind__new beside kind in r
--   Id:           r.kind/expand/add-column
-- ============================================================================
SELECT 'undo step 2 of 21: Add kind__new beside kind in r' AS `forgelua`;
ALTER TABLE `r`
  DROP COLUMN `kind__new`,
  ALGORITHM=INSTANT;
SELECT 'undo step 2 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 21, expand: Add state, seen, number, marked to r, empty and not insisting
--   Id:           r.state/expand/add-column
-- ============================================================================
SELECT 'undo step 1 of 21: Add state, seen, number, marked to r, empty and not insisting' AS `forgelua`;
ALTER TABLE `r`
  DROP COLUMN `marked`,
  DROP COLUMN `number`,
  DROP COLUMN `seen`,
  DROP COLUMN `state`,
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
SELECT 'undo step 1 of 21: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
