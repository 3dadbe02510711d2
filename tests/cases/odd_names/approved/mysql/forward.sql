-- Forward, every phase of migration odd_names
-- Names with spaces, quotes and letters of other alphabets
-- mysql 8.4; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: mysql --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 11 is destructive — sp ace, quo`te, dou"ble of Ünï Tab as the old schema held it

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
-- Check: step 1 must not be done at this point: Change the type of Ünï Tab.日本. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'Ünï Tab' AND COLUMN_NAME = '日本') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'Ünï Tab' AND COLUMN_NAME = '日本' AND COLUMN_TYPE = 'varchar(25)') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 1 must not be done at this point: Change the type of Ünï Tab.日本')), '0', @forgelua_actual);
-- Check: step 11 must not be done at this point: Drop the old column sp ace, quo`te, dou"ble of Ünï Tab. Expects 0.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'Ünï Tab' AND COLUMN_NAME = 'sp ace') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 11 must not be done at this point: Drop the old column sp ace, quo`te, dou"ble of Ünï Tab')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 13, expand: Change the type of Ünï Tab.日本
--   Id:           Ünï Tab.日本/expand/type
--   Why:          the engine does this in place
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Note:         an exclusive metadata lock for an instant at the start and the end
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses values of Ünï Tab.日本 that varchar(5) cannot hold: the way back stops at them until they are changed
--   Hazards:      type
-- ============================================================================
SELECT 'step 1 of 13: Change the type of Ünï Tab.日本' AS `forgelua`;
ALTER TABLE `Ünï Tab`
  MODIFY COLUMN `日本` varchar(25) NULL DEFAULT 'é''',
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 1 of 13: done' AS `forgelua`;

-- ============================================================================
-- Step 2 of 13, expand: Add room, quo`te2, dou"bles beside sp ace, quo`te, dou"ble in Ünï Tab
--   Id:           Ünï Tab.room/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column, unless it is invisible, as here
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
SELECT 'step 2 of 13: Add room, quo`te2, dou"bles beside sp ace, quo`te, dou"ble in Ünï Tab' AS `forgelua`;
ALTER TABLE `Ünï Tab`
  ADD COLUMN `room` varchar(19) NULL INVISIBLE,
  ADD COLUMN `quo``te2` bigint NULL INVISIBLE,
  ADD COLUMN `dou"bles` varchar(25) NULL INVISIBLE,
  ALGORITHM=INSTANT;
SELECT 'step 2 of 13: done' AS `forgelua`;

