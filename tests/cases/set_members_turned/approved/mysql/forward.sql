-- Forward, every phase of migration set_members_turned
-- The members of a SET stand in another order, beside a second column and in a copy; a text becomes a SET
-- mysql 8.4; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: mysql --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 12 is destructive — flags, words__old of t as the old schema held it

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
-- Check: step 1 must not be done at this point: Add marks, words__new beside flags, words in t. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' AND COLUMN_NAME = 'marks') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 1 must not be done at this point: Add marks, words__new beside flags, words in t')), '0', @forgelua_actual);
-- Check: step 3 must not be done at this point: Allow NULL in t.flags for as long as both columns live. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' AND COLUMN_NAME = 'flags') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' AND COLUMN_NAME = 'flags' AND IS_NULLABLE = 'YES') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 3 must not be done at this point: Allow NULL in t.flags for as long as both columns live')), '0', @forgelua_actual);
-- Check: the whole plan must not be done at this point: alter_column t.marks. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' AND COLUMN_NAME = 'marks') AND NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' AND COLUMN_NAME = 'flags') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' AND COLUMN_NAME = 'marks' AND COLUMN_TYPE = 'set(''z'',''y'',''x'')') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must not be done at this point: alter_column t.marks')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 17, expand: Add marks, words__new beside flags, words in t
--   Id:           t.marks/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column, unless it is invisible, as here
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
SELECT 'step 1 of 17: Add marks, words__new beside flags, words in t' AS `forgelua`;
ALTER TABLE `t`
  ADD COLUMN `marks` set('z','y','x') NULL INVISIBLE,
  ADD COLUMN `words__new` set('it''s','y','x') NULL INVISIBLE AFTER `words`,
  ALGORITHM=INSTANT;
SELECT 'step 1 of 17: done' AS `forgelua`;

-- ============================================================================
-- Step 2 of 17, expand: Create u__new in the new shape of u
--   Id:           u/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 2 of 17: Create u__new in the new shape of u' AS `forgelua`;
-- Check: no trigger, policy, rule or statistics object of u that this plan does not know: a copy would lose it. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE = 'u' AND TRIGGER_NAME NOT LIKE '%\_\_sync%') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no trigger, policy, rule or statistics object of u that this plan does not know: a copy would lose it')), '0', @forgelua_actual);
CREATE TABLE `u__new` (
  `id` bigint NOT NULL,
  `flags` set('y','x') NULL,
  PRIMARY KEY (`id`)
);
SELECT 'step 2 of 17: done' AS `forgelua`;

-- ============================================================================
-- Step 3 of 17, migrate: Allow NULL in t.flags for as long as both columns live
--   Id:           t.flags/migrate/relax
--   Why:          a value of the new column that the old one cannot hold is left out there, never refused
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for as long as the step runs (unknown), ALGORITHM=INPLACE, rewrites the table
--   Note:         an exclusive metadata lock for an instant at the start and the end; a replica replays it in one piece and lags for as long
--   Estimate:     unknown
--   Applications: old works, new works; the deployed application may read NULL where the new one wrote what it cannot hold
--   Way back:     loses values of marks that flags cannot hold: they come back as 'x', and are named in forgelua_sync_errors
-- ============================================================================
SELECT 'step 3 of 17: Allow NULL in t.flags for as long as both columns live' AS `forgelua`;
ALTER TABLE `t`
  MODIFY COLUMN `flags` set('x','y') NULL,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 3 of 17: done' AS `forgelua`;

