-- WARNING: rollback is destructive — t.since data will be lost: values of since that since cannot hold: they come back as 1970, and are named in forgelua_sync_errors.
-- WARNING: rollback is destructive — t.y data will be lost: values of model_year that y cannot hold; values of since that since cannot hold; values of n that do not come back from n unchanged.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration years_become_numbers
-- A year becomes a number, under a new name and under its own; the way back leaves out what is no year
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
-- Check: step 9 must be done before this: Make t.since NOT NULL. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' AND COLUMN_NAME = 'since') AND NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' AND COLUMN_NAME = 'since' AND IS_NULLABLE = 'YES') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 9 must be done before this: Make t.since NOT NULL')), '1', @forgelua_actual);
-- Check: step 8 must be done before this: Drop the old column y, since__old, n__old of t. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' AND COLUMN_NAME = 'y') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 8 must be done before this: Drop the old column y, since__old, n__old of t')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 10 of 10, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 10 of 10: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 10 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 9 of 10, contract: Make t.since NOT NULL
--   Id:           t.since/contract/not-null
-- ============================================================================
SELECT 'undo step 9 of 10: Make t.since NOT NULL' AS `forgelua`;
ALTER TABLE `t`
  MODIFY COLUMN `since` smallint NULL DEFAULT 2000,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 9 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 8 of 10, contract: Drop the old column y, since__old, n__old of t
--   Id:           t.model_year/contract/drop-old
--   Loses:        values of model_year that y cannot hold; values of since that since cannot hold; values of n that do not come back from n unchanged
-- ============================================================================
SELECT 'undo step 8 of 10: Drop the old column y, since__old, n__old of t' AS `forgelua`;
ALTER TABLE `t`
  ADD COLUMN `n__old` int NULL AFTER `n`,
  ALGORITHM=INSTANT;
ALTER TABLE `t`
  ADD COLUMN `since__old` year NULL AFTER `since`,
  ALGORITHM=INSTANT;
ALTER TABLE `t`
  ADD COLUMN `y` year NULL,
  ALGORITHM=INSTANT;
