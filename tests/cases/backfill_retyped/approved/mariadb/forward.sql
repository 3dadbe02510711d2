-- Forward, every phase of migration backfill_retyped
-- A small table's columns are computed anew, not only converted
-- mariadb 10.11; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: mariadb --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 7 is destructive — code__old, label__old, weight of parts as the old schema held it

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
-- Check: step 1 must not be done at this point: Add code__new, label__new, grams beside code, label, weight in parts. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'parts' AND COLUMN_NAME = 'code__new') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 1 must not be done at this point: Add code__new, label__new, grams beside code, label, weight in parts')), '0', @forgelua_actual);
-- Check: the whole plan must not be done at this point: alter_column parts.code. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'parts' AND COLUMN_NAME = 'code') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'parts' AND COLUMN_NAME = 'code' AND DATA_TYPE = 'int' AND COLUMN_TYPE NOT LIKE '%unsigned%') AND NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'parts' AND COLUMN_NAME = 'code' AND IS_NULLABLE = 'YES') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must not be done at this point: alter_column parts.code')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 9, expand: Add code__new, label__new, grams beside code, label, weight in parts
--   Id:           parts.code/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column, unless it is invisible, as here
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
SELECT 'step 1 of 9: Add code__new, label__new, grams beside code, label, weight in parts' AS `forgelua`;
ALTER TABLE `parts`
  ADD COLUMN `code__new` int NULL INVISIBLE AFTER `code`,
  ADD COLUMN `label__new` varchar(20) NULL INVISIBLE AFTER `label`,
  ADD COLUMN `grams` int NULL INVISIBLE,
  ALGORITHM=INSTANT;
SELECT 'step 1 of 9: done' AS `forgelua`;