-- ============================================================================
-- Step 4 of 17, migrate: Keep flags, words and marks, words__new of t equal
--   Id:           t.marks/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
SELECT 'step 4 of 17: Keep flags, words and marks, words__new of t equal' AS `forgelua`;
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
    IF @forgelua_backfill = 1 THEN SET NEW.`flags` = OLD.`flags`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`marks` = OLD.`marks`; END IF;
    IF @forgelua_backfill = 1 THEN SET NEW.`words` = OLD.`words`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`words__new` = OLD.`words__new`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (CAST(NEW.`flags` AS BINARY) <=> CAST(OLD.`flags` AS BINARY)) THEN
    SET NEW.`marks` = (SELECT CASE WHEN `flags` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('y', `flags`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `flags`) > 0 THEN 'x' END) END FROM (SELECT NEW.`flags` AS `flags`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`marks` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'marks', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'flags', CAST(NEW.`flags` AS CHAR), 'words', NEW.`words`, 'marks', CAST(NEW.`marks` AS CHAR), 'words__new', CAST(NEW.`words__new` AS CHAR)), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`marks` AS BINARY) <=> CAST(OLD.`marks` AS BINARY)) THEN
    SET NEW.`flags` = (SELECT CASE WHEN `marks` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('x', `marks`) > 0 THEN 'x' END, CASE WHEN FIND_IN_SET('y', `marks`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('z', `marks`) > 0 THEN 'z' END) END FROM (SELECT NEW.`marks` AS `marks`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`flags` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'flags', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'flags', CAST(NEW.`flags` AS CHAR), 'words', NEW.`words`, 'marks', CAST(NEW.`marks` AS CHAR), 'words__new', CAST(NEW.`words__new` AS CHAR)), forgelua_message);
    END IF;
  END IF;
  IF NOT (CAST(NEW.`words` AS BINARY) <=> CAST(OLD.`words` AS BINARY)) THEN
    SET NEW.`words__new` = (SELECT CASE WHEN CHAR_LENGTH(CONCAT_WS(',', CASE WHEN FIND_IN_SET('it''s', `words`) > 0 THEN 'it''s' END, CASE WHEN FIND_IN_SET('y', `words`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `words`) > 0 THEN 'x' END)) = CHAR_LENGTH(`words`) THEN CONCAT_WS(',', CASE WHEN FIND_IN_SET('it''s', `words`) > 0 THEN 'it''s' END, CASE WHEN FIND_IN_SET('y', `words`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `words`) > 0 THEN 'x' END) ELSE `words` END FROM (SELECT NEW.`words` AS `words`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`words__new` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'words__new', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'flags', CAST(NEW.`flags` AS CHAR), 'words', NEW.`words`, 'marks', CAST(NEW.`marks` AS CHAR), 'words__new', CAST(NEW.`words__new` AS CHAR)), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`words__new` AS BINARY) <=> CAST(OLD.`words__new` AS BINARY)) THEN
    SET NEW.`words` = (SELECT CAST(words__new AS CHAR) FROM (SELECT NEW.`words__new` AS `words__new`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`words` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'words', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'flags', CAST(NEW.`flags` AS CHAR), 'words', NEW.`words`, 'marks', CAST(NEW.`marks` AS CHAR), 'words__new', CAST(NEW.`words__new` AS CHAR)), forgelua_message);
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
  IF NEW.`marks` IS NOT NULL THEN
    SET NEW.`flags` = (SELECT CASE WHEN `marks` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('x', `marks`) > 0 THEN 'x' END, CASE WHEN FIND_IN_SET('y', `marks`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('z', `marks`) > 0 THEN 'z' END) END FROM (SELECT NEW.`marks` AS `marks`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`flags` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'flags', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'flags', CAST(NEW.`flags` AS CHAR), 'words', NEW.`words`, 'marks', CAST(NEW.`marks` AS CHAR), 'words__new', CAST(NEW.`words__new` AS CHAR)), forgelua_message);
    END IF;
  ELSE
    SET NEW.`marks` = (SELECT CASE WHEN `flags` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('y', `flags`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `flags`) > 0 THEN 'x' END) END FROM (SELECT NEW.`flags` AS `flags`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`marks` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'marks', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'flags', CAST(NEW.`flags` AS CHAR), 'words', NEW.`words`, 'marks', CAST(NEW.`marks` AS CHAR), 'words__new', CAST(NEW.`words__new` AS CHAR)), forgelua_message);
    END IF;
  END IF;
  IF NEW.`words__new` IS NOT NULL THEN
    SET NEW.`words` = (SELECT CAST(words__new AS CHAR) FROM (SELECT NEW.`words__new` AS `words__new`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`words` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'words', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'flags', CAST(NEW.`flags` AS CHAR), 'words', NEW.`words`, 'marks', CAST(NEW.`marks` AS CHAR), 'words__new', CAST(NEW.`words__new` AS CHAR)), forgelua_message);
    END IF;
  ELSE
    SET NEW.`words__new` = (SELECT CASE WHEN CHAR_LENGTH(CONCAT_WS(',', CASE WHEN FIND_IN_SET('it''s', `words`) > 0 THEN 'it''s' END, CASE WHEN FIND_IN_SET('y', `words`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `words`) > 0 THEN 'x' END)) = CHAR_LENGTH(`words`) THEN CONCAT_WS(',', CASE WHEN FIND_IN_SET('it''s', `words`) > 0 THEN 'it''s' END, CASE WHEN FIND_IN_SET('y', `words`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `words`) > 0 THEN 'x' END) ELSE `words` END FROM (SELECT NEW.`words` AS `words`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`words__new` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'words__new', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'flags', CAST(NEW.`flags` AS CHAR), 'words', NEW.`words`, 'marks', CAST(NEW.`marks` AS CHAR), 'words__new', CAST(NEW.`words__new` AS CHAR)), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 4 of 17: done' AS `forgelua`;
-- Application: From here the new application may read and write marks once the backfill is done.

-- ============================================================================
-- Step 5 of 17, migrate: Convert flags, words of t into marks, words__new
--   Id:           t.marks/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; triggers of the application's own fire for every row
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
SELECT 'step 5 of 17: Convert flags, words of t into marks, words__new' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('t.marks/migrate/backfill', 't', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 't.marks/migrate/backfill';
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
      UPDATE `t` SET `marks` = CASE WHEN `flags` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('y', `flags`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `flags`) > 0 THEN 'x' END) END, `words__new` = CASE WHEN CHAR_LENGTH(CONCAT_WS(',', CASE WHEN FIND_IN_SET('it''s', `words`) > 0 THEN 'it''s' END, CASE WHEN FIND_IN_SET('y', `words`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `words`) > 0 THEN 'x' END)) = CHAR_LENGTH(`words`) THEN CONCAT_WS(',', CASE WHEN FIND_IN_SET('it''s', `words`) > 0 THEN 'it''s' END, CASE WHEN FIND_IN_SET('y', `words`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `words`) > 0 THEN 'x' END) ELSE `words` END WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND (`marks` IS NULL OR `words__new` IS NULL);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 't.marks/migrate/backfill';
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
              SELECT 't.marks/migrate/backfill', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'flags', CAST(`flags` AS CHAR), 'words', `words`, 'marks', CAST(`marks` AS CHAR), 'words__new', CAST(`words__new` AS CHAR)), forgelua_message FROM `t` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `t` SET `marks` = CASE WHEN `flags` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('y', `flags`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `flags`) > 0 THEN 'x' END) END, `words__new` = CASE WHEN CHAR_LENGTH(CONCAT_WS(',', CASE WHEN FIND_IN_SET('it''s', `words`) > 0 THEN 'it''s' END, CASE WHEN FIND_IN_SET('y', `words`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `words`) > 0 THEN 'x' END)) = CHAR_LENGTH(`words`) THEN CONCAT_WS(',', CASE WHEN FIND_IN_SET('it''s', `words`) > 0 THEN 'it''s' END, CASE WHEN FIND_IN_SET('y', `words`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `words`) > 0 THEN 'x' END) ELSE `words` END WHERE `id` = forgelua_s1 AND (`marks` IS NULL OR `words__new` IS NULL);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 't.marks/migrate/backfill';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `t` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 't.marks/migrate/backfill';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 5 of 17: done' AS `forgelua`;
