-- Forward, every phase of migration filled_from_moved
-- A new column is computed from one whose type changes in the same plan
-- mariadb 10.11; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: mariadb --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 12 is destructive — size__old of bins as the old schema held it

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
-- Check: step 1 must not be done at this point: Add room to bins, empty and not insisting. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'bins' AND COLUMN_NAME = 'room') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 1 must not be done at this point: Add room to bins, empty and not insisting')), '0', @forgelua_actual);
-- Check: step 3 must not be done at this point: Keep room of bins filled for new rows. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME = 'bins__sync_i') AND EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME = 'bins__sync_u') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 3 must not be done at this point: Keep room of bins filled for new rows')), '0', @forgelua_actual);
-- Check: the whole plan must not be done at this point: alter_column bins.size. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'bins' AND COLUMN_NAME = 'size') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'bins' AND COLUMN_NAME = 'size' AND DATA_TYPE = 'bigint' AND COLUMN_TYPE NOT LIKE '%unsigned%') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must not be done at this point: alter_column bins.size')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 13, expand: Add room to bins, empty and not insisting
--   Id:           bins.room/expand/add-column
--   Why:          adding it with its values would rewrite or lock the table; empty, it costs nothing
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
SELECT 'step 1 of 13: Add room to bins, empty and not insisting' AS `forgelua`;
ALTER TABLE `bins`
  ADD COLUMN `room` int NULL INVISIBLE,
  ALGORITHM=INSTANT;
SELECT 'step 1 of 13: done' AS `forgelua`;

-- ============================================================================
-- Step 2 of 13, expand: Add size__new beside size in bins
--   Id:           bins.size/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column, unless it is invisible, as here
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
SELECT 'step 2 of 13: Add size__new beside size in bins' AS `forgelua`;
ALTER TABLE `bins`
  ADD COLUMN `size__new` bigint NULL INVISIBLE AFTER `size`,
  ALGORITHM=INSTANT;
SELECT 'step 2 of 13: done' AS `forgelua`;

