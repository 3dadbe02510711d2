-- Forward, every phase of migration texts_into_types
-- Columns of several types are made from texts
-- mysql 8.4; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: mysql --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 19 is destructive — kind__old of r as the old schema held it

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
-- Check: step 1 must not be done at this point: Add state, seen, number, marked to r, empty and not insisting. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'r' AND COLUMN_NAME = 'state') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 1 must not be done at this point: Add state, seen, number, marked to r, empty and not insisting')), '0', @forgelua_actual);
-- Check: step 3 must not be done at this point: Keep state, seen, number, marked of r filled for new rows. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME = 'r__sync_i') AND EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME = 'r__sync_u') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 3 must not be done at this point: Keep state, seen, number, marked of r filled for new rows')), '0', @forgelua_actual);
-- Check: the whole plan must not be done at this point: alter_column r.kind. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'r' AND COLUMN_NAME = 'kind') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'r' AND COLUMN_NAME = 'kind' AND COLUMN_TYPE = 'enum(''a'',''b'',''other'')') AND NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'r' AND COLUMN_NAME = 'kind' AND IS_NULLABLE = 'YES') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'r' AND COLUMN_NAME = 'kind' AND COALESCE(COLUMN_DEFAULT, 'NULL') <> 'NULL') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must not be done at this point: alter_column r.kind')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 21, expand: Add state, seen, number, marked to r, empty and not insisting
--   Id:           r.state/expand/add-column
--   Why:          adding it with its values would rewrite or lock the table; empty, it costs nothing
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
SELECT 'step 1 of 21: Add state, seen, number, marked to r, empty and not insisting' AS `forgelua`;
ALTER TABLE `r`
  ADD COLUMN `state` enum('on','off') NULL INVISIBLE,
  ADD COLUMN `seen` date NULL INVISIBLE,
  ADD COLUMN `number` int NULL INVISIBLE,
  ADD COLUMN `marked` tinyint(1) NULL INVISIBLE,
  ALGORITHM=INSTANT;
SELECT 'step 1 of 21: done' AS `forgelua`;

-- ============================================================================
-- Step 2 of 21, expand: Add kind__new beside kind in r
--   Id:           r.kind/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column, unless it is invisible, as here
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
SELECT 'step 2 of 21: Add kind__new beside kind in r' AS `forgelua`;
ALTER TABLE `r`
  ADD COLUMN `kind__new` enum('a','b','other') NULL INVISIBLE AFTER `kind`,
  ALGORITHM=INSTANT;
SELECT 'step 2 of 21: done' AS `forgelua`;