-- ============================================================================
-- Step 2 of 9, migrate: Keep code, label, weight and code__new, label__new, grams of parts equal
--   Id:           parts.code/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
SELECT 'step 2 of 9: Keep code, label, weight and code__new, label__new, grams of parts equal' AS `forgelua`;
-- Check: every row of parts gives code a value. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `parts` WHERE (coalesce(length(code), 0) * 100) IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row of parts gives code a value')), '0', @forgelua_actual);
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
CREATE TRIGGER `parts__sync_u` BEFORE UPDATE ON `parts` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`code` = OLD.`code`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`code__new` = OLD.`code__new`; END IF;
    IF @forgelua_backfill = 1 THEN SET NEW.`label` = OLD.`label`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`label__new` = OLD.`label__new`; END IF;
    IF @forgelua_backfill = 1 THEN SET NEW.`weight` = OLD.`weight`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`grams` = OLD.`grams`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (CAST(NEW.`code` AS BINARY) <=> CAST(OLD.`code` AS BINARY)) THEN
    SET NEW.`code__new` = (SELECT coalesce(length(code), 0) * 100 FROM (SELECT NEW.`code` AS `code`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`code__new` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'code__new', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code', NEW.`code`, 'label', NEW.`label`, 'weight', NEW.`weight`, 'code__new', NEW.`code__new`, 'label__new', NEW.`label__new`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`code__new` <=> OLD.`code__new`) THEN
    SET NEW.`code` = (SELECT CAST(code__new AS CHAR) FROM (SELECT NEW.`code__new` AS `code__new`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`code` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'code', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code', NEW.`code`, 'label', NEW.`label`, 'weight', NEW.`weight`, 'code__new', NEW.`code__new`, 'label__new', NEW.`label__new`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  END IF;
  IF NOT (CAST(NEW.`label` AS BINARY) <=> CAST(OLD.`label` AS BINARY)) THEN
    SET NEW.`label__new` = (SELECT upper(label) FROM (SELECT NEW.`label` AS `label`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`label__new` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'label__new', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code', NEW.`code`, 'label', NEW.`label`, 'weight', NEW.`weight`, 'code__new', NEW.`code__new`, 'label__new', NEW.`label__new`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`label__new` AS BINARY) <=> CAST(OLD.`label__new` AS BINARY)) THEN
    SET NEW.`label` = NEW.`label__new`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`label` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'label', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code', NEW.`code`, 'label', NEW.`label`, 'weight', NEW.`weight`, 'code__new', NEW.`code__new`, 'label__new', NEW.`label__new`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  END IF;
  IF NOT (NEW.`weight` <=> OLD.`weight`) THEN
    SET NEW.`grams` = (SELECT weight + 1 FROM (SELECT NEW.`weight` AS `weight`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`grams` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'grams', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code', NEW.`code`, 'label', NEW.`label`, 'weight', NEW.`weight`, 'code__new', NEW.`code__new`, 'label__new', NEW.`label__new`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`grams` <=> OLD.`grams`) THEN
    SET NEW.`weight` = NEW.`grams`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`weight` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'weight', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code', NEW.`code`, 'label', NEW.`label`, 'weight', NEW.`weight`, 'code__new', NEW.`code__new`, 'label__new', NEW.`label__new`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `parts__sync_i` BEFORE INSERT ON `parts` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`code__new` IS NOT NULL THEN
    SET NEW.`code` = (SELECT CAST(code__new AS CHAR) FROM (SELECT NEW.`code__new` AS `code__new`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`code` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'code', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code', NEW.`code`, 'label', NEW.`label`, 'weight', NEW.`weight`, 'code__new', NEW.`code__new`, 'label__new', NEW.`label__new`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`code__new` = (SELECT coalesce(length(code), 0) * 100 FROM (SELECT NEW.`code` AS `code`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`code__new` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'code__new', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code', NEW.`code`, 'label', NEW.`label`, 'weight', NEW.`weight`, 'code__new', NEW.`code__new`, 'label__new', NEW.`label__new`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`label__new` IS NOT NULL THEN
    SET NEW.`label` = NEW.`label__new`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`label` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'label', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code', NEW.`code`, 'label', NEW.`label`, 'weight', NEW.`weight`, 'code__new', NEW.`code__new`, 'label__new', NEW.`label__new`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`label__new` = (SELECT upper(label) FROM (SELECT NEW.`label` AS `label`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`label__new` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'label__new', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code', NEW.`code`, 'label', NEW.`label`, 'weight', NEW.`weight`, 'code__new', NEW.`code__new`, 'label__new', NEW.`label__new`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`grams` IS NOT NULL THEN
    SET NEW.`weight` = NEW.`grams`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`weight` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'weight', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code', NEW.`code`, 'label', NEW.`label`, 'weight', NEW.`weight`, 'code__new', NEW.`code__new`, 'label__new', NEW.`label__new`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`grams` = (SELECT weight + 1 FROM (SELECT NEW.`weight` AS `weight`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`grams` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'grams', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code', NEW.`code`, 'label', NEW.`label`, 'weight', NEW.`weight`, 'code__new', NEW.`code__new`, 'label__new', NEW.`label__new`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 2 of 9: done' AS `forgelua`;
-- Application: From here the new application may read and write grams once the backfill is done.

-- ============================================================================
-- Step 3 of 9, migrate: Convert code, label, weight of parts into code__new, label__new, grams
--   Id:           parts.code/migrate/backfill
--   Why:          100 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; triggers of the application's own fire for every row
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
SELECT 'step 3 of 9: Convert code, label, weight of parts into code__new, label__new, grams' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('parts.code/migrate/backfill', 'parts', 100, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
SET @forgelua_isolation = @@SESSION.tx_isolation, SESSION tx_isolation = 'READ-COMMITTED', @forgelua_backfill = 1;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'parts.code/migrate/backfill';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `parts` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `parts` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    SELECT `id` INTO forgelua_e1 FROM `parts` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 9999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `parts` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `parts` SET `code__new` = coalesce(length(code), 0) * 100, `label__new` = upper(label), `grams` = weight + 1 WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND (`code__new` IS NULL OR `label__new` IS NULL OR `grams` IS NULL);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'parts.code/migrate/backfill';
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
              SELECT 'parts.code/migrate/backfill', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'code', `code`, 'label', `label`, 'weight', `weight`, 'code__new', `code__new`, 'label__new', `label__new`, 'grams', `grams`), forgelua_message FROM `parts` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `parts` SET `code__new` = coalesce(length(code), 0) * 100, `label__new` = upper(label), `grams` = weight + 1 WHERE `id` = forgelua_s1 AND (`code__new` IS NULL OR `label__new` IS NULL OR `grams` IS NULL);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'parts.code/migrate/backfill';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `parts` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'parts.code/migrate/backfill';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 3 of 9: done' AS `forgelua`;
-- Check: every row holds the converted value. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `parts` WHERE (CASE WHEN (`code__new`) = (ROUND(coalesce(length(code), 0) * 100)) OR ((`code__new`) IS NULL AND (ROUND(coalesce(length(code), 0) * 100)) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (`label__new`) = (upper(label)) OR ((`label__new`) IS NULL AND (upper(label)) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (`grams`) = (ROUND(weight + 1)) OR ((`grams`) IS NULL AND (ROUND(weight + 1)) IS NULL) THEN 0 ELSE 1 END = 1)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row holds the converted value')), '0', @forgelua_actual);

-- ============================================================================
-- Step 4 of 9, switch: Let code, label, grams of parts lead
--   Id:           parts.code/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table; creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; writes of values that the new type of parts.code cannot hold fail from here; both applications run: code, label, weight is kept equal until contract
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
SELECT 'step 4 of 9: Let code, label, grams of parts lead' AS `forgelua`;
-- Check: step 3 has come to its end: Convert code, label, weight of parts into code__new, label__new, grams. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'parts.code/migrate/backfill' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 3 has come to its end: Convert code, label, weight of parts into code__new, label__new, grams')), '1', @forgelua_actual);
-- Check: no value of parts stands in forgelua_sync_errors (mend it in parts, then delete it from the log). Expects 0.
SELECT CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'parts__sync' AND column_name IN ('code__new', 'label__new', 'grams')) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no value of parts stands in forgelua_sync_errors (mend it in parts, then delete it from the log)')), '0', @forgelua_actual);
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
LOCK TABLES `parts` WRITE;
DROP TRIGGER IF EXISTS `parts__sync_i`;
DROP TRIGGER IF EXISTS `parts__sync_u`;
ALTER TABLE `parts`
  RENAME COLUMN `code` TO `code__old`,
  RENAME COLUMN `label` TO `label__old`,
  CHANGE COLUMN `code__new` `code` int NULL,
  CHANGE COLUMN `label__new` `label` varchar(20) NULL,
  MODIFY COLUMN `grams` int NULL,
  ALGORITHM=INSTANT;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `parts__sync_u` BEFORE UPDATE ON `parts` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`code__old` = OLD.`code__old`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`code` = OLD.`code`; END IF;
    IF @forgelua_backfill = 1 THEN SET NEW.`label__old` = OLD.`label__old`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`label` = OLD.`label`; END IF;
    IF @forgelua_backfill = 1 THEN SET NEW.`weight` = OLD.`weight`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`grams` = OLD.`grams`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`code` <=> OLD.`code`) THEN
    SET NEW.`code__old` = (SELECT CAST(`code` AS CHAR) FROM (SELECT NEW.`code` AS `code`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`code__old` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'code__old', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code__old', NEW.`code__old`, 'label__old', NEW.`label__old`, 'weight', NEW.`weight`, 'code', NEW.`code`, 'label', NEW.`label`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`code__old` AS BINARY) <=> CAST(OLD.`code__old` AS BINARY)) THEN
    SET NEW.`code` = (SELECT coalesce(length(code__old), 0) * 100 FROM (SELECT NEW.`code__old` AS `code__old`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`code` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'code', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code__old', NEW.`code__old`, 'label__old', NEW.`label__old`, 'weight', NEW.`weight`, 'code', NEW.`code`, 'label', NEW.`label`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`code__old` IS NULL AND NEW.`code` IS NULL THEN
    SET NEW.`code` = (SELECT coalesce(length(code__old), 0) * 100 FROM (SELECT NEW.`code__old` AS `code__old`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`code` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'code', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code__old', NEW.`code__old`, 'label__old', NEW.`label__old`, 'weight', NEW.`weight`, 'code', NEW.`code`, 'label', NEW.`label`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  END IF;
  IF NOT (CAST(NEW.`label` AS BINARY) <=> CAST(OLD.`label` AS BINARY)) THEN
    SET NEW.`label__old` = NEW.`label`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`label__old` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'label__old', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code__old', NEW.`code__old`, 'label__old', NEW.`label__old`, 'weight', NEW.`weight`, 'code', NEW.`code`, 'label', NEW.`label`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`label__old` AS BINARY) <=> CAST(OLD.`label__old` AS BINARY)) THEN
    SET NEW.`label` = (SELECT upper(label__old) FROM (SELECT NEW.`label__old` AS `label__old`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`label` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'label', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code__old', NEW.`code__old`, 'label__old', NEW.`label__old`, 'weight', NEW.`weight`, 'code', NEW.`code`, 'label', NEW.`label`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  END IF;
  IF NOT (NEW.`grams` <=> OLD.`grams`) THEN
    SET NEW.`weight` = NEW.`grams`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`weight` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'weight', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code__old', NEW.`code__old`, 'label__old', NEW.`label__old`, 'weight', NEW.`weight`, 'code', NEW.`code`, 'label', NEW.`label`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`weight` <=> OLD.`weight`) THEN
    SET NEW.`grams` = (SELECT weight + 1 FROM (SELECT NEW.`weight` AS `weight`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`grams` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'grams', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code__old', NEW.`code__old`, 'label__old', NEW.`label__old`, 'weight', NEW.`weight`, 'code', NEW.`code`, 'label', NEW.`label`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `parts__sync_i` BEFORE INSERT ON `parts` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`code__old` IS NOT NULL THEN
    SET NEW.`code` = (SELECT coalesce(length(code__old), 0) * 100 FROM (SELECT NEW.`code__old` AS `code__old`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`code` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'code', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code__old', NEW.`code__old`, 'label__old', NEW.`label__old`, 'weight', NEW.`weight`, 'code', NEW.`code`, 'label', NEW.`label`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`code__old` = (SELECT CAST(`code` AS CHAR) FROM (SELECT NEW.`code` AS `code`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`code__old` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'code__old', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code__old', NEW.`code__old`, 'label__old', NEW.`label__old`, 'weight', NEW.`weight`, 'code', NEW.`code`, 'label', NEW.`label`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`code__old` IS NULL AND NEW.`code` IS NULL THEN
    SET NEW.`code` = (SELECT coalesce(length(code__old), 0) * 100 FROM (SELECT NEW.`code__old` AS `code__old`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`code` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'code', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code__old', NEW.`code__old`, 'label__old', NEW.`label__old`, 'weight', NEW.`weight`, 'code', NEW.`code`, 'label', NEW.`label`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`label__old` IS NOT NULL THEN
    SET NEW.`label` = (SELECT upper(label__old) FROM (SELECT NEW.`label__old` AS `label__old`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`label` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'label', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code__old', NEW.`code__old`, 'label__old', NEW.`label__old`, 'weight', NEW.`weight`, 'code', NEW.`code`, 'label', NEW.`label`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`label__old` = NEW.`label`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`label__old` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'label__old', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code__old', NEW.`code__old`, 'label__old', NEW.`label__old`, 'weight', NEW.`weight`, 'code', NEW.`code`, 'label', NEW.`label`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`weight` IS NOT NULL THEN
    SET NEW.`grams` = (SELECT weight + 1 FROM (SELECT NEW.`weight` AS `weight`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`grams` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'grams', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code__old', NEW.`code__old`, 'label__old', NEW.`label__old`, 'weight', NEW.`weight`, 'code', NEW.`code`, 'label', NEW.`label`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`weight` = NEW.`grams`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`weight` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', 'weight', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code__old', NEW.`code__old`, 'label__old', NEW.`label__old`, 'weight', NEW.`weight`, 'code', NEW.`code`, 'label', NEW.`label`, 'grams', NEW.`grams`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
UNLOCK TABLES;
SELECT 'step 4 of 9: done' AS `forgelua`;
-- Application: Deploy the application that uses code, label, grams as the new schema has it.

-- ============================================================================
-- Step 5 of 9, contract: From here the way back computes code__old, label__old, weight of parts again
--   Id:           parts.code/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 5 of 9: From here the way back computes code__old, label__old, weight of parts again' AS `forgelua`;
-- Check: no row of parts has NULL in code. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `parts` WHERE `code` IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of parts has NULL in code')), '0', @forgelua_actual);
-- Nothing to run in the database.
SELECT 'step 5 of 9: done' AS `forgelua`;

-- ============================================================================
-- Step 6 of 9, contract: Stop keeping code__old, label__old, weight and code, label, grams of parts equal
--   Id:           parts.code/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 6 of 9: Stop keeping code__old, label__old, weight and code, label, grams of parts equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `parts__sync_i`;
DROP TRIGGER IF EXISTS `parts__sync_u`;
SELECT 'step 6 of 9: done' AS `forgelua`;

-- ============================================================================
-- Step 7 of 9, contract: Drop the old column code__old, label__old, weight of parts
--   Id:           parts.code/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name code, label, weight fail from here
--   Way back:     loses values of code that do not come back from code unchanged; values of label that do not come back from label unchanged; values of weight that do not come back from grams unchanged
--   Hazards:      drop
-- ============================================================================
SELECT 'step 7 of 9: Drop the old column code__old, label__old, weight of parts' AS `forgelua`;
ALTER TABLE `parts`
  DROP COLUMN `code__old`,
  ALGORITHM=INSTANT;
ALTER TABLE `parts`
  DROP COLUMN `label__old`,
  ALGORITHM=INSTANT;
ALTER TABLE `parts`
  DROP COLUMN `weight`,
  ALGORITHM=INSTANT;
SELECT 'step 7 of 9: done' AS `forgelua`;
-- Application: Check that no application, report or job names code__old, label__old, weight any more.

-- ============================================================================
-- Step 8 of 9, contract: Make parts.code NOT NULL
--   Id:           parts.code/contract/not-null
--   Why:          every row has a value by now; from here the schema says so
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for as long as the step runs (under 1 s), ALGORITHM=INPLACE, rewrites the table
--   Note:         an exclusive metadata lock for an instant at the start and the end; a replica replays it in one piece and lags for as long
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 8 of 9: Make parts.code NOT NULL' AS `forgelua`;
-- Check: no row of parts has NULL in code. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `parts` WHERE `code` IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of parts has NULL in code')), '0', @forgelua_actual);
ALTER TABLE `parts`
  MODIFY COLUMN `code` int NOT NULL,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 8 of 9: done' AS `forgelua`;

-- ============================================================================
-- Step 9 of 9, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 9 of 9: Remove the progress and error tables' AS `forgelua`;
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
SELECT 'step 9 of 9: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'forward: done' AS `forgelua`;
