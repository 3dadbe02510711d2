-- Forward, every phase of migration views_of_like_names
-- Tables and columns get other names under views that say columns of the same names of other tables
-- mysql 8.4; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: mysql --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 16 is destructive — city, country_id of cities as the old schema held it
-- WARNING: step 20 is destructive — store_id of employee as the old schema held it

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
-- Check: step 1 must not be done at this point: Serve city under its new name cities by a view. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'cities' AND TABLE_TYPE = 'VIEW') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 1 must not be done at this point: Serve city under its new name cities by a view')), '0', @forgelua_actual);
-- Check: step 3 must not be done at this point: Serve staff under its new name employee by a view. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'employee' AND TABLE_TYPE = 'VIEW') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 3 must not be done at this point: Serve staff under its new name employee by a view')), '0', @forgelua_actual);
-- Check: the whole plan must not be done at this point: rename_table cities. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'cities' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) AND NOT EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'city' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must not be done at this point: rename_table cities')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 21, expand: Serve city under its new name cities by a view
--   Id:           cities/expand/view-under-new-name
--   Why:          the new application can say the new name before the table has it
--   Lock:         EXCLUSIVE metadata lock on the view, blocks DDL for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; reads and writes through the view reach the table; a column added later is not in it
--   Way back:     yes, nothing is lost
--   Hazards:      view bridge
-- ============================================================================
SELECT 'step 1 of 21: Serve city under its new name cities by a view' AS `forgelua`;
CREATE VIEW `cities` AS SELECT `id`, `city`, `country_id` FROM `city`;
SELECT 'step 1 of 21: done' AS `forgelua`;

-- ============================================================================
-- Step 2 of 21, expand: Add name, country beside city, country_id in city
--   Id:           city.name/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column, unless it is invisible, as here
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
SELECT 'step 2 of 21: Add name, country beside city, country_id in city' AS `forgelua`;
ALTER TABLE `city`
  ADD COLUMN `name` varchar(9) NULL INVISIBLE,
  ADD COLUMN `country` int NULL INVISIBLE,
  ALGORITHM=INSTANT;
SELECT 'step 2 of 21: done' AS `forgelua`;

-- ============================================================================
-- Step 3 of 21, expand: Serve staff under its new name employee by a view
--   Id:           employee/expand/view-under-new-name
--   Why:          the new application can say the new name before the table has it
--   Lock:         EXCLUSIVE metadata lock on the view, blocks DDL for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; reads and writes through the view reach the table; a column added later is not in it
--   Way back:     yes, nothing is lost
--   Hazards:      view bridge
-- ============================================================================
SELECT 'step 3 of 21: Serve staff under its new name employee by a view' AS `forgelua`;
CREATE VIEW `employee` AS SELECT `id`, `store_id`, `nm` FROM `staff`;
SELECT 'step 3 of 21: done' AS `forgelua`;

-- ============================================================================
-- Step 4 of 21, expand: Add shop_id beside store_id in staff
--   Id:           staff.shop_id/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column, unless it is invisible, as here
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
SELECT 'step 4 of 21: Add shop_id beside store_id in staff' AS `forgelua`;
ALTER TABLE `staff`
  ADD COLUMN `shop_id` int NULL INVISIBLE,
  ALGORITHM=INSTANT;
SELECT 'step 4 of 21: done' AS `forgelua`;