-- Check: every row holds the converted value. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `t` WHERE (CASE WHEN (`marks`) = (CASE WHEN `flags` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('y', `flags`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `flags`) > 0 THEN 'x' END) END) OR ((`marks`) IS NULL AND (CASE WHEN `flags` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('y', `flags`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `flags`) > 0 THEN 'x' END) END) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (`words__new`) = (CASE WHEN CHAR_LENGTH(CONCAT_WS(',', CASE WHEN FIND_IN_SET('it''s', `words`) > 0 THEN 'it''s' END, CASE WHEN FIND_IN_SET('y', `words`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `words`) > 0 THEN 'x' END)) = CHAR_LENGTH(`words`) THEN CONCAT_WS(',', CASE WHEN FIND_IN_SET('it''s', `words`) > 0 THEN 'it''s' END, CASE WHEN FIND_IN_SET('y', `words`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `words`) > 0 THEN 'x' END) ELSE `words` END) OR ((`words__new`) IS NULL AND (CASE WHEN CHAR_LENGTH(CONCAT_WS(',', CASE WHEN FIND_IN_SET('it''s', `words`) > 0 THEN 'it''s' END, CASE WHEN FIND_IN_SET('y', `words`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `words`) > 0 THEN 'x' END)) = CHAR_LENGTH(`words`) THEN CONCAT_WS(',', CASE WHEN FIND_IN_SET('it''s', `words`) > 0 THEN 'it''s' END, CASE WHEN FIND_IN_SET('y', `words`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `words`) > 0 THEN 'x' END) ELSE `words` END) IS NULL) THEN 0 ELSE 1 END = 1)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row holds the converted value')), '0', @forgelua_actual);