-- ============================================================================
-- Step 3 of 21, migrate: Keep state, seen, number, marked of r filled for new rows
--   Id:           r.state/migrate/keep-filled
--   Why:          the deployed application does not write it; a trigger does, so that the backfill has an end
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger
-- ============================================================================
SELECT 'step 3 of 21: Keep state, seen, number, marked of r filled for new rows' AS `forgelua`;
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
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync', 'state', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind', NEW.`kind`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind__new', CAST(NEW.`kind__new` AS CHAR)), forgelua_message);
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
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync', 'state', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind', NEW.`kind`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind__new', CAST(NEW.`kind__new` AS CHAR)), forgelua_message);
      END IF;
    END IF;
  END IF;
  IF NEW.`seen` IS NULL THEN
    SET NEW.`seen` = (SELECT CAST(CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END AS DATE) FROM (SELECT NEW.`active` AS `active`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`seen` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync', 'seen', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind', NEW.`kind`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind__new', CAST(NEW.`kind__new` AS CHAR)), forgelua_message);
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
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync', 'seen', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind', NEW.`kind`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind__new', CAST(NEW.`kind__new` AS CHAR)), forgelua_message);
      END IF;
    END IF;
  END IF;
  IF NEW.`number` IS NULL THEN
    SET NEW.`number` = (SELECT substr(code, 2) FROM (SELECT NEW.`code` AS `code`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`number` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync', 'number', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind', NEW.`kind`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind__new', CAST(NEW.`kind__new` AS CHAR)), forgelua_message);
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
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync', 'number', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind', NEW.`kind`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind__new', CAST(NEW.`kind__new` AS CHAR)), forgelua_message);
      END IF;
    END IF;
  END IF;
  IF NEW.`marked` IS NULL THEN
    SET NEW.`marked` = (SELECT CASE WHEN kind = 'a' THEN 1 ELSE 0 END FROM (SELECT NEW.`kind` AS `kind`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`marked` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync', 'marked', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind', NEW.`kind`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind__new', CAST(NEW.`kind__new` AS CHAR)), forgelua_message);
    END IF;
  ELSEIF (NOT (CAST(NEW.`kind` AS BINARY) <=> CAST(OLD.`kind` AS BINARY))) AND NOT (NOT (NEW.`marked` <=> OLD.`marked`)) THEN
    SET NEW.`marked` = (SELECT CASE WHEN kind = 'a' THEN 1 ELSE 0 END FROM (SELECT OLD.`kind` AS `kind`) AS forgelua_row);
    IF forgelua_failed OR NOT (NEW.`marked` <=> OLD.`marked`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`marked` = OLD.`marked`;
    ELSE
      SET NEW.`marked` = (SELECT CASE WHEN kind = 'a' THEN 1 ELSE 0 END FROM (SELECT NEW.`kind` AS `kind`) AS forgelua_row);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`marked` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync', 'marked', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind', NEW.`kind`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind__new', CAST(NEW.`kind__new` AS CHAR)), forgelua_message);
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
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync', 'state', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind', NEW.`kind`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind__new', CAST(NEW.`kind__new` AS CHAR)), forgelua_message);
    END IF;
  END IF;
  IF NEW.`seen` IS NULL THEN
    SET NEW.`seen` = (SELECT CAST(CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END AS DATE) FROM (SELECT NEW.`active` AS `active`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`seen` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync', 'seen', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind', NEW.`kind`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind__new', CAST(NEW.`kind__new` AS CHAR)), forgelua_message);
    END IF;
  END IF;
  IF NEW.`number` IS NULL THEN
    SET NEW.`number` = (SELECT substr(code, 2) FROM (SELECT NEW.`code` AS `code`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`number` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync', 'number', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind', NEW.`kind`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind__new', CAST(NEW.`kind__new` AS CHAR)), forgelua_message);
    END IF;
  END IF;
  IF NEW.`marked` IS NULL THEN
    SET NEW.`marked` = (SELECT CASE WHEN kind = 'a' THEN 1 ELSE 0 END FROM (SELECT NEW.`kind` AS `kind`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`marked` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('r__sync', 'marked', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'active', NEW.`active`, 'code', NEW.`code`, 'kind', NEW.`kind`, 'state', CAST(NEW.`state` AS CHAR), 'seen', NEW.`seen`, 'number', NEW.`number`, 'marked', NEW.`marked`, 'kind__new', CAST(NEW.`kind__new` AS CHAR)), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 3 of 21: done' AS `forgelua`;
-- Application: From here the new application may write state, seen, number, marked itself; what it writes stands.

-- ============================================================================
-- Step 4 of 21, migrate: Backfill state of r
--   Id:           r.state/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; triggers of the application's own fire for every row
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, own values
-- ============================================================================
SELECT 'step 4 of 21: Backfill state of r' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('r.state/migrate/backfill', 'r', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_l1 bigint;
  DECLARE forgelua_s1 bigint;
  DECLARE forgelua_e1 bigint;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'r.state/migrate/backfill';
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
      UPDATE `r` SET `state` = CASE WHEN active THEN 'on' ELSE 'off' END WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND (`state` IS NULL);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'r.state/migrate/backfill';
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
              SELECT 'r.state/migrate/backfill', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'active', `active`, 'code', `code`, 'kind', `kind`, 'state', CAST(`state` AS CHAR), 'seen', `seen`, 'number', `number`, 'marked', `marked`, 'kind__new', CAST(`kind__new` AS CHAR)), forgelua_message FROM `r` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `r` SET `state` = CASE WHEN active THEN 'on' ELSE 'off' END WHERE `id` = forgelua_s1 AND (`state` IS NULL);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'r.state/migrate/backfill';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `r` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'r.state/migrate/backfill';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 4 of 21: done' AS `forgelua`;
-- Check: no row of r has NULL in state. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `r` WHERE `state` IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of r has NULL in state')), '0', @forgelua_actual);

-- ============================================================================
-- Step 5 of 21, migrate: Backfill seen of r
--   Id:           r.seen/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; triggers of the application's own fire for every row
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, own values
-- ============================================================================
SELECT 'step 5 of 21: Backfill seen of r' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('r.seen/migrate/backfill', 'r', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_l1 bigint;
  DECLARE forgelua_s1 bigint;
  DECLARE forgelua_e1 bigint;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'r.seen/migrate/backfill';
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
      UPDATE `r` SET `seen` = CAST(CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END AS DATE) WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND (`seen` IS NULL);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'r.seen/migrate/backfill';
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
              SELECT 'r.seen/migrate/backfill', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'active', `active`, 'code', `code`, 'kind', `kind`, 'state', CAST(`state` AS CHAR), 'seen', `seen`, 'number', `number`, 'marked', `marked`, 'kind__new', CAST(`kind__new` AS CHAR)), forgelua_message FROM `r` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `r` SET `seen` = CAST(CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END AS DATE) WHERE `id` = forgelua_s1 AND (`seen` IS NULL);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'r.seen/migrate/backfill';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `r` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'r.seen/migrate/backfill';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 5 of 21: done' AS `forgelua`;

-- ============================================================================
-- Step 6 of 21, migrate: Backfill number of r
--   Id:           r.number/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; triggers of the application's own fire for every row
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, own values
-- ============================================================================
SELECT 'step 6 of 21: Backfill number of r' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('r.number/migrate/backfill', 'r', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_l1 bigint;
  DECLARE forgelua_s1 bigint;
  DECLARE forgelua_e1 bigint;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'r.number/migrate/backfill';
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
      UPDATE `r` SET `number` = substr(code, 2) WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND (`number` IS NULL);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'r.number/migrate/backfill';
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
              SELECT 'r.number/migrate/backfill', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'active', `active`, 'code', `code`, 'kind', `kind`, 'state', CAST(`state` AS CHAR), 'seen', `seen`, 'number', `number`, 'marked', `marked`, 'kind__new', CAST(`kind__new` AS CHAR)), forgelua_message FROM `r` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `r` SET `number` = substr(code, 2) WHERE `id` = forgelua_s1 AND (`number` IS NULL);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'r.number/migrate/backfill';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `r` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'r.number/migrate/backfill';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 6 of 21: done' AS `forgelua`;

-- ============================================================================
-- Step 7 of 21, migrate: Backfill marked of r
--   Id:           r.marked/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; triggers of the application's own fire for every row
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, own values
-- ============================================================================
SELECT 'step 7 of 21: Backfill marked of r' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('r.marked/migrate/backfill', 'r', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_l1 bigint;
  DECLARE forgelua_s1 bigint;
  DECLARE forgelua_e1 bigint;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'r.marked/migrate/backfill';
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
      UPDATE `r` SET `marked` = CASE WHEN kind = 'a' THEN 1 ELSE 0 END WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND (`marked` IS NULL);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'r.marked/migrate/backfill';
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
              SELECT 'r.marked/migrate/backfill', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'active', `active`, 'code', `code`, 'kind', `kind`, 'state', CAST(`state` AS CHAR), 'seen', `seen`, 'number', `number`, 'marked', `marked`, 'kind__new', CAST(`kind__new` AS CHAR)), forgelua_message FROM `r` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `r` SET `marked` = CASE WHEN kind = 'a' THEN 1 ELSE 0 END WHERE `id` = forgelua_s1 AND (`marked` IS NULL);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'r.marked/migrate/backfill';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `r` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'r.marked/migrate/backfill';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 7 of 21: done' AS `forgelua`;

-- ============================================================================
-- Step 8 of 21, migrate: Keep kind and kind__new of r equal
--   Id:           r.kind/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
SELECT 'step 8 of 21: Keep kind and kind__new of r equal' AS `forgelua`;
-- Check: every row of r gives kind a value. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `r` WHERE (CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END) IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row of r gives kind a value')), '0', @forgelua_actual);
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
SELECT 'step 8 of 21: done' AS `forgelua`;

-- ============================================================================
-- Step 9 of 21, migrate: Convert kind of r into kind__new
--   Id:           r.kind/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; triggers of the application's own fire for every row
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
SELECT 'step 9 of 21: Convert kind of r into kind__new' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('r.kind/migrate/backfill', 'r', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_l1 bigint;
  DECLARE forgelua_s1 bigint;
  DECLARE forgelua_e1 bigint;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'r.kind/migrate/backfill';
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
      UPDATE `r` SET `kind__new` = CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND (`kind__new` IS NULL);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'r.kind/migrate/backfill';
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
              SELECT 'r.kind/migrate/backfill', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'active', `active`, 'code', `code`, 'kind', `kind`, 'state', CAST(`state` AS CHAR), 'seen', `seen`, 'number', `number`, 'marked', `marked`, 'kind__new', CAST(`kind__new` AS CHAR)), forgelua_message FROM `r` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `r` SET `kind__new` = CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END WHERE `id` = forgelua_s1 AND (`kind__new` IS NULL);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'r.kind/migrate/backfill';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `r` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'r.kind/migrate/backfill';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 9 of 21: done' AS `forgelua`;
-- Check: every row holds the converted value. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `r` WHERE (CASE WHEN (`kind__new`) = (CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END) OR ((`kind__new`) IS NULL AND (CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END) IS NULL) THEN 0 ELSE 1 END = 1)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row holds the converted value')), '0', @forgelua_actual);

-- ============================================================================
-- Step 10 of 21, switch: Let the new kind of r take over
--   Id:           r.kind/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table; creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; writes of values that the new type of r.kind cannot hold fail from here; both applications find the column under its name; a row that the deployed application inserts without a value for r.kind gets the new column's default until contract, not what its NULL is converted to
--   Way back:     yes, nothing is lost
--   Hazards:      swap, default for unset
-- ============================================================================
SELECT 'step 10 of 21: Let the new kind of r take over' AS `forgelua`;
-- Check: step 9 has come to its end: Convert kind of r into kind__new. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'r.kind/migrate/backfill' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 9 has come to its end: Convert kind of r into kind__new')), '1', @forgelua_actual);
-- Check: no value of r stands in forgelua_sync_errors (mend it in r, then delete it from the log). Expects 0.
SELECT CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'r__sync_2' AND column_name IN ('kind__new')) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no value of r stands in forgelua_sync_errors (mend it in r, then delete it from the log)')), '0', @forgelua_actual);
-- Check: step 7 has come to its end: Backfill marked of r. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'r.marked/migrate/backfill' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 7 has come to its end: Backfill marked of r')), '1', @forgelua_actual);
-- Check: step 6 has come to its end: Backfill number of r. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'r.number/migrate/backfill' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 6 has come to its end: Backfill number of r')), '1', @forgelua_actual);
-- Check: step 5 has come to its end: Backfill seen of r. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'r.seen/migrate/backfill' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 5 has come to its end: Backfill seen of r')), '1', @forgelua_actual);
-- Check: step 4 has come to its end: Backfill state of r. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'r.state/migrate/backfill' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 4 has come to its end: Backfill state of r')), '1', @forgelua_actual);
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
  RENAME COLUMN `kind` TO `kind__old`,
  CHANGE COLUMN `kind__new` `kind` enum('a','b','other') NULL DEFAULT 'other',
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
UNLOCK TABLES;
SELECT 'step 10 of 21: done' AS `forgelua`;
-- Application: Deploy the application that uses kind as the new schema has it.

-- ============================================================================
-- Step 11 of 21, switch: Finish r.seen
--   Id:           r.seen/switch/not-null
--   Why:          every row has a value by now; from here the schema says so
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 11 of 21: Finish r.seen' AS `forgelua`;
ALTER TABLE `r`
  ALTER COLUMN `seen` SET VISIBLE,
  ALGORITHM=INSTANT;
SELECT 'step 11 of 21: done' AS `forgelua`;

-- ============================================================================
-- Step 12 of 21, switch: Finish r.number
--   Id:           r.number/switch/not-null
--   Why:          every row has a value by now; from here the schema says so
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 12 of 21: Finish r.number' AS `forgelua`;
ALTER TABLE `r`
  ALTER COLUMN `number` SET VISIBLE,
  ALGORITHM=INSTANT;
SELECT 'step 12 of 21: done' AS `forgelua`;

-- ============================================================================
-- Step 13 of 21, switch: Finish r.marked
--   Id:           r.marked/switch/not-null
--   Why:          every row has a value by now; from here the schema says so
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 13 of 21: Finish r.marked' AS `forgelua`;
ALTER TABLE `r`
  ALTER COLUMN `marked` SET VISIBLE,
  ALGORITHM=INSTANT;
SELECT 'step 13 of 21: done' AS `forgelua`;

-- ============================================================================
-- Step 14 of 21, switch: Make r.state NOT NULL
--   Id:           r.state/switch/not-null
--   Why:          every row has a value by now; from here the schema says so
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for as long as the step runs (unknown), ALGORITHM=INPLACE, rewrites the table
--   Note:         an exclusive metadata lock for an instant at the start and the end; a replica replays it in one piece and lags for as long
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 14 of 21: Make r.state NOT NULL' AS `forgelua`;
-- Check: no row of r has NULL in state. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `r` WHERE `state` IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of r has NULL in state')), '0', @forgelua_actual);
ALTER TABLE `r`
  MODIFY COLUMN `state` enum('on','off') NOT NULL,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 14 of 21: done' AS `forgelua`;

-- ============================================================================
-- Step 15 of 21, contract: Set the default of r.state
--   Id:           r.state/contract/default
--   Why:          until now rows that left it out were filled from their other columns
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old works, new works; INSERTs that leave the column out get the default
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 15 of 21: Set the default of r.state' AS `forgelua`;
ALTER TABLE `r`
  MODIFY COLUMN `state` enum('on','off') NOT NULL DEFAULT 'off',
  ALGORITHM=INSTANT;
SELECT 'step 15 of 21: done' AS `forgelua`;

-- ============================================================================
-- Step 16 of 21, contract: Drop the trigger that filled state, seen, number, marked of r
--   Id:           r.state/contract/stop-filling
--   Why:          every application writes the column by itself now
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; rows of an application that leaves the column out are no longer filled
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 16 of 21: Drop the trigger that filled state, seen, number, marked of r' AS `forgelua`;
-- Check: no row of r has NULL in state. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `r` WHERE `state` IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of r has NULL in state')), '0', @forgelua_actual);
DROP TRIGGER IF EXISTS `r__sync_i`;
DROP TRIGGER IF EXISTS `r__sync_u`;
SELECT 'step 16 of 21: done' AS `forgelua`;
-- Application: Check that every deployed version writes state, seen, number, marked.

-- ============================================================================
-- Step 17 of 21, contract: From here the way back computes kind__old of r again
--   Id:           r.kind/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 17 of 21: From here the way back computes kind__old of r again' AS `forgelua`;
-- Check: no row of r has NULL in kind. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `r` WHERE `kind` IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of r has NULL in kind')), '0', @forgelua_actual);
-- Nothing to run in the database.
SELECT 'step 17 of 21: done' AS `forgelua`;

-- ============================================================================
-- Step 18 of 21, contract: Stop keeping kind__old and kind of r equal
--   Id:           r.kind/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table
--   Estimate:     under 1 s
--   Applications: old works, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 18 of 21: Stop keeping kind__old and kind of r equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `r__sync_2_i`;
DROP TRIGGER IF EXISTS `r__sync_2_u`;
SELECT 'step 18 of 21: done' AS `forgelua`;

-- ============================================================================
-- Step 19 of 21, contract: Drop the old column kind__old of r
--   Id:           r.kind/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old works, new works; the column's name stays
--   Way back:     loses values of kind that do not come back from kind unchanged
--   Hazards:      drop
-- ============================================================================
SELECT 'step 19 of 21: Drop the old column kind__old of r' AS `forgelua`;
ALTER TABLE `r`
  DROP COLUMN `kind__old`,
  ALGORITHM=INSTANT;
SELECT 'step 19 of 21: done' AS `forgelua`;
-- Application: Check that no application, report or job names kind__old any more.

-- ============================================================================
-- Step 20 of 21, contract: Make r.kind NOT NULL
--   Id:           r.kind/contract/not-null
--   Why:          every row has a value by now; from here the schema says so
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for as long as the step runs (unknown), ALGORITHM=INPLACE, rewrites the table
--   Note:         an exclusive metadata lock for an instant at the start and the end; a replica replays it in one piece and lags for as long
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 20 of 21: Make r.kind NOT NULL' AS `forgelua`;
-- Check: no row of r has NULL in kind. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `r` WHERE `kind` IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of r has NULL in kind')), '0', @forgelua_actual);
ALTER TABLE `r`
  MODIFY COLUMN `kind` enum('a','b','other') NOT NULL DEFAULT 'other',
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 20 of 21: done' AS `forgelua`;

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