-- ============================================================================
-- Step 3 of 13, migrate: Keep sp ace, quo`te, dou"ble and room, quo`te2, dou"bles of Ünï Tab equal
--   Id:           Ünï Tab.room/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync, default for null
-- ============================================================================
SELECT 'step 3 of 13: Keep sp ace, quo`te, dou"ble and room, quo`te2, dou"bles of Ünï Tab equal' AS `forgelua`;
-- Check: every row of Ünï Tab gives room a value. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `Ünï Tab` WHERE (COALESCE(`sp ace`, 'né')) IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row of Ünï Tab gives room a value')), '0', @forgelua_actual);
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
CREATE TRIGGER `Ünï Tab__sync_u` BEFORE UPDATE ON `Ünï Tab` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`sp ace` = OLD.`sp ace`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`room` = OLD.`room`; END IF;
    IF @forgelua_backfill = 1 THEN SET NEW.`quo``te` = OLD.`quo``te`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`quo``te2` = OLD.`quo``te2`; END IF;
    IF @forgelua_backfill = 1 THEN SET NEW.`dou"ble` = OLD.`dou"ble`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`dou"bles` = OLD.`dou"bles`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (CAST(NEW.`sp ace` AS BINARY) <=> CAST(OLD.`sp ace` AS BINARY)) THEN
    SET NEW.`room` = (SELECT COALESCE(`sp ace`, 'né') FROM (SELECT NEW.`sp ace` AS `sp ace`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`room` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'room', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`room` AS BINARY) <=> CAST(OLD.`room` AS BINARY)) THEN
    SET NEW.`sp ace` = NEW.`room`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`sp ace` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'sp ace', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  END IF;
  IF NOT (CAST(NEW.`quo``te` AS BINARY) <=> CAST(OLD.`quo``te` AS BINARY)) THEN
    SET NEW.`quo``te2` = NEW.`quo``te`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`quo``te2` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'quo`te2', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`quo``te2` AS BINARY) <=> CAST(OLD.`quo``te2` AS BINARY)) THEN
    SET NEW.`quo``te` = NEW.`quo``te2`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`quo``te` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'quo`te', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  END IF;
  IF NOT (CAST(NEW.`dou"ble` AS BINARY) <=> CAST(OLD.`dou"ble` AS BINARY)) THEN
    SET NEW.`dou"bles` = NEW.`dou"ble`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`dou"bles` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'dou"bles', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`dou"bles` AS BINARY) <=> CAST(OLD.`dou"bles` AS BINARY)) THEN
    SET NEW.`dou"ble` = NEW.`dou"bles`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`dou"ble` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'dou"ble', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `Ünï Tab__sync_i` BEFORE INSERT ON `Ünï Tab` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`room` IS NOT NULL THEN
    SET NEW.`sp ace` = NEW.`room`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`sp ace` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'sp ace', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`room` = (SELECT COALESCE(`sp ace`, 'né') FROM (SELECT NEW.`sp ace` AS `sp ace`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`room` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'room', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`quo``te2` IS NOT NULL THEN
    SET NEW.`quo``te` = NEW.`quo``te2`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`quo``te` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'quo`te', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`quo``te2` = NEW.`quo``te`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`quo``te2` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'quo`te2', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`dou"bles` IS NOT NULL THEN
    SET NEW.`dou"ble` = NEW.`dou"bles`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`dou"ble` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'dou"ble', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`dou"bles` = NEW.`dou"ble`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`dou"bles` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'dou"bles', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 3 of 13: done' AS `forgelua`;
-- Application: From here the new application may read and write room, quo`te2, dou"bles once the backfill is done.

-- ============================================================================
-- Step 4 of 13, migrate: Convert sp ace, quo`te, dou"ble of Ünï Tab into room, quo`te2, dou"bles
--   Id:           Ünï Tab.room/migrate/backfill
--   Why:          40,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; triggers of the application's own fire for every row
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
SELECT 'step 4 of 13: Convert sp ace, quo`te, dou"ble of Ünï Tab into room, quo`te2, dou"bles' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('Ünï Tab.room/migrate/backfill', 'Ünï Tab', 40000, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
SET @forgelua_isolation = @@SESSION.transaction_isolation, SESSION transaction_isolation = 'READ-COMMITTED', @forgelua_backfill = 1;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'Ünï Tab.room/migrate/backfill';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `Ünï Tab` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `Ünï Tab` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(0.100); END IF;
    SELECT `id` INTO forgelua_e1 FROM `Ünï Tab` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 9999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `Ünï Tab` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `Ünï Tab` SET `room` = COALESCE(`sp ace`, 'né'), `quo``te2` = `quo``te`, `dou"bles` = `dou"ble` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND (`room` IS NULL OR `quo``te2` IS NULL OR `dou"bles` IS NULL);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'Ünï Tab.room/migrate/backfill';
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
              SELECT 'Ünï Tab.room/migrate/backfill', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'sp ace', `sp ace`, 'quo`te', `quo``te`, 'dou"ble', `dou"ble`, '日本', `日本`, 'room', `room`, 'quo`te2', `quo``te2`, 'dou"bles', `dou"bles`), forgelua_message FROM `Ünï Tab` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `Ünï Tab` SET `room` = COALESCE(`sp ace`, 'né'), `quo``te2` = `quo``te`, `dou"bles` = `dou"ble` WHERE `id` = forgelua_s1 AND (`room` IS NULL OR `quo``te2` IS NULL OR `dou"bles` IS NULL);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'Ünï Tab.room/migrate/backfill';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `Ünï Tab` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'Ünï Tab.room/migrate/backfill';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 4 of 13: done' AS `forgelua`;
-- Check: every row holds the converted value. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `Ünï Tab` WHERE (CASE WHEN (`room`) = (COALESCE(`sp ace`, 'né')) OR ((`room`) IS NULL AND (COALESCE(`sp ace`, 'né')) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (`quo``te2`) = (`quo``te`) OR ((`quo``te2`) IS NULL AND (`quo``te`) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (`dou"bles`) = (`dou"ble`) OR ((`dou"bles`) IS NULL AND (`dou"ble`) IS NULL) THEN 0 ELSE 1 END = 1)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row holds the converted value')), '0', @forgelua_actual);

-- ============================================================================
-- Step 5 of 13, migrate: Add the index Ix ü__new on Ünï Tab
--   Id:           Ünï Tab.Ix ü__new/migrate/add-index
--   Why:          built after the backfill, which is cheaper than keeping it up to date row by row
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for as long as the step runs (under 1 s), ALGORITHM=INPLACE
--   Note:         an exclusive metadata lock for an instant at the start and the end; a replica replays it in one piece and lags for as long
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
SELECT 'step 5 of 13: Add the index Ix ü__new on Ünï Tab' AS `forgelua`;
ALTER TABLE `Ünï Tab`
  ADD KEY `Ix ü__new` (`room`, `日本` DESC),
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 5 of 13: done' AS `forgelua`;

-- ============================================================================
-- Step 6 of 13, switch: Let room, quo`te2, dou"bles of Ünï Tab lead
--   Id:           Ünï Tab.room/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table; an exclusive metadata lock for an instant at the start and the end; creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications run: sp ace, quo`te, dou"ble is kept equal until contract; a row that the deployed application inserts without a value for Ünï Tab.sp ace gets the new column's default until contract, not what its NULL is converted to
--   Way back:     yes, nothing is lost
--   Hazards:      swap, default for unset
-- ============================================================================
SELECT 'step 6 of 13: Let room, quo`te2, dou"bles of Ünï Tab lead' AS `forgelua`;
-- Check: step 4 has come to its end: Convert sp ace, quo`te, dou"ble of Ünï Tab into room, quo`te2, dou"bles. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'Ünï Tab.room/migrate/backfill' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 4 has come to its end: Convert sp ace, quo`te, dou"ble of Ünï Tab into room, quo`te2, dou"bles')), '1', @forgelua_actual);
-- Check: no value of Ünï Tab stands in forgelua_sync_errors (mend it in Ünï Tab, then delete it from the log). Expects 0.
SELECT CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'Ünï Tab__sync' AND column_name IN ('room', 'quo`te2', 'dou"bles')) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no value of Ünï Tab stands in forgelua_sync_errors (mend it in Ünï Tab, then delete it from the log)')), '0', @forgelua_actual);
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
LOCK TABLES `Ünï Tab` WRITE;
DROP TRIGGER IF EXISTS `Ünï Tab__sync_i`;
DROP TRIGGER IF EXISTS `Ünï Tab__sync_u`;
ALTER TABLE `Ünï Tab`
  MODIFY COLUMN `quo``te` int NULL,
  MODIFY COLUMN `room` varchar(19) NULL DEFAULT 'x y',
  MODIFY COLUMN `quo``te2` bigint NULL DEFAULT 2,
  ALTER COLUMN `dou"bles` SET VISIBLE,
  ALGORITHM=INSTANT;
ALTER TABLE `Ünï Tab`
  RENAME INDEX `Ix ü` TO `Ix ü__old`,
  RENAME INDEX `Ix ü__new` TO `Ix ü`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `Ünï Tab__sync_u` BEFORE UPDATE ON `Ünï Tab` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`sp ace` = OLD.`sp ace`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`room` = OLD.`room`; END IF;
    IF @forgelua_backfill = 1 THEN SET NEW.`quo``te` = OLD.`quo``te`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`quo``te2` = OLD.`quo``te2`; END IF;
    IF @forgelua_backfill = 1 THEN SET NEW.`dou"ble` = OLD.`dou"ble`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`dou"bles` = OLD.`dou"bles`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (CAST(NEW.`room` AS BINARY) <=> CAST(OLD.`room` AS BINARY)) THEN
    SET NEW.`sp ace` = NEW.`room`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`sp ace` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'sp ace', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`sp ace` AS BINARY) <=> CAST(OLD.`sp ace` AS BINARY)) THEN
    SET NEW.`room` = (SELECT COALESCE(`sp ace`, 'né') FROM (SELECT NEW.`sp ace` AS `sp ace`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`room` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'room', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`sp ace` IS NULL AND NEW.`room` IS NULL THEN
    SET NEW.`room` = (SELECT COALESCE(`sp ace`, 'né') FROM (SELECT NEW.`sp ace` AS `sp ace`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`room` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'room', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  END IF;
  IF NOT (CAST(NEW.`quo``te2` AS BINARY) <=> CAST(OLD.`quo``te2` AS BINARY)) THEN
    SET NEW.`quo``te` = NEW.`quo``te2`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`quo``te` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'quo`te', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`quo``te` AS BINARY) <=> CAST(OLD.`quo``te` AS BINARY)) THEN
    SET NEW.`quo``te2` = NEW.`quo``te`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`quo``te2` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'quo`te2', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  END IF;
  IF NOT (CAST(NEW.`dou"bles` AS BINARY) <=> CAST(OLD.`dou"bles` AS BINARY)) THEN
    SET NEW.`dou"ble` = NEW.`dou"bles`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`dou"ble` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'dou"ble', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`dou"ble` AS BINARY) <=> CAST(OLD.`dou"ble` AS BINARY)) THEN
    SET NEW.`dou"bles` = NEW.`dou"ble`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`dou"bles` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'dou"bles', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `Ünï Tab__sync_i` BEFORE INSERT ON `Ünï Tab` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`sp ace` IS NOT NULL THEN
    SET NEW.`room` = (SELECT COALESCE(`sp ace`, 'né') FROM (SELECT NEW.`sp ace` AS `sp ace`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`room` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'room', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`sp ace` = NEW.`room`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`sp ace` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'sp ace', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`sp ace` IS NULL AND NEW.`room` IS NULL THEN
    SET NEW.`room` = (SELECT COALESCE(`sp ace`, 'né') FROM (SELECT NEW.`sp ace` AS `sp ace`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`room` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'room', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`quo``te` IS NOT NULL THEN
    SET NEW.`quo``te2` = NEW.`quo``te`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`quo``te2` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'quo`te2', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`quo``te` = NEW.`quo``te2`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`quo``te` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'quo`te', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`dou"ble` IS NOT NULL THEN
    SET NEW.`dou"bles` = NEW.`dou"ble`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`dou"bles` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'dou"bles', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`dou"ble` = NEW.`dou"bles`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`dou"ble` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('Ünï Tab__sync', 'dou"ble', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'sp ace', NEW.`sp ace`, 'quo`te', NEW.`quo``te`, 'dou"ble', NEW.`dou"ble`, '日本', NEW.`日本`, 'room', NEW.`room`, 'quo`te2', NEW.`quo``te2`, 'dou"bles', NEW.`dou"bles`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
UNLOCK TABLES;
SELECT 'step 6 of 13: done' AS `forgelua`;
-- Application: Deploy the application that uses room, quo`te2, dou"bles as the new schema has it.

-- ============================================================================
-- Step 7 of 13, switch: Change the default of Ünï Tab.日本
--   Id:           Ünï Tab.日本/switch/default
--   Why:          rows that stand keep their values; new rows take the new default
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old works, new works; INSERTs that leave the column out get the new default
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 7 of 13: Change the default of Ünï Tab.日本' AS `forgelua`;
ALTER TABLE `Ünï Tab`
  MODIFY COLUMN `日本` varchar(25) NULL DEFAULT 'ö"',
  ALGORITHM=INSTANT;
SELECT 'step 7 of 13: done' AS `forgelua`;

-- ============================================================================
-- Step 8 of 13, contract: Drop what hangs on the old column sp ace, quo`te, dou"ble of Ünï Tab
--   Id:           Ünï Tab.room/contract/drop-old-members
--   Why:          the new column has indexes and constraints of its own
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Note:         an exclusive metadata lock for an instant at the start and the end
--   Estimate:     under 1 s
--   Applications: old works, new works; queries of an application that still reads the old column lose its indexes
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 8 of 13: Drop what hangs on the old column sp ace, quo`te, dou"ble of Ünï Tab' AS `forgelua`;
-- Check: no row of Ünï Tab has NULL in room. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `Ünï Tab` WHERE `room` IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of Ünï Tab has NULL in room')), '0', @forgelua_actual);
ALTER TABLE `Ünï Tab`
  DROP INDEX `Ix ü__old`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 8 of 13: done' AS `forgelua`;

-- ============================================================================
-- Step 9 of 13, contract: From here the way back computes sp ace, quo`te, dou"ble of Ünï Tab again
--   Id:           Ünï Tab.room/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 9 of 13: From here the way back computes sp ace, quo`te, dou"ble of Ünï Tab again' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 9 of 13: done' AS `forgelua`;

-- ============================================================================
-- Step 10 of 13, contract: Stop keeping sp ace, quo`te, dou"ble and room, quo`te2, dou"bles of Ünï Tab equal
--   Id:           Ünï Tab.room/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 10 of 13: Stop keeping sp ace, quo`te, dou"ble and room, quo`te2, dou"bles of Ünï Tab equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `Ünï Tab__sync_i`;
DROP TRIGGER IF EXISTS `Ünï Tab__sync_u`;
SELECT 'step 10 of 13: done' AS `forgelua`;

-- ============================================================================
-- Step 11 of 13, contract: Drop the old column sp ace, quo`te, dou"ble of Ünï Tab
--   Id:           Ünï Tab.room/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name sp ace, quo`te, dou"ble fail from here
--   Way back:     loses values of sp ace that do not come back from room unchanged; values of quo`te2 that quo`te cannot hold; values of dou"bles that dou"ble cannot hold
--   Hazards:      drop
-- ============================================================================
SELECT 'step 11 of 13: Drop the old column sp ace, quo`te, dou"ble of Ünï Tab' AS `forgelua`;
ALTER TABLE `Ünï Tab`
  DROP COLUMN `sp ace`,
  ALGORITHM=INSTANT;
ALTER TABLE `Ünï Tab`
  DROP COLUMN `quo``te`,
  ALGORITHM=INSTANT;
ALTER TABLE `Ünï Tab`
  DROP COLUMN `dou"ble`,
  ALGORITHM=INSTANT;
SELECT 'step 11 of 13: done' AS `forgelua`;
-- Application: Check that no application, report or job names sp ace, quo`te, dou"ble any more.

-- ============================================================================
-- Step 12 of 13, contract: Make Ünï Tab.room NOT NULL
--   Id:           Ünï Tab.room/contract/not-null
--   Why:          every row has a value by now; from here the schema says so
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for as long as the step runs (under 1 s), ALGORITHM=INPLACE, rewrites the table
--   Note:         an exclusive metadata lock for an instant at the start and the end; a replica replays it in one piece and lags for as long
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 12 of 13: Make Ünï Tab.room NOT NULL' AS `forgelua`;
-- Check: no row of Ünï Tab has NULL in room. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `Ünï Tab` WHERE `room` IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of Ünï Tab has NULL in room')), '0', @forgelua_actual);
ALTER TABLE `Ünï Tab`
  MODIFY COLUMN `room` varchar(19) NOT NULL DEFAULT 'x y',
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 12 of 13: done' AS `forgelua`;

-- ============================================================================
-- Step 13 of 13, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 13 of 13: Remove the progress and error tables' AS `forgelua`;
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
SELECT 'step 13 of 13: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'forward: done' AS `forgelua`;