-- ============================================================================
-- Step 3 of 13, migrate: Keep room of bins filled for new rows
--   Id:           bins.room/migrate/keep-filled
--   Why:          the deployed application does not write it; a trigger does, so that the backfill has an end
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger
-- ============================================================================
SELECT 'step 3 of 13: Keep room of bins filled for new rows' AS `forgelua`;
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
CREATE TRIGGER `bins__sync_u` BEFORE UPDATE ON `bins` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`room` IS NULL THEN
    SET NEW.`room` = (SELECT coalesce(size, 0) + 1 FROM (SELECT NEW.`size` AS `size`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`room` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('bins__sync', 'room', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'size', NEW.`size`, 'room', NEW.`room`, 'size__new', NEW.`size__new`), forgelua_message);
    END IF;
  ELSEIF (NOT (NEW.`size` <=> OLD.`size`)) AND NOT (NOT (NEW.`room` <=> OLD.`room`)) THEN
    SET NEW.`room` = (SELECT coalesce(size, 0) + 1 FROM (SELECT OLD.`size` AS `size`) AS forgelua_row);
    IF forgelua_failed OR NOT (NEW.`room` <=> OLD.`room`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`room` = OLD.`room`;
    ELSE
      SET NEW.`room` = (SELECT coalesce(size, 0) + 1 FROM (SELECT NEW.`size` AS `size`) AS forgelua_row);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`room` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('bins__sync', 'room', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'size', NEW.`size`, 'room', NEW.`room`, 'size__new', NEW.`size__new`), forgelua_message);
      END IF;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `bins__sync_i` BEFORE INSERT ON `bins` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`room` IS NULL THEN
    SET NEW.`room` = (SELECT coalesce(size, 0) + 1 FROM (SELECT NEW.`size` AS `size`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`room` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('bins__sync', 'room', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'size', NEW.`size`, 'room', NEW.`room`, 'size__new', NEW.`size__new`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 3 of 13: done' AS `forgelua`;
-- Application: From here the new application may write room itself; what it writes stands.

-- ============================================================================
-- Step 4 of 13, migrate: Backfill room of bins
--   Id:           bins.room/migrate/backfill
--   Why:          12,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; triggers of the application's own fire for every row
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, own values
-- ============================================================================
SELECT 'step 4 of 13: Backfill room of bins' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('bins.room/migrate/backfill', 'bins', 12000, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'bins.room/migrate/backfill';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `bins` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `bins` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(0.100); END IF;
    SELECT `id` INTO forgelua_e1 FROM `bins` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 9999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `bins` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `bins` SET `room` = coalesce(size, 0) + 1 WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND (`room` IS NULL);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'bins.room/migrate/backfill';
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
              SELECT 'bins.room/migrate/backfill', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'size', `size`, 'room', `room`, 'size__new', `size__new`), forgelua_message FROM `bins` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `bins` SET `room` = coalesce(size, 0) + 1 WHERE `id` = forgelua_s1 AND (`room` IS NULL);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'bins.room/migrate/backfill';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `bins` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'bins.room/migrate/backfill';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 4 of 13: done' AS `forgelua`;
-- Check: no row of bins has NULL in room. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `bins` WHERE `room` IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of bins has NULL in room')), '0', @forgelua_actual);

-- ============================================================================
-- Step 5 of 13, migrate: Keep size and size__new of bins equal
--   Id:           bins.size/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
SELECT 'step 5 of 13: Keep size and size__new of bins equal' AS `forgelua`;
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
CREATE TRIGGER `bins__sync_2_u` BEFORE UPDATE ON `bins` FOR EACH ROW PRECEDES `bins__sync_u`
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
    IF @forgelua_backfill = 2 THEN SET NEW.`size__new` = OLD.`size__new`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`size` <=> OLD.`size`) THEN
    SET NEW.`size__new` = NEW.`size`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`size__new` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('bins__sync_2', 'size__new', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'size', NEW.`size`, 'room', NEW.`room`, 'size__new', NEW.`size__new`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`size__new` <=> OLD.`size__new`) THEN
    SET NEW.`size` = NEW.`size__new`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`size` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('bins__sync_2', 'size', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'size', NEW.`size`, 'room', NEW.`room`, 'size__new', NEW.`size__new`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `bins__sync_2_i` BEFORE INSERT ON `bins` FOR EACH ROW PRECEDES `bins__sync_i`
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`size__new` IS NOT NULL THEN
    SET NEW.`size` = NEW.`size__new`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`size` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('bins__sync_2', 'size', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'size', NEW.`size`, 'room', NEW.`room`, 'size__new', NEW.`size__new`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`size__new` = NEW.`size`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`size__new` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('bins__sync_2', 'size__new', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'size', NEW.`size`, 'room', NEW.`room`, 'size__new', NEW.`size__new`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 5 of 13: done' AS `forgelua`;

-- ============================================================================
-- Step 6 of 13, migrate: Convert size of bins into size__new
--   Id:           bins.size/migrate/backfill
--   Why:          12,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; triggers of the application's own fire for every row
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
SELECT 'step 6 of 13: Convert size of bins into size__new' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('bins.size/migrate/backfill', 'bins', 12000, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'bins.size/migrate/backfill';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `bins` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `bins` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(0.100); END IF;
    SELECT `id` INTO forgelua_e1 FROM `bins` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 9999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `bins` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `bins` SET `size__new` = `size` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND (`size__new` IS NULL);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'bins.size/migrate/backfill';
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
              SELECT 'bins.size/migrate/backfill', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'size', `size`, 'room', `room`, 'size__new', `size__new`), forgelua_message FROM `bins` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `bins` SET `size__new` = `size` WHERE `id` = forgelua_s1 AND (`size__new` IS NULL);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'bins.size/migrate/backfill';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `bins` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'bins.size/migrate/backfill';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 6 of 13: done' AS `forgelua`;
-- Check: every row holds the converted value. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `bins` WHERE (CASE WHEN (`size__new`) = (`size`) OR ((`size__new`) IS NULL AND (`size`) IS NULL) THEN 0 ELSE 1 END = 1)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row holds the converted value')), '0', @forgelua_actual);

-- ============================================================================
-- Step 7 of 13, switch: Let the new size of bins take over
--   Id:           bins.size/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table; creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the column under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
SELECT 'step 7 of 13: Let the new size of bins take over' AS `forgelua`;
-- Check: step 6 has come to its end: Convert size of bins into size__new. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'bins.size/migrate/backfill' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 6 has come to its end: Convert size of bins into size__new')), '1', @forgelua_actual);
-- Check: no value of bins stands in forgelua_sync_errors (mend it in bins, then delete it from the log). Expects 0.
SELECT CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'bins__sync_2' AND column_name IN ('size__new')) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no value of bins stands in forgelua_sync_errors (mend it in bins, then delete it from the log)')), '0', @forgelua_actual);
-- Check: step 4 has come to its end: Backfill room of bins. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'bins.room/migrate/backfill' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 4 has come to its end: Backfill room of bins')), '1', @forgelua_actual);
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
LOCK TABLES `bins` WRITE;
DROP TRIGGER IF EXISTS `bins__sync_2_i`;
DROP TRIGGER IF EXISTS `bins__sync_2_u`;
ALTER TABLE `bins`
  RENAME COLUMN `size` TO `size__old`,
  CHANGE COLUMN `size__new` `size` bigint NULL,
  ALGORITHM=INSTANT;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `bins__sync_2_u` BEFORE UPDATE ON `bins` FOR EACH ROW PRECEDES `bins__sync_u`
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`size__old` = OLD.`size__old`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`size` = OLD.`size`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`size` <=> OLD.`size`) THEN
    SET NEW.`size__old` = NEW.`size`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`size__old` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('bins__sync_2', 'size__old', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'size__old', NEW.`size__old`, 'room', NEW.`room`, 'size', NEW.`size`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`size__old` <=> OLD.`size__old`) THEN
    SET NEW.`size` = NEW.`size__old`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`size` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('bins__sync_2', 'size', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'size__old', NEW.`size__old`, 'room', NEW.`room`, 'size', NEW.`size`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `bins__sync_2_i` BEFORE INSERT ON `bins` FOR EACH ROW PRECEDES `bins__sync_i`
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`size__old` IS NOT NULL THEN
    SET NEW.`size` = NEW.`size__old`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`size` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('bins__sync_2', 'size', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'size__old', NEW.`size__old`, 'room', NEW.`room`, 'size', NEW.`size`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`size__old` = NEW.`size`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`size__old` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('bins__sync_2', 'size__old', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'size__old', NEW.`size__old`, 'room', NEW.`room`, 'size', NEW.`size`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
UNLOCK TABLES;
SELECT 'step 7 of 13: done' AS `forgelua`;
-- Application: Deploy the application that uses size as the new schema has it.

-- ============================================================================
-- Step 8 of 13, switch: Make bins.room NOT NULL
--   Id:           bins.room/switch/not-null
--   Why:          every row has a value by now; from here the schema says so
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for as long as the step runs (under 1 s), ALGORITHM=INPLACE, rewrites the table
--   Note:         an exclusive metadata lock for an instant at the start and the end; a replica replays it in one piece and lags for as long
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 8 of 13: Make bins.room NOT NULL' AS `forgelua`;
-- Check: no row of bins has NULL in room. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `bins` WHERE `room` IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of bins has NULL in room')), '0', @forgelua_actual);
ALTER TABLE `bins`
  MODIFY COLUMN `room` int NOT NULL,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 8 of 13: done' AS `forgelua`;

-- ============================================================================
-- Step 9 of 13, contract: Drop the trigger that filled room of bins
--   Id:           bins.room/contract/stop-filling
--   Why:          every application writes the column by itself now
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; rows of an application that leaves the column out are no longer filled
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 9 of 13: Drop the trigger that filled room of bins' AS `forgelua`;
-- Check: no row of bins has NULL in room. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `bins` WHERE `room` IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of bins has NULL in room')), '0', @forgelua_actual);
DROP TRIGGER IF EXISTS `bins__sync_i`;
DROP TRIGGER IF EXISTS `bins__sync_u`;
SELECT 'step 9 of 13: done' AS `forgelua`;
-- Application: Check that every deployed version writes room.

-- ============================================================================
-- Step 10 of 13, contract: From here the way back computes size__old of bins again
--   Id:           bins.size/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 10 of 13: From here the way back computes size__old of bins again' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 10 of 13: done' AS `forgelua`;

-- ============================================================================
-- Step 11 of 13, contract: Stop keeping size__old and size of bins equal
--   Id:           bins.size/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table
--   Estimate:     under 1 s
--   Applications: old works, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 11 of 13: Stop keeping size__old and size of bins equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `bins__sync_2_i`;
DROP TRIGGER IF EXISTS `bins__sync_2_u`;
SELECT 'step 11 of 13: done' AS `forgelua`;

-- ============================================================================
-- Step 12 of 13, contract: Drop the old column size__old of bins
--   Id:           bins.size/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old works, new works; the column's name stays
--   Way back:     loses values of size that size cannot hold
--   Hazards:      drop
-- ============================================================================
SELECT 'step 12 of 13: Drop the old column size__old of bins' AS `forgelua`;
ALTER TABLE `bins`
  DROP COLUMN `size__old`,
  ALGORITHM=INSTANT;
SELECT 'step 12 of 13: done' AS `forgelua`;
-- Application: Check that no application, report or job names size__old any more.

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