-- ============================================================================
-- Step 5 of 21, migrate: Keep city, country_id and name, country of city equal
--   Id:           city.name/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
SELECT 'step 5 of 21: Keep city, country_id and name, country of city equal' AS `forgelua`;
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
    IF @forgelua_backfill = 1 THEN SET NEW.`city` = OLD.`city`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`name` = OLD.`name`; END IF;
    IF @forgelua_backfill = 1 THEN SET NEW.`country_id` = OLD.`country_id`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`country` = OLD.`country`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (CAST(NEW.`city` AS BINARY) <=> CAST(OLD.`city` AS BINARY)) THEN
    SET NEW.`name` = NEW.`city`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`name` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('city__sync', 'name', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'city', NEW.`city`, 'country_id', NEW.`country_id`, 'name', NEW.`name`, 'country', NEW.`country`), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`name` AS BINARY) <=> CAST(OLD.`name` AS BINARY)) THEN
    SET NEW.`city` = NEW.`name`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`city` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('city__sync', 'city', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'city', NEW.`city`, 'country_id', NEW.`country_id`, 'name', NEW.`name`, 'country', NEW.`country`), forgelua_message);
    END IF;
  END IF;
  IF NOT (NEW.`country_id` <=> OLD.`country_id`) THEN
    SET NEW.`country` = NEW.`country_id`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`country` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('city__sync', 'country', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'city', NEW.`city`, 'country_id', NEW.`country_id`, 'name', NEW.`name`, 'country', NEW.`country`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`country` <=> OLD.`country`) THEN
    SET NEW.`country_id` = NEW.`country`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`country_id` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('city__sync', 'country_id', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'city', NEW.`city`, 'country_id', NEW.`country_id`, 'name', NEW.`name`, 'country', NEW.`country`), forgelua_message);
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
  IF NEW.`name` IS NOT NULL THEN
    SET NEW.`city` = NEW.`name`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`city` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('city__sync', 'city', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'city', NEW.`city`, 'country_id', NEW.`country_id`, 'name', NEW.`name`, 'country', NEW.`country`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`name` = NEW.`city`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`name` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('city__sync', 'name', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'city', NEW.`city`, 'country_id', NEW.`country_id`, 'name', NEW.`name`, 'country', NEW.`country`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`country` IS NOT NULL THEN
    SET NEW.`country_id` = NEW.`country`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`country_id` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('city__sync', 'country_id', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'city', NEW.`city`, 'country_id', NEW.`country_id`, 'name', NEW.`name`, 'country', NEW.`country`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`country` = NEW.`country_id`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`country` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('city__sync', 'country', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'city', NEW.`city`, 'country_id', NEW.`country_id`, 'name', NEW.`name`, 'country', NEW.`country`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 5 of 21: done' AS `forgelua`;
-- Application: From here the new application may read and write name, country once the backfill is done.

-- ============================================================================
-- Step 6 of 21, migrate: Convert city, country_id of city into name, country
--   Id:           city.name/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; triggers of the application's own fire for every row
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
SELECT 'step 6 of 21: Convert city, country_id of city into name, country' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('city.name/migrate/backfill', 'city', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'city.name/migrate/backfill';
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
      UPDATE `city` SET `name` = `city`, `country` = `country_id` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND (`name` IS NULL OR `country` IS NULL);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'city.name/migrate/backfill';
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
              SELECT 'city.name/migrate/backfill', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'city', `city`, 'country_id', `country_id`, 'name', `name`, 'country', `country`), forgelua_message FROM `city` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `city` SET `name` = `city`, `country` = `country_id` WHERE `id` = forgelua_s1 AND (`name` IS NULL OR `country` IS NULL);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'city.name/migrate/backfill';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `city` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'city.name/migrate/backfill';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 6 of 21: done' AS `forgelua`;
-- Check: every row holds the converted value. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `city` WHERE (CASE WHEN (`name`) = (`city`) OR ((`name`) IS NULL AND (`city`) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (`country`) = (`country_id`) OR ((`country`) IS NULL AND (`country_id`) IS NULL) THEN 0 ELSE 1 END = 1)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row holds the converted value')), '0', @forgelua_actual);

-- ============================================================================
-- Step 7 of 21, migrate: Keep store_id and shop_id of staff equal
--   Id:           staff.shop_id/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
SELECT 'step 7 of 21: Keep store_id and shop_id of staff equal' AS `forgelua`;
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
CREATE TRIGGER `staff__sync_u` BEFORE UPDATE ON `staff` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`store_id` = OLD.`store_id`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`shop_id` = OLD.`shop_id`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`store_id` <=> OLD.`store_id`) THEN
    SET NEW.`shop_id` = NEW.`store_id`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`shop_id` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('staff__sync', 'shop_id', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'store_id', NEW.`store_id`, 'nm', NEW.`nm`, 'shop_id', NEW.`shop_id`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`shop_id` <=> OLD.`shop_id`) THEN
    SET NEW.`store_id` = NEW.`shop_id`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`store_id` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('staff__sync', 'store_id', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'store_id', NEW.`store_id`, 'nm', NEW.`nm`, 'shop_id', NEW.`shop_id`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `staff__sync_i` BEFORE INSERT ON `staff` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`shop_id` IS NOT NULL THEN
    SET NEW.`store_id` = NEW.`shop_id`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`store_id` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('staff__sync', 'store_id', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'store_id', NEW.`store_id`, 'nm', NEW.`nm`, 'shop_id', NEW.`shop_id`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`shop_id` = NEW.`store_id`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`shop_id` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('staff__sync', 'shop_id', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'store_id', NEW.`store_id`, 'nm', NEW.`nm`, 'shop_id', NEW.`shop_id`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 7 of 21: done' AS `forgelua`;
-- Application: From here the new application may read and write shop_id once the backfill is done.

-- ============================================================================
-- Step 8 of 21, migrate: Convert store_id of staff into shop_id
--   Id:           staff.shop_id/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; triggers of the application's own fire for every row
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
SELECT 'step 8 of 21: Convert store_id of staff into shop_id' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('staff.shop_id/migrate/backfill', 'staff', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'staff.shop_id/migrate/backfill';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `staff` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `staff` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `staff` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `staff` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `staff` SET `shop_id` = `store_id` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND (`shop_id` IS NULL);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'staff.shop_id/migrate/backfill';
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
              SELECT 'staff.shop_id/migrate/backfill', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'store_id', `store_id`, 'nm', `nm`, 'shop_id', `shop_id`), forgelua_message FROM `staff` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `staff` SET `shop_id` = `store_id` WHERE `id` = forgelua_s1 AND (`shop_id` IS NULL);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'staff.shop_id/migrate/backfill';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `staff` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'staff.shop_id/migrate/backfill';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 8 of 21: done' AS `forgelua`;
-- Check: every row holds the converted value. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `staff` WHERE (CASE WHEN (`shop_id`) = (`store_id`) OR ((`shop_id`) IS NULL AND (`store_id`) IS NULL) THEN 0 ELSE 1 END = 1)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row holds the converted value')), '0', @forgelua_actual);

-- ============================================================================
-- Step 9 of 21, switch: Let name, country of city lead
--   Id:           city.name/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Also locks:   cities, places
--   Note:         creating and dropping a trigger waits for open transactions on the table; creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications run: city, country_id is kept equal until contract
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
SELECT 'step 9 of 21: Let name, country of city lead' AS `forgelua`;
-- Check: step 6 has come to its end: Convert city, country_id of city into name, country. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'city.name/migrate/backfill' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 6 has come to its end: Convert city, country_id of city into name, country')), '1', @forgelua_actual);
-- Check: no value of city stands in forgelua_sync_errors (mend it in city, then delete it from the log). Expects 0.
SELECT CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'city__sync' AND column_name IN ('name', 'country')) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no value of city stands in forgelua_sync_errors (mend it in city, then delete it from the log)')), '0', @forgelua_actual);
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
  ALTER COLUMN `name` SET VISIBLE,
  ALTER COLUMN `country` SET VISIBLE,
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
    IF @forgelua_backfill = 1 THEN SET NEW.`city` = OLD.`city`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`name` = OLD.`name`; END IF;
    IF @forgelua_backfill = 1 THEN SET NEW.`country_id` = OLD.`country_id`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`country` = OLD.`country`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (CAST(NEW.`name` AS BINARY) <=> CAST(OLD.`name` AS BINARY)) THEN
    SET NEW.`city` = NEW.`name`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`city` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('city__sync', 'city', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'city', NEW.`city`, 'country_id', NEW.`country_id`, 'name', NEW.`name`, 'country', NEW.`country`), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`city` AS BINARY) <=> CAST(OLD.`city` AS BINARY)) THEN
    SET NEW.`name` = NEW.`city`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`name` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('city__sync', 'name', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'city', NEW.`city`, 'country_id', NEW.`country_id`, 'name', NEW.`name`, 'country', NEW.`country`), forgelua_message);
    END IF;
  END IF;
  IF NOT (NEW.`country` <=> OLD.`country`) THEN
    SET NEW.`country_id` = NEW.`country`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`country_id` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('city__sync', 'country_id', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'city', NEW.`city`, 'country_id', NEW.`country_id`, 'name', NEW.`name`, 'country', NEW.`country`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`country_id` <=> OLD.`country_id`) THEN
    SET NEW.`country` = NEW.`country_id`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`country` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('city__sync', 'country', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'city', NEW.`city`, 'country_id', NEW.`country_id`, 'name', NEW.`name`, 'country', NEW.`country`), forgelua_message);
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
  IF NEW.`city` IS NOT NULL THEN
    SET NEW.`name` = NEW.`city`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`name` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('city__sync', 'name', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'city', NEW.`city`, 'country_id', NEW.`country_id`, 'name', NEW.`name`, 'country', NEW.`country`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`city` = NEW.`name`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`city` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('city__sync', 'city', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'city', NEW.`city`, 'country_id', NEW.`country_id`, 'name', NEW.`name`, 'country', NEW.`country`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`country_id` IS NOT NULL THEN
    SET NEW.`country` = NEW.`country_id`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`country` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('city__sync', 'country', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'city', NEW.`city`, 'country_id', NEW.`country_id`, 'name', NEW.`name`, 'country', NEW.`country`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`country_id` = NEW.`country`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`country_id` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('city__sync', 'country_id', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'city', NEW.`city`, 'country_id', NEW.`country_id`, 'name', NEW.`name`, 'country', NEW.`country`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
UNLOCK TABLES;
CREATE OR REPLACE VIEW `places` AS SELECT city.name AS city, country.country AS country FROM city JOIN country ON city.country = country.country_id;
CREATE OR REPLACE VIEW `cities` AS SELECT `id`, `city`, `country_id`, `name`, `country` FROM `city`;
SELECT 'step 9 of 21: done' AS `forgelua`;
-- Application: Deploy the application that uses name, country as the new schema has it.

-- ============================================================================
-- Step 10 of 21, switch: Rename city to cities
--   Id:           city/switch/rename-table
--   Why:          metadata only; a view keeps the old name alive
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Also locks:   places
--   Note:         foreign keys of other tables and triggers follow the table; views keep naming the old name
--   Estimate:     under 1 s
--   Applications: old works, new works; both names work until contract
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
SELECT 'step 10 of 21: Rename city to cities' AS `forgelua`;
CREATE OR REPLACE VIEW `cities` AS SELECT `id`, `city`, `country_id`, `name`, `country` FROM `city`;
CREATE VIEW `city__view` AS SELECT `id`, `city`, `country_id`, `name`, `country` FROM `cities`;
RENAME TABLE `cities` TO `cities__gone`, `city` TO `cities`, `city__view` TO `city`;
DROP VIEW `cities__gone`;
CREATE OR REPLACE VIEW `places` AS SELECT cities.name AS city, country.country AS country FROM cities JOIN country ON cities.country = country.country_id;
SELECT 'step 10 of 21: done' AS `forgelua`;

-- ============================================================================
-- Step 11 of 21, switch: Let shop_id of staff lead
--   Id:           staff.shop_id/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Also locks:   bosses, employee
--   Note:         creating and dropping a trigger waits for open transactions on the table; creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications run: store_id is kept equal until contract
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
SELECT 'step 11 of 21: Let shop_id of staff lead' AS `forgelua`;
-- Check: step 8 has come to its end: Convert store_id of staff into shop_id. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'staff.shop_id/migrate/backfill' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 8 has come to its end: Convert store_id of staff into shop_id')), '1', @forgelua_actual);
-- Check: no value of staff stands in forgelua_sync_errors (mend it in staff, then delete it from the log). Expects 0.
SELECT CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'staff__sync' AND column_name IN ('shop_id')) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no value of staff stands in forgelua_sync_errors (mend it in staff, then delete it from the log)')), '0', @forgelua_actual);
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
LOCK TABLES `staff` WRITE;
DROP TRIGGER IF EXISTS `staff__sync_i`;
DROP TRIGGER IF EXISTS `staff__sync_u`;
ALTER TABLE `staff`
  ALTER COLUMN `shop_id` SET VISIBLE,
  ALGORITHM=INSTANT;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `staff__sync_u` BEFORE UPDATE ON `staff` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`store_id` = OLD.`store_id`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`shop_id` = OLD.`shop_id`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`shop_id` <=> OLD.`shop_id`) THEN
    SET NEW.`store_id` = NEW.`shop_id`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`store_id` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('staff__sync', 'store_id', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'store_id', NEW.`store_id`, 'nm', NEW.`nm`, 'shop_id', NEW.`shop_id`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`store_id` <=> OLD.`store_id`) THEN
    SET NEW.`shop_id` = NEW.`store_id`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`shop_id` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('staff__sync', 'shop_id', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'store_id', NEW.`store_id`, 'nm', NEW.`nm`, 'shop_id', NEW.`shop_id`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `staff__sync_i` BEFORE INSERT ON `staff` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`store_id` IS NOT NULL THEN
    SET NEW.`shop_id` = NEW.`store_id`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`shop_id` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('staff__sync', 'shop_id', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'store_id', NEW.`store_id`, 'nm', NEW.`nm`, 'shop_id', NEW.`shop_id`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`store_id` = NEW.`shop_id`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`store_id` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('staff__sync', 'store_id', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'store_id', NEW.`store_id`, 'nm', NEW.`nm`, 'shop_id', NEW.`shop_id`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
UNLOCK TABLES;
CREATE OR REPLACE VIEW `employee` AS SELECT `id`, `store_id`, `nm`, `shop_id` FROM `staff`;
CREATE OR REPLACE VIEW `bosses` AS SELECT s.store_id, m.nm FROM store AS s INNER JOIN staff AS m ON s.boss = m.id;
SELECT 'step 11 of 21: done' AS `forgelua`;
-- Application: Deploy the application that uses shop_id as the new schema has it.

-- ============================================================================
-- Step 12 of 21, switch: Rename staff to employee
--   Id:           staff/switch/rename-table
--   Why:          metadata only; a view keeps the old name alive
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Also locks:   bosses
--   Note:         foreign keys of other tables and triggers follow the table; views keep naming the old name
--   Estimate:     under 1 s
--   Applications: old works, new works; both names work until contract
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
SELECT 'step 12 of 21: Rename staff to employee' AS `forgelua`;
CREATE OR REPLACE VIEW `employee` AS SELECT `id`, `store_id`, `nm`, `shop_id` FROM `staff`;
CREATE VIEW `staff__view` AS SELECT `id`, `store_id`, `nm`, `shop_id` FROM `employee`;
RENAME TABLE `employee` TO `employee__gone`, `staff` TO `employee`, `staff__view` TO `staff`;
DROP VIEW `employee__gone`;
CREATE OR REPLACE VIEW `bosses` AS SELECT s.store_id, m.nm FROM store AS s INNER JOIN employee AS m ON s.boss = m.id;
SELECT 'step 12 of 21: done' AS `forgelua`;

-- ============================================================================
-- Step 13 of 21, contract: Drop the view that served the old name city
--   Id:           cities/contract/drop-old-name
--   Why:          no application says the old name any more
--   Lock:         EXCLUSIVE metadata lock on the view, blocks DDL for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name city fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop view
-- ============================================================================
SELECT 'step 13 of 21: Drop the view that served the old name city' AS `forgelua`;
DROP VIEW `city`;
SELECT 'step 13 of 21: done' AS `forgelua`;
-- Application: Check that no application, report or job names city any more.

-- ============================================================================
-- Step 14 of 21, contract: From here the way back computes city, country_id of cities again
--   Id:           city.name/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 14 of 21: From here the way back computes city, country_id of cities again' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 14 of 21: done' AS `forgelua`;

-- ============================================================================
-- Step 15 of 21, contract: Stop keeping city, country_id and name, country of cities equal
--   Id:           city.name/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 15 of 21: Stop keeping city, country_id and name, country of cities equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `city__sync_i`;
DROP TRIGGER IF EXISTS `city__sync_u`;
SELECT 'step 15 of 21: done' AS `forgelua`;

-- ============================================================================
-- Step 16 of 21, contract: Drop the old column city, country_id of cities
--   Id:           city.name/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name city, country_id fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
SELECT 'step 16 of 21: Drop the old column city, country_id of cities' AS `forgelua`;
ALTER TABLE `cities`
  DROP COLUMN `city`,
  ALGORITHM=INSTANT;
ALTER TABLE `cities`
  DROP COLUMN `country_id`,
  ALGORITHM=INSTANT;
SELECT 'step 16 of 21: done' AS `forgelua`;
-- Application: Check that no application, report or job names city, country_id any more.

-- ============================================================================
-- Step 17 of 21, contract: Drop the view that served the old name staff
--   Id:           employee/contract/drop-old-name
--   Why:          no application says the old name any more
--   Lock:         EXCLUSIVE metadata lock on the view, blocks DDL for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name staff fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop view
-- ============================================================================
SELECT 'step 17 of 21: Drop the view that served the old name staff' AS `forgelua`;
DROP VIEW `staff`;
SELECT 'step 17 of 21: done' AS `forgelua`;
-- Application: Check that no application, report or job names staff any more.

-- ============================================================================
-- Step 18 of 21, contract: From here the way back computes store_id of employee again
--   Id:           staff.shop_id/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 18 of 21: From here the way back computes store_id of employee again' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 18 of 21: done' AS `forgelua`;

-- ============================================================================
-- Step 19 of 21, contract: Stop keeping store_id and shop_id of employee equal
--   Id:           staff.shop_id/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 19 of 21: Stop keeping store_id and shop_id of employee equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `staff__sync_i`;
DROP TRIGGER IF EXISTS `staff__sync_u`;
SELECT 'step 19 of 21: done' AS `forgelua`;

-- ============================================================================
-- Step 20 of 21, contract: Drop the old column store_id of employee
--   Id:           staff.shop_id/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name store_id fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
SELECT 'step 20 of 21: Drop the old column store_id of employee' AS `forgelua`;
ALTER TABLE `employee`
  DROP COLUMN `store_id`,
  ALGORITHM=INSTANT;
SELECT 'step 20 of 21: done' AS `forgelua`;
-- Application: Check that no application, report or job names store_id any more.

-- ============================================================================
-- Step 21 of 21, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 21 of 21: Remove the progress and error tables' AS `forgelua`;
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
SELECT 'step 21 of 21: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'forward: done' AS `forgelua`;