-- ============================================================================
-- Step 6 of 17, migrate: Repeat every write to u on u__new
--   Id:           u/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Also locks:   u__new
--   Note:         creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
SELECT 'step 6 of 17: Repeat every write to u on u__new' AS `forgelua`;
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
CREATE TRIGGER `u__sync_a7a2_d` AFTER DELETE ON `u` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  DELETE FROM `u__new` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('u__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'flags', CAST(OLD.`flags` AS CHAR)), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `u__sync_a7a2_u` AFTER UPDATE ON `u` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_kept2 set('y','x') DEFAULT NULL;
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NOT (CAST(NEW.`flags` AS BINARY) <=> CAST(OLD.`flags` AS BINARY)) OR NOT EXISTS (SELECT 1 FROM `u__new` WHERE `id` = OLD.`id`) THEN
    SET forgelua_kept2 = (SELECT CASE WHEN `flags` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('y', `flags`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `flags`) > 0 THEN 'x' END) END FROM (SELECT NEW.`flags` AS `flags`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE, forgelua_kept2 = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('u__sync', 'flags', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'flags', CAST(NEW.`flags` AS CHAR)), forgelua_message);
    END IF;
  ELSE
    SET forgelua_kept2 = (SELECT `flags` FROM `u__new` WHERE `id` = OLD.`id`);
  END IF;
  IF NOT (OLD.`id` <=> NEW.`id`) THEN
    UPDATE `u__new` SET `id` = NEW.`id`, `flags` = forgelua_kept2 WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `u__new` (`id`, `flags`) VALUES (NEW.`id`, forgelua_kept2);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `u__new` SET `id` = NEW.`id`, `flags` = forgelua_kept2 WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `u__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('u__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'flags', CAST(NEW.`flags` AS CHAR)), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `u__sync_a7a2_i` AFTER INSERT ON `u` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `u__new` (`id`, `flags`) VALUES (NEW.`id`, (SELECT CASE WHEN `flags` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('y', `flags`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `flags`) > 0 THEN 'x' END) END FROM (SELECT NEW.`flags` AS `flags`) AS forgelua_row));
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `u__new` SET `id` = NEW.`id`, `flags` = (SELECT CASE WHEN `flags` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('y', `flags`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `flags`) > 0 THEN 'x' END) END FROM (SELECT NEW.`flags` AS `flags`) AS forgelua_row) WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `u__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('u__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'flags', CAST(NEW.`flags` AS CHAR)), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 6 of 17: done' AS `forgelua`;

-- ============================================================================
-- Step 7 of 17, migrate: Copy the rows of u into u__new
--   Id:           u/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; a transaction that updates several of them may meet a deadlock and must be ready to run again
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
SELECT 'step 7 of 17: Copy the rows of u into u__new' AS `forgelua`;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('u/migrate/copy', 'u', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
SET @forgelua_isolation = @@SESSION.transaction_isolation, SESSION transaction_isolation = 'READ-COMMITTED', @forgelua_backfill = 3;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'u/migrate/copy';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `u` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `u` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `u` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `u` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      INSERT INTO `u__new` (`id`, `flags`) SELECT `id`, CASE WHEN `flags` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('y', `flags`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `flags`) > 0 THEN 'x' END) END FROM `u` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `u__new` AS forgelua_t WHERE forgelua_t.`id` = `u`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'u/migrate/copy';
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
              SELECT 'u/migrate/copy', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'flags', CAST(`flags` AS CHAR)), forgelua_message FROM `u` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          INSERT INTO `u__new` (`id`, `flags`) SELECT `id`, CASE WHEN `flags` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('y', `flags`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `flags`) > 0 THEN 'x' END) END FROM `u` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `u__new` AS forgelua_t WHERE forgelua_t.`id` = `u`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'u/migrate/copy';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `u` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'u/migrate/copy';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'step 7 of 17: done' AS `forgelua`;