SELECT 'undo step 8 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 10, contract: Stop keeping y, since__old, n__old and model_year, since, n of t equal
--   Id:           t.model_year/contract/stop-sync
-- ============================================================================
SELECT 'undo step 7 of 10: Stop keeping y, since__old, n__old and model_year, since, n of t equal' AS `forgelua`;
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
CREATE TRIGGER `t__sync_u` BEFORE UPDATE ON `t` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`y` = OLD.`y`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`model_year` = OLD.`model_year`; END IF;
    IF @forgelua_backfill = 1 THEN SET NEW.`since__old` = OLD.`since__old`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`since` = OLD.`since`; END IF;
    IF @forgelua_backfill = 1 THEN SET NEW.`n__old` = OLD.`n__old`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`n` = OLD.`n`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`model_year` <=> OLD.`model_year`) THEN
    SET NEW.`y` = (SELECT CASE WHEN `model_year` BETWEEN 1 AND 99 THEN 9999 ELSE `model_year` END FROM (SELECT NEW.`model_year` AS `model_year`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`y` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'y', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'y', NEW.`y`, 'since__old', NEW.`since__old`, 'n__old', NEW.`n__old`, 'model_year', NEW.`model_year`, 'since', NEW.`since`, 'n', NEW.`n`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`y` <=> OLD.`y`) THEN
    SET NEW.`model_year` = NEW.`y`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`model_year` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'model_year', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'y', NEW.`y`, 'since__old', NEW.`since__old`, 'n__old', NEW.`n__old`, 'model_year', NEW.`model_year`, 'since', NEW.`since`, 'n', NEW.`n`), forgelua_message);
    END IF;
  END IF;
  IF NOT (NEW.`since` <=> OLD.`since`) THEN
    SET NEW.`since__old` = (SELECT CASE WHEN `since` BETWEEN 1 AND 99 THEN 9999 ELSE `since` END FROM (SELECT NEW.`since` AS `since`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`since__old` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'since__old', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'y', NEW.`y`, 'since__old', NEW.`since__old`, 'n__old', NEW.`n__old`, 'model_year', NEW.`model_year`, 'since', NEW.`since`, 'n', NEW.`n`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`since__old` <=> OLD.`since__old`) THEN
    SET NEW.`since` = NEW.`since__old`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`since` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'since', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'y', NEW.`y`, 'since__old', NEW.`since__old`, 'n__old', NEW.`n__old`, 'model_year', NEW.`model_year`, 'since', NEW.`since`, 'n', NEW.`n`), forgelua_message);
    END IF;
  END IF;
  IF NOT (NEW.`n` <=> OLD.`n`) THEN
    SET NEW.`n__old` = NEW.`n`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`n__old` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'n__old', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'y', NEW.`y`, 'since__old', NEW.`since__old`, 'n__old', NEW.`n__old`, 'model_year', NEW.`model_year`, 'since', NEW.`since`, 'n', NEW.`n`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`n__old` <=> OLD.`n__old`) THEN
    SET NEW.`n` = (SELECT CASE WHEN n__old BETWEEN 1 AND 99 THEN 9999 ELSE n__old END FROM (SELECT NEW.`n__old` AS `n__old`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`n` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'n', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'y', NEW.`y`, 'since__old', NEW.`since__old`, 'n__old', NEW.`n__old`, 'model_year', NEW.`model_year`, 'since', NEW.`since`, 'n', NEW.`n`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `t__sync_i` BEFORE INSERT ON `t` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`y` IS NOT NULL THEN
    SET NEW.`model_year` = NEW.`y`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`model_year` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'model_year', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'y', NEW.`y`, 'since__old', NEW.`since__old`, 'n__old', NEW.`n__old`, 'model_year', NEW.`model_year`, 'since', NEW.`since`, 'n', NEW.`n`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`y` = (SELECT CASE WHEN `model_year` BETWEEN 1 AND 99 THEN 9999 ELSE `model_year` END FROM (SELECT NEW.`model_year` AS `model_year`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`y` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'y', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'y', NEW.`y`, 'since__old', NEW.`since__old`, 'n__old', NEW.`n__old`, 'model_year', NEW.`model_year`, 'since', NEW.`since`, 'n', NEW.`n`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`since__old` IS NOT NULL THEN
    SET NEW.`since` = NEW.`since__old`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`since` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'since', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'y', NEW.`y`, 'since__old', NEW.`since__old`, 'n__old', NEW.`n__old`, 'model_year', NEW.`model_year`, 'since', NEW.`since`, 'n', NEW.`n`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`since__old` = (SELECT CASE WHEN `since` BETWEEN 1 AND 99 THEN 9999 ELSE `since` END FROM (SELECT NEW.`since` AS `since`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`since__old` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'since__old', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'y', NEW.`y`, 'since__old', NEW.`since__old`, 'n__old', NEW.`n__old`, 'model_year', NEW.`model_year`, 'since', NEW.`since`, 'n', NEW.`n`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`n__old` IS NOT NULL THEN
    SET NEW.`n` = (SELECT CASE WHEN n__old BETWEEN 1 AND 99 THEN 9999 ELSE n__old END FROM (SELECT NEW.`n__old` AS `n__old`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`n` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'n', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'y', NEW.`y`, 'since__old', NEW.`since__old`, 'n__old', NEW.`n__old`, 'model_year', NEW.`model_year`, 'since', NEW.`since`, 'n', NEW.`n`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`n__old` = NEW.`n`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`n__old` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'n__old', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'y', NEW.`y`, 'since__old', NEW.`since__old`, 'n__old', NEW.`n__old`, 'model_year', NEW.`model_year`, 'since', NEW.`since`, 'n', NEW.`n`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 7 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 10, contract: From here the way back computes y, since__old, n__old of t again
--   Id:           t.model_year/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
SELECT 'undo step 6 of 10: From here the way back computes y, since__old, n__old of t again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('t.model_year/contract/point-of-return', 't', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_held1 year DEFAULT NULL;
  DECLARE forgelua_held2 year DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 't.model_year/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `t` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `t` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `t` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `t` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `t` SET `y` = CASE WHEN `model_year` BETWEEN 1 AND 99 THEN 9999 ELSE `model_year` END, `since__old` = CASE WHEN `since` BETWEEN 1 AND 99 THEN 9999 ELSE `since` END, `n__old` = `n` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND ((CASE WHEN (`y`) = (CASE WHEN `model_year` BETWEEN 1 AND 99 THEN 9999 ELSE `model_year` END) OR ((`y`) IS NULL AND (CASE WHEN `model_year` BETWEEN 1 AND 99 THEN 9999 ELSE `model_year` END) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (`since__old`) = (CASE WHEN `since` BETWEEN 1 AND 99 THEN 9999 ELSE `since` END) OR ((`since__old`) IS NULL AND (CASE WHEN `since` BETWEEN 1 AND 99 THEN 9999 ELSE `since` END) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (`n__old`) = (`n`) OR ((`n__old`) IS NULL AND (`n`) IS NULL) THEN 0 ELSE 1 END = 1));
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 't.model_year/contract/point-of-return';
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
              SELECT 't.model_year/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'y', `y`, 'since__old', `since__old`, 'n__old', `n__old`, 'model_year', `model_year`, 'since', `since`, 'n', `n`), forgelua_message FROM `t` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `t` SET `y` = CASE WHEN `model_year` BETWEEN 1 AND 99 THEN 9999 ELSE `model_year` END, `since__old` = CASE WHEN `since` BETWEEN 1 AND 99 THEN 9999 ELSE `since` END, `n__old` = `n` WHERE `id` = forgelua_s1 AND ((CASE WHEN (`y`) = (CASE WHEN `model_year` BETWEEN 1 AND 99 THEN 9999 ELSE `model_year` END) OR ((`y`) IS NULL AND (CASE WHEN `model_year` BETWEEN 1 AND 99 THEN 9999 ELSE `model_year` END) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (`since__old`) = (CASE WHEN `since` BETWEEN 1 AND 99 THEN 9999 ELSE `since` END) OR ((`since__old`) IS NULL AND (CASE WHEN `since` BETWEEN 1 AND 99 THEN 9999 ELSE `since` END) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (`n__old`) = (`n`) OR ((`n__old`) IS NULL AND (`n`) IS NULL) THEN 0 ELSE 1 END = 1));
          SET forgelua_rows = ROW_COUNT();
        END;
        IF forgelua_skipped = 1 THEN
          BEGIN
            DECLARE CONTINUE HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 SET forgelua_failed = TRUE;
            SET forgelua_failed = FALSE, forgelua_held1 = NULL;
            SELECT CASE WHEN `model_year` BETWEEN 1 AND 99 THEN 9999 ELSE `model_year` END INTO forgelua_held1 FROM `t` WHERE `id` = forgelua_s1;
            IF forgelua_failed THEN SET forgelua_held1 = NULL; END IF;
            SET forgelua_failed = FALSE, forgelua_held2 = NULL;
            SELECT CASE WHEN `since` BETWEEN 1 AND 99 THEN 9999 ELSE `since` END INTO forgelua_held2 FROM `t` WHERE `id` = forgelua_s1;
            IF forgelua_failed THEN SET forgelua_held2 = NULL; END IF;
            UPDATE `t` SET `y` = forgelua_held1, `since__old` = forgelua_held2, `n__old` = `n` WHERE `id` = forgelua_s1 AND ((CASE WHEN (`y`) = (CASE WHEN `model_year` BETWEEN 1 AND 99 THEN 9999 ELSE `model_year` END) OR ((`y`) IS NULL AND (CASE WHEN `model_year` BETWEEN 1 AND 99 THEN 9999 ELSE `model_year` END) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (`since__old`) = (CASE WHEN `since` BETWEEN 1 AND 99 THEN 9999 ELSE `since` END) OR ((`since__old`) IS NULL AND (CASE WHEN `since` BETWEEN 1 AND 99 THEN 9999 ELSE `since` END) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (`n__old`) = (`n`) OR ((`n__old`) IS NULL AND (`n`) IS NULL) THEN 0 ELSE 1 END = 1));
          END;
        END IF;
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 't.model_year/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `t` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 't.model_year/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 6 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 10, switch: Let model_year, since, n of t lead
--   Id:           t.model_year/switch/swap
-- ============================================================================
SELECT 'undo step 5 of 10: Let model_year, since, n of t lead' AS `forgelua`;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
LOCK TABLES `t` WRITE;
DROP TRIGGER IF EXISTS `t__sync_i`;
DROP TRIGGER IF EXISTS `t__sync_u`;
ALTER TABLE `t`
  CHANGE COLUMN `n` `n__new` year NULL INVISIBLE,
  CHANGE COLUMN `since` `since__new` smallint NULL INVISIBLE,
  MODIFY COLUMN `model_year` int NULL INVISIBLE,
  RENAME COLUMN `n__old` TO `n`,
  CHANGE COLUMN `since__old` `since` year NULL DEFAULT 2000,
  ALGORITHM=INSTANT;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `t__sync_u` BEFORE UPDATE ON `t` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`y` = OLD.`y`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`model_year` = OLD.`model_year`; END IF;
    IF @forgelua_backfill = 1 THEN SET NEW.`since` = OLD.`since`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`since__new` = OLD.`since__new`; END IF;
    IF @forgelua_backfill = 1 THEN SET NEW.`n` = OLD.`n`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`n__new` = OLD.`n__new`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`y` <=> OLD.`y`) THEN
    SET NEW.`model_year` = NEW.`y`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`model_year` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'model_year', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'y', NEW.`y`, 'since', NEW.`since`, 'n', NEW.`n`, 'model_year', NEW.`model_year`, 'since__new', NEW.`since__new`, 'n__new', NEW.`n__new`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`model_year` <=> OLD.`model_year`) THEN
    SET NEW.`y` = (SELECT CASE WHEN `model_year` BETWEEN 1 AND 99 THEN 9999 ELSE `model_year` END FROM (SELECT NEW.`model_year` AS `model_year`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`y` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'y', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'y', NEW.`y`, 'since', NEW.`since`, 'n', NEW.`n`, 'model_year', NEW.`model_year`, 'since__new', NEW.`since__new`, 'n__new', NEW.`n__new`), forgelua_message);
    END IF;
  END IF;
  IF NOT (NEW.`since` <=> OLD.`since`) THEN
    SET NEW.`since__new` = NEW.`since`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`since__new` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'since__new', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'y', NEW.`y`, 'since', NEW.`since`, 'n', NEW.`n`, 'model_year', NEW.`model_year`, 'since__new', NEW.`since__new`, 'n__new', NEW.`n__new`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`since__new` <=> OLD.`since__new`) THEN
    SET NEW.`since` = (SELECT CASE WHEN since__new BETWEEN 1 AND 99 THEN 9999 ELSE since__new END FROM (SELECT NEW.`since__new` AS `since__new`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`since` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'since', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'y', NEW.`y`, 'since', NEW.`since`, 'n', NEW.`n`, 'model_year', NEW.`model_year`, 'since__new', NEW.`since__new`, 'n__new', NEW.`n__new`), forgelua_message);
    END IF;
  END IF;
  IF NOT (NEW.`n` <=> OLD.`n`) THEN
    SET NEW.`n__new` = (SELECT CASE WHEN `n` BETWEEN 1 AND 99 THEN 9999 ELSE `n` END FROM (SELECT NEW.`n` AS `n`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`n__new` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'n__new', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'y', NEW.`y`, 'since', NEW.`since`, 'n', NEW.`n`, 'model_year', NEW.`model_year`, 'since__new', NEW.`since__new`, 'n__new', NEW.`n__new`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`n__new` <=> OLD.`n__new`) THEN
    SET NEW.`n` = NEW.`n__new`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`n` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'n', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'y', NEW.`y`, 'since', NEW.`since`, 'n', NEW.`n`, 'model_year', NEW.`model_year`, 'since__new', NEW.`since__new`, 'n__new', NEW.`n__new`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `t__sync_i` BEFORE INSERT ON `t` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`model_year` IS NOT NULL THEN
    SET NEW.`y` = (SELECT CASE WHEN `model_year` BETWEEN 1 AND 99 THEN 9999 ELSE `model_year` END FROM (SELECT NEW.`model_year` AS `model_year`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`y` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'y', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'y', NEW.`y`, 'since', NEW.`since`, 'n', NEW.`n`, 'model_year', NEW.`model_year`, 'since__new', NEW.`since__new`, 'n__new', NEW.`n__new`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`model_year` = NEW.`y`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`model_year` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'model_year', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'y', NEW.`y`, 'since', NEW.`since`, 'n', NEW.`n`, 'model_year', NEW.`model_year`, 'since__new', NEW.`since__new`, 'n__new', NEW.`n__new`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`since__new` IS NOT NULL THEN
    SET NEW.`since` = (SELECT CASE WHEN since__new BETWEEN 1 AND 99 THEN 9999 ELSE since__new END FROM (SELECT NEW.`since__new` AS `since__new`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`since` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'since', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'y', NEW.`y`, 'since', NEW.`since`, 'n', NEW.`n`, 'model_year', NEW.`model_year`, 'since__new', NEW.`since__new`, 'n__new', NEW.`n__new`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`since__new` = NEW.`since`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`since__new` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'since__new', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'y', NEW.`y`, 'since', NEW.`since`, 'n', NEW.`n`, 'model_year', NEW.`model_year`, 'since__new', NEW.`since__new`, 'n__new', NEW.`n__new`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`n__new` IS NOT NULL THEN
    SET NEW.`n` = NEW.`n__new`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`n` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'n', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'y', NEW.`y`, 'since', NEW.`since`, 'n', NEW.`n`, 'model_year', NEW.`model_year`, 'since__new', NEW.`since__new`, 'n__new', NEW.`n__new`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`n__new` = (SELECT CASE WHEN `n` BETWEEN 1 AND 99 THEN 9999 ELSE `n` END FROM (SELECT NEW.`n` AS `n`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`n__new` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'n__new', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'y', NEW.`y`, 'since', NEW.`since`, 'n', NEW.`n`, 'model_year', NEW.`model_year`, 'since__new', NEW.`since__new`, 'n__new', NEW.`n__new`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
UNLOCK TABLES;
SELECT 'undo step 5 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 10, migrate: Convert y, since, n of t into model_year, since__new, n__new
--   Id:           t.model_year/migrate/backfill
-- ============================================================================
SELECT 'undo step 4 of 10: Convert y, since, n of t into model_year, since__new, n__new' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 4 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 10, migrate: Keep y, since, n and model_year, since__new, n__new of t equal
--   Id:           t.model_year/migrate/sync
-- ============================================================================
SELECT 'undo step 3 of 10: Keep y, since, n and model_year, since__new, n__new of t equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `t__sync_i`;
DROP TRIGGER IF EXISTS `t__sync_u`;
SELECT 'undo step 3 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 10, migrate: Allow NULL in t.since for as long as both columns live
--   Id:           t.since/migrate/relax
--   Estimate:     unknown
--   Loses:        values of since that since cannot hold: they come back as 1970, and are named in forgelua_sync_errors
-- ============================================================================
SELECT 'undo step 2 of 10: Allow NULL in t.since for as long as both columns live' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('t.since/migrate/relax', 't', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 't.since/migrate/relax';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `t` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `t` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `t` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `t` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `t` SET `since` = 1970 WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND (`since` IS NULL);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 't.since/migrate/relax';
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
              SELECT 't.since/migrate/relax', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'y', `y`, 'since', `since`, 'n', `n`, 'model_year', `model_year`, 'since__new', `since__new`, 'n__new', `n__new`), forgelua_message FROM `t` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `t` SET `since` = 1970 WHERE `id` = forgelua_s1 AND (`since` IS NULL);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 't.since/migrate/relax';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `t` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 't.since/migrate/relax';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
ALTER TABLE `t`
  MODIFY COLUMN `since` year NOT NULL DEFAULT 2000,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 2 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 10, expand: Add model_year, since__new, n__new beside y, since, n in t
--   Id:           t.model_year/expand/add-column
-- ============================================================================
SELECT 'undo step 1 of 10: Add model_year, since__new, n__new beside y, since, n in t' AS `forgelua`;
ALTER TABLE `t`
  DROP COLUMN `n__new`,
  DROP COLUMN `since__new`,
  DROP COLUMN `model_year`,
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
SELECT 'undo step 1 of 10: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