-- Check: every row has an equal one in the copy. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT `id` AS `id`, CASE WHEN `flags` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('y', `flags`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `flags`) > 0 THEN 'x' END) END AS `flags` FROM `u`) AS source WHERE NOT EXISTS (SELECT 1 FROM `u__new` AS copied WHERE copied.`id` = source.`id` AND (copied.`flags` = source.`flags` OR (copied.`flags` IS NULL AND source.`flags` IS NULL)))) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row has an equal one in the copy')), '0', @forgelua_actual);

-- ============================================================================
-- Step 8 of 17, switch: Let marks, words of t lead
--   Id:           t.marks/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table; creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; writes of values that the new type of t.words cannot hold fail from here; both applications run: flags, words is kept equal until contract
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
SELECT 'step 8 of 17: Let marks, words of t lead' AS `forgelua`;
-- Check: step 5 has come to its end: Convert flags, words of t into marks, words__new. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 't.marks/migrate/backfill' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 5 has come to its end: Convert flags, words of t into marks, words__new')), '1', @forgelua_actual);
-- Check: no value of t stands in forgelua_sync_errors (mend it in t, then delete it from the log). Expects 0.
SELECT CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 't__sync' AND column_name IN ('marks', 'words__new')) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no value of t stands in forgelua_sync_errors (mend it in t, then delete it from the log)')), '0', @forgelua_actual);
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
  RENAME COLUMN `words` TO `words__old`,
  ALTER COLUMN `marks` SET VISIBLE,
  CHANGE COLUMN `words__new` `words` set('it''s','y','x') NULL,
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
    IF @forgelua_backfill = 1 THEN SET NEW.`flags` = OLD.`flags`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`marks` = OLD.`marks`; END IF;
    IF @forgelua_backfill = 1 THEN SET NEW.`words__old` = OLD.`words__old`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`words` = OLD.`words`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (CAST(NEW.`marks` AS BINARY) <=> CAST(OLD.`marks` AS BINARY)) THEN
    SET NEW.`flags` = (SELECT CASE WHEN `marks` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('x', `marks`) > 0 THEN 'x' END, CASE WHEN FIND_IN_SET('y', `marks`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('z', `marks`) > 0 THEN 'z' END) END FROM (SELECT NEW.`marks` AS `marks`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`flags` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'flags', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'flags', CAST(NEW.`flags` AS CHAR), 'words__old', NEW.`words__old`, 'marks', CAST(NEW.`marks` AS CHAR), 'words', CAST(NEW.`words` AS CHAR)), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`flags` AS BINARY) <=> CAST(OLD.`flags` AS BINARY)) THEN
    SET NEW.`marks` = (SELECT CASE WHEN `flags` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('y', `flags`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `flags`) > 0 THEN 'x' END) END FROM (SELECT NEW.`flags` AS `flags`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`marks` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'marks', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'flags', CAST(NEW.`flags` AS CHAR), 'words__old', NEW.`words__old`, 'marks', CAST(NEW.`marks` AS CHAR), 'words', CAST(NEW.`words` AS CHAR)), forgelua_message);
    END IF;
  END IF;
  IF NOT (CAST(NEW.`words` AS BINARY) <=> CAST(OLD.`words` AS BINARY)) THEN
    SET NEW.`words__old` = (SELECT CAST(`words` AS CHAR) FROM (SELECT NEW.`words` AS `words`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`words__old` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'words__old', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'flags', CAST(NEW.`flags` AS CHAR), 'words__old', NEW.`words__old`, 'marks', CAST(NEW.`marks` AS CHAR), 'words', CAST(NEW.`words` AS CHAR)), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`words__old` AS BINARY) <=> CAST(OLD.`words__old` AS BINARY)) THEN
    SET NEW.`words` = (SELECT CASE WHEN CHAR_LENGTH(CONCAT_WS(',', CASE WHEN FIND_IN_SET('it''s', words__old) > 0 THEN 'it''s' END, CASE WHEN FIND_IN_SET('y', words__old) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', words__old) > 0 THEN 'x' END)) = CHAR_LENGTH(words__old) THEN CONCAT_WS(',', CASE WHEN FIND_IN_SET('it''s', words__old) > 0 THEN 'it''s' END, CASE WHEN FIND_IN_SET('y', words__old) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', words__old) > 0 THEN 'x' END) ELSE words__old END FROM (SELECT NEW.`words__old` AS `words__old`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`words` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'words', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'flags', CAST(NEW.`flags` AS CHAR), 'words__old', NEW.`words__old`, 'marks', CAST(NEW.`marks` AS CHAR), 'words', CAST(NEW.`words` AS CHAR)), forgelua_message);
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
  IF NEW.`flags` IS NOT NULL THEN
    SET NEW.`marks` = (SELECT CASE WHEN `flags` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('y', `flags`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', `flags`) > 0 THEN 'x' END) END FROM (SELECT NEW.`flags` AS `flags`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`marks` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'marks', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'flags', CAST(NEW.`flags` AS CHAR), 'words__old', NEW.`words__old`, 'marks', CAST(NEW.`marks` AS CHAR), 'words', CAST(NEW.`words` AS CHAR)), forgelua_message);
    END IF;
  ELSE
    SET NEW.`flags` = (SELECT CASE WHEN `marks` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('x', `marks`) > 0 THEN 'x' END, CASE WHEN FIND_IN_SET('y', `marks`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('z', `marks`) > 0 THEN 'z' END) END FROM (SELECT NEW.`marks` AS `marks`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`flags` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'flags', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'flags', CAST(NEW.`flags` AS CHAR), 'words__old', NEW.`words__old`, 'marks', CAST(NEW.`marks` AS CHAR), 'words', CAST(NEW.`words` AS CHAR)), forgelua_message);
    END IF;
  END IF;
  IF NEW.`words__old` IS NOT NULL THEN
    SET NEW.`words` = (SELECT CASE WHEN CHAR_LENGTH(CONCAT_WS(',', CASE WHEN FIND_IN_SET('it''s', words__old) > 0 THEN 'it''s' END, CASE WHEN FIND_IN_SET('y', words__old) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', words__old) > 0 THEN 'x' END)) = CHAR_LENGTH(words__old) THEN CONCAT_WS(',', CASE WHEN FIND_IN_SET('it''s', words__old) > 0 THEN 'it''s' END, CASE WHEN FIND_IN_SET('y', words__old) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('x', words__old) > 0 THEN 'x' END) ELSE words__old END FROM (SELECT NEW.`words__old` AS `words__old`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`words` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'words', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'flags', CAST(NEW.`flags` AS CHAR), 'words__old', NEW.`words__old`, 'marks', CAST(NEW.`marks` AS CHAR), 'words', CAST(NEW.`words` AS CHAR)), forgelua_message);
    END IF;
  ELSE
    SET NEW.`words__old` = (SELECT CAST(`words` AS CHAR) FROM (SELECT NEW.`words` AS `words`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`words__old` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'words__old', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'flags', CAST(NEW.`flags` AS CHAR), 'words__old', NEW.`words__old`, 'marks', CAST(NEW.`marks` AS CHAR), 'words', CAST(NEW.`words` AS CHAR)), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
UNLOCK TABLES;
SELECT 'step 8 of 17: done' AS `forgelua`;
-- Application: Deploy the application that uses marks, words as the new schema has it.

-- ============================================================================
-- Step 9 of 17, switch: Swap the copy of u in
--   Id:           u/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Also locks:   u__old
--   Note:         creating and dropping a trigger waits for open transactions on the table; foreign keys of other tables and triggers follow the table; views keep naming the old name; creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name
--   Way back:     loses values of u that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
--   Hazards:      swap
-- ============================================================================
SELECT 'step 9 of 17: Swap the copy of u in' AS `forgelua`;
-- Check: step 7 has come to its end: Copy the rows of u into u__new. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'u/migrate/copy' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 7 has come to its end: Copy the rows of u into u__new')), '1', @forgelua_actual);
-- Check: no row of u stands in forgelua_sync_errors (mend it in u, then delete it from the log). Expects 0.
SELECT CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'u__sync') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of u stands in forgelua_sync_errors (mend it in u, then delete it from the log)')), '0', @forgelua_actual);
-- Check: every row of u__new is still in u (TRUNCATE fires no trigger). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `u__new` AS copied WHERE NOT EXISTS (SELECT 1 FROM `u` AS source WHERE source.`id` = copied.`id`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row of u__new is still in u (TRUNCATE fires no trigger)')), '0', @forgelua_actual);
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
CREATE TRIGGER `u__sync_acb7_d` AFTER DELETE ON `u__new` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  DELETE FROM `u__old` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('u__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'flags', CAST(OLD.`flags` AS CHAR)), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `u__sync_acb7_u` AFTER UPDATE ON `u__new` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_kept2 set('x','y') DEFAULT NULL;
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NOT (CAST(NEW.`flags` AS BINARY) <=> CAST(OLD.`flags` AS BINARY)) OR NOT EXISTS (SELECT 1 FROM `u__old` WHERE `id` = OLD.`id`) THEN
    SET forgelua_kept2 = (SELECT CASE WHEN `flags` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('x', `flags`) > 0 THEN 'x' END, CASE WHEN FIND_IN_SET('y', `flags`) > 0 THEN 'y' END) END FROM (SELECT NEW.`flags` AS `flags`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE, forgelua_kept2 = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('u__sync', 'flags', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'flags', CAST(NEW.`flags` AS CHAR)), forgelua_message);
    END IF;
  ELSE
    SET forgelua_kept2 = (SELECT `flags` FROM `u__old` WHERE `id` = OLD.`id`);
  END IF;
  IF NOT (OLD.`id` <=> NEW.`id`) THEN
    UPDATE `u__old` SET `id` = NEW.`id`, `flags` = forgelua_kept2 WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `u__old` (`id`, `flags`) VALUES (NEW.`id`, forgelua_kept2);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `u__old` SET `id` = NEW.`id`, `flags` = forgelua_kept2 WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `u__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('u__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'flags', CAST(NEW.`flags` AS CHAR)), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `u__sync_acb7_i` AFTER INSERT ON `u__new` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_held2 set('x','y') DEFAULT NULL;
  DECLARE forgelua_failed, forgelua_taken, forgelua_moved BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  DECLARE CONTINUE HANDLER FOR 1062
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_taken = TRUE;
  END;
  DECLARE EXIT HANDLER FOR 1146 BEGIN END;
  DECLARE EXIT HANDLER FOR 1451 RESIGNAL;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `u__old` (`id`, `flags`) VALUES (NEW.`id`, (SELECT CASE WHEN `flags` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('x', `flags`) > 0 THEN 'x' END, CASE WHEN FIND_IN_SET('y', `flags`) > 0 THEN 'y' END) END FROM (SELECT NEW.`flags` AS `flags`) AS forgelua_row));
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `u__old` SET `id` = NEW.`id`, `flags` = (SELECT CASE WHEN `flags` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('x', `flags`) > 0 THEN 'x' END, CASE WHEN FIND_IN_SET('y', `flags`) > 0 THEN 'y' END) END FROM (SELECT NEW.`flags` AS `flags`) AS forgelua_row) WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `u__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('u__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'flags', CAST(NEW.`flags` AS CHAR)), forgelua_message);
    SET forgelua_held2 = (SELECT CASE WHEN `flags` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('x', `flags`) > 0 THEN 'x' END, CASE WHEN FIND_IN_SET('y', `flags`) > 0 THEN 'y' END) END FROM (SELECT NEW.`flags` AS `flags`) AS forgelua_row);
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held2 = NULL; END IF;
    INSERT INTO `u__old` (`id`, `flags`) VALUES (NEW.`id`, forgelua_held2);
    IF forgelua_taken THEN
      UPDATE `u__old` SET `id` = NEW.`id`, `flags` = forgelua_held2 WHERE `id` = NEW.`id`;
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
RENAME TABLE `u` TO `u__old`, `u__new` TO `u`;
DROP TRIGGER IF EXISTS `u__sync_a7a2_i`;
DROP TRIGGER IF EXISTS `u__sync_a7a2_u`;
DROP TRIGGER IF EXISTS `u__sync_a7a2_d`;
SELECT 'step 9 of 17: done' AS `forgelua`;
-- Application: Deploy the application that uses u as the new schema has it.

-- ============================================================================
-- Step 10 of 17, contract: From here the way back computes flags, words__old of t again
--   Id:           t.marks/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 10 of 17: From here the way back computes flags, words__old of t again' AS `forgelua`;
-- Check: no row of t has NULL in marks. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `t` WHERE `marks` IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of t has NULL in marks')), '0', @forgelua_actual);
-- Nothing to run in the database.
SELECT 'step 10 of 17: done' AS `forgelua`;

-- ============================================================================
-- Step 11 of 17, contract: Stop keeping flags, words__old and marks, words of t equal
--   Id:           t.marks/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 11 of 17: Stop keeping flags, words__old and marks, words of t equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `t__sync_i`;
DROP TRIGGER IF EXISTS `t__sync_u`;
SELECT 'step 11 of 17: done' AS `forgelua`;

-- ============================================================================
-- Step 12 of 17, contract: Drop the old column flags, words__old of t
--   Id:           t.marks/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name flags, words fail from here
--   Way back:     loses values of flags that do not come back from marks unchanged; values of words that do not come back from words unchanged
--   Hazards:      drop
-- ============================================================================
SELECT 'step 12 of 17: Drop the old column flags, words__old of t' AS `forgelua`;
ALTER TABLE `t`
  DROP COLUMN `flags`,
  ALGORITHM=INSTANT;
ALTER TABLE `t`
  DROP COLUMN `words__old`,
  ALGORITHM=INSTANT;
SELECT 'step 12 of 17: done' AS `forgelua`;
-- Application: Check that no application, report or job names flags, words__old any more.

-- ============================================================================
-- Step 13 of 17, contract: Make t.marks NOT NULL
--   Id:           t.marks/contract/not-null
--   Why:          every row has a value by now; from here the schema says so
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for as long as the step runs (unknown), ALGORITHM=INPLACE, rewrites the table
--   Note:         an exclusive metadata lock for an instant at the start and the end; a replica replays it in one piece and lags for as long
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 13 of 17: Make t.marks NOT NULL' AS `forgelua`;
-- Check: no row of t has NULL in marks. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `t` WHERE `marks` IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of t has NULL in marks')), '0', @forgelua_actual);
ALTER TABLE `t`
  MODIFY COLUMN `marks` set('z','y','x') NOT NULL,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 13 of 17: done' AS `forgelua`;

-- ============================================================================
-- Step 14 of 17, contract: From here the way back copies u into u__old again
--   Id:           u/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 14 of 17: From here the way back copies u into u__old again' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 14 of 17: done' AS `forgelua`;

-- ============================================================================
-- Step 15 of 17, contract: Stop repeating writes to u on u__old
--   Id:           u/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 15 of 17: Stop repeating writes to u on u__old' AS `forgelua`;
DROP TRIGGER IF EXISTS `u__sync_acb7_i`;
DROP TRIGGER IF EXISTS `u__sync_acb7_u`;
DROP TRIGGER IF EXISTS `u__sync_acb7_d`;
SELECT 'step 15 of 17: done' AS `forgelua`;

-- ============================================================================
-- Step 16 of 17, contract: Drop u__old
--   Id:           u/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses values of u.flags that do not come back unchanged
--   Hazards:      drop
-- ============================================================================
SELECT 'step 16 of 17: Drop u__old' AS `forgelua`;
DROP TABLE `u__old`;
SELECT 'step 16 of 17: done' AS `forgelua`;

-- ============================================================================
-- Step 17 of 17, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 17 of 17: Remove the progress and error tables' AS `forgelua`;
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
SELECT 'step 17 of 17: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'forward: done' AS `forgelua`;
