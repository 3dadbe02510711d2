-- Forward, every phase of migration filled_from_renamed_key
-- New columns are computed from keys that get another name in place, their own table's and another one's
-- mysql 8.4; strategy expand_migrate_contract; risk high; forgelua 0.1.0
-- Run in this folder: mysql --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.

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
-- Check: step 1 must not be done at this point: Add twice, organisation to users, empty and not insisting. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users' AND COLUMN_NAME = 'twice') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 1 must not be done at this point: Add twice, organisation to users, empty and not insisting')), '0', @forgelua_actual);
-- Check: step 5 must not be done at this point: Rename accounts.id to account. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'accounts' AND COLUMN_NAME = 'account') AND NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'accounts' AND COLUMN_NAME = 'id') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 5 must not be done at this point: Rename accounts.id to account')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 10, expand: Add twice, organisation to users, empty and not insisting
--   Id:           users.twice/expand/add-column
--   Why:          adding it with its values would rewrite or lock the table; empty, it costs nothing
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
SELECT 'step 1 of 10: Add twice, organisation to users, empty and not insisting' AS `forgelua`;
ALTER TABLE `users`
  ADD COLUMN `twice` bigint NULL INVISIBLE,
  ADD COLUMN `organisation` varchar(40) NULL INVISIBLE,
  ALGORITHM=INSTANT;
SELECT 'step 1 of 10: done' AS `forgelua`;

-- ============================================================================
-- Step 2 of 10, migrate: Keep twice, organisation of users filled for new rows
--   Id:           users.twice/migrate/keep-filled
--   Why:          the deployed application does not write it; a trigger does, so that the backfill has an end
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger
-- ============================================================================
SELECT 'step 2 of 10: Keep twice, organisation of users filled for new rows' AS `forgelua`;
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
CREATE TRIGGER `users__sync_u` BEFORE UPDATE ON `users` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`twice` IS NULL THEN
    SET NEW.`twice` = (SELECT id * 2 FROM (SELECT NEW.`id` AS `id`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`twice` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'twice', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
    END IF;
  ELSEIF (NOT (NEW.`id` <=> OLD.`id`)) AND NOT (NOT (NEW.`twice` <=> OLD.`twice`)) THEN
    SET NEW.`twice` = (SELECT id * 2 FROM (SELECT OLD.`id` AS `id`) AS forgelua_row);
    IF forgelua_failed OR NOT (NEW.`twice` <=> OLD.`twice`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`twice` = OLD.`twice`;
    ELSE
      SET NEW.`twice` = (SELECT id * 2 FROM (SELECT NEW.`id` AS `id`) AS forgelua_row);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`twice` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'twice', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
      END IF;
    END IF;
  END IF;
  IF NEW.`organisation` IS NULL THEN
    SET NEW.`organisation` = (SELECT (SELECT a.organisation FROM accounts a WHERE a.id = users.account_id AND users.id > 0) FROM (SELECT NEW.`id` AS `id`, NEW.`account_id` AS `account_id`, NEW.`organisation` AS `organisation`) AS `users`);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`organisation` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'organisation', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
    END IF;
  ELSEIF (NOT (NEW.`id` <=> OLD.`id`) OR NOT (NEW.`account_id` <=> OLD.`account_id`)) AND NOT (NOT (CAST(NEW.`organisation` AS BINARY) <=> CAST(OLD.`organisation` AS BINARY))) THEN
    SET NEW.`organisation` = (SELECT (SELECT a.organisation FROM accounts a WHERE a.id = users.account_id AND users.id > 0) FROM (SELECT OLD.`id` AS `id`, OLD.`account_id` AS `account_id`, OLD.`organisation` AS `organisation`) AS `users`);
    IF forgelua_failed OR NOT (NEW.`organisation` <=> OLD.`organisation`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`organisation` = OLD.`organisation`;
    ELSE
      SET NEW.`organisation` = (SELECT (SELECT a.organisation FROM accounts a WHERE a.id = users.account_id AND users.id > 0) FROM (SELECT NEW.`id` AS `id`, NEW.`account_id` AS `account_id`, NEW.`organisation` AS `organisation`) AS `users`);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`organisation` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'organisation', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
      END IF;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `users__sync_i` BEFORE INSERT ON `users` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`twice` IS NULL THEN
    SET NEW.`twice` = (SELECT id * 2 FROM (SELECT NEW.`id` AS `id`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`twice` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'twice', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`organisation` IS NULL THEN
    SET NEW.`organisation` = (SELECT (SELECT a.organisation FROM accounts a WHERE a.id = users.account_id AND users.id > 0) FROM (SELECT NEW.`id` AS `id`, NEW.`account_id` AS `account_id`, NEW.`organisation` AS `organisation`) AS `users`);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`organisation` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'organisation', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 2 of 10: done' AS `forgelua`;
-- Application: From here the new application may write twice, organisation itself; what it writes stands.

-- ============================================================================
-- Step 3 of 10, migrate: Backfill twice of users
--   Id:           users.twice/migrate/backfill
--   Why:          11,004 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; triggers of the application's own fire for every row
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, own values
-- ============================================================================
SELECT 'step 3 of 10: Backfill twice of users' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('users.twice/migrate/backfill', 'users', 11004, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'users.twice/migrate/backfill';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `users` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `users` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(0.100); END IF;
    SELECT `id` INTO forgelua_e1 FROM `users` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 9999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `users` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `users` SET `twice` = id * 2 WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND (`twice` IS NULL);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'users.twice/migrate/backfill';
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
              SELECT 'users.twice/migrate/backfill', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'account_id', `account_id`, 'name', `name`, 'twice', `twice`, 'organisation', `organisation`), forgelua_message FROM `users` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `users` SET `twice` = id * 2 WHERE `id` = forgelua_s1 AND (`twice` IS NULL);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'users.twice/migrate/backfill';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `users` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'users.twice/migrate/backfill';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 3 of 10: done' AS `forgelua`;

-- ============================================================================
-- Step 4 of 10, migrate: Backfill organisation of users
--   Id:           users.organisation/migrate/backfill
--   Why:          11,004 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; triggers of the application's own fire for every row
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, own values, other source
-- ============================================================================
SELECT 'step 4 of 10: Backfill organisation of users' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('users.organisation/migrate/backfill', 'users', 11004, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'users.organisation/migrate/backfill';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `users` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `users` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(0.100); END IF;
    SELECT `id` INTO forgelua_e1 FROM `users` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 9999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `users` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `users` SET `organisation` = (SELECT a.organisation FROM accounts a WHERE a.id = users.account_id AND users.id > 0) WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND (`organisation` IS NULL);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'users.organisation/migrate/backfill';
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
              SELECT 'users.organisation/migrate/backfill', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'account_id', `account_id`, 'name', `name`, 'twice', `twice`, 'organisation', `organisation`), forgelua_message FROM `users` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `users` SET `organisation` = (SELECT a.organisation FROM accounts a WHERE a.id = users.account_id AND users.id > 0) WHERE `id` = forgelua_s1 AND (`organisation` IS NULL);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'users.organisation/migrate/backfill';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `users` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'users.organisation/migrate/backfill';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 4 of 10: done' AS `forgelua`;

-- ============================================================================
-- Step 5 of 10, switch: Rename accounts.id to account
--   Id:           accounts.id/switch/rename
--   Why:          metadata only; both names cannot be served at once this way
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table; an exclusive metadata lock for an instant at the start and the end; creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say id fail from here; those that say account failed until here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
SELECT 'step 5 of 10: Rename accounts.id to account' AS `forgelua`;
DROP TRIGGER IF EXISTS `users__sync_i`;
DROP TRIGGER IF EXISTS `users__sync_u`;
ALTER TABLE `accounts`
  RENAME COLUMN `id` TO `account`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
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
CREATE TRIGGER `users__sync_u` BEFORE UPDATE ON `users` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`twice` IS NULL THEN
    SET NEW.`twice` = (SELECT id * 2 FROM (SELECT NEW.`id` AS `id`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`twice` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'twice', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
    END IF;
  ELSEIF (NOT (NEW.`id` <=> OLD.`id`)) AND NOT (NOT (NEW.`twice` <=> OLD.`twice`)) THEN
    SET NEW.`twice` = (SELECT id * 2 FROM (SELECT OLD.`id` AS `id`) AS forgelua_row);
    IF forgelua_failed OR NOT (NEW.`twice` <=> OLD.`twice`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`twice` = OLD.`twice`;
    ELSE
      SET NEW.`twice` = (SELECT id * 2 FROM (SELECT NEW.`id` AS `id`) AS forgelua_row);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`twice` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'twice', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
      END IF;
    END IF;
  END IF;
  IF NEW.`organisation` IS NULL THEN
    SET NEW.`organisation` = (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.id > 0) FROM (SELECT NEW.`id` AS `id`, NEW.`account_id` AS `account_id`, NEW.`organisation` AS `organisation`) AS `users`);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`organisation` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'organisation', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
    END IF;
  ELSEIF (NOT (NEW.`id` <=> OLD.`id`) OR NOT (NEW.`account_id` <=> OLD.`account_id`)) AND NOT (NOT (CAST(NEW.`organisation` AS BINARY) <=> CAST(OLD.`organisation` AS BINARY))) THEN
    SET NEW.`organisation` = (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.id > 0) FROM (SELECT OLD.`id` AS `id`, OLD.`account_id` AS `account_id`, OLD.`organisation` AS `organisation`) AS `users`);
    IF forgelua_failed OR NOT (NEW.`organisation` <=> OLD.`organisation`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`organisation` = OLD.`organisation`;
    ELSE
      SET NEW.`organisation` = (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.id > 0) FROM (SELECT NEW.`id` AS `id`, NEW.`account_id` AS `account_id`, NEW.`organisation` AS `organisation`) AS `users`);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`organisation` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'organisation', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
      END IF;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `users__sync_i` BEFORE INSERT ON `users` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`twice` IS NULL THEN
    SET NEW.`twice` = (SELECT id * 2 FROM (SELECT NEW.`id` AS `id`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`twice` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'twice', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`organisation` IS NULL THEN
    SET NEW.`organisation` = (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.id > 0) FROM (SELECT NEW.`id` AS `id`, NEW.`account_id` AS `account_id`, NEW.`organisation` AS `organisation`) AS `users`);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`organisation` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'organisation', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 5 of 10: done' AS `forgelua`;
-- Application: Deploy the application that says account together with this step.

-- ============================================================================
-- Step 6 of 10, switch: Finish users.twice
--   Id:           users.twice/switch/not-null
--   Why:          every row has a value by now; from here the schema says so
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 6 of 10: Finish users.twice' AS `forgelua`;
-- Check: step 4 has come to its end: Backfill organisation of users. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'users.organisation/migrate/backfill' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 4 has come to its end: Backfill organisation of users')), '1', @forgelua_actual);
-- Check: step 3 has come to its end: Backfill twice of users. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'users.twice/migrate/backfill' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 3 has come to its end: Backfill twice of users')), '1', @forgelua_actual);
ALTER TABLE `users`
  ALTER COLUMN `twice` SET VISIBLE,
  ALGORITHM=INSTANT;
SELECT 'step 6 of 10: done' AS `forgelua`;

-- ============================================================================
-- Step 7 of 10, switch: Finish users.organisation
--   Id:           users.organisation/switch/not-null
--   Why:          every row has a value by now; from here the schema says so
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 7 of 10: Finish users.organisation' AS `forgelua`;
ALTER TABLE `users`
  ALTER COLUMN `organisation` SET VISIBLE,
  ALGORITHM=INSTANT;
SELECT 'step 7 of 10: done' AS `forgelua`;

-- ============================================================================
-- Step 8 of 10, switch: Rename users.id to uid
--   Id:           users.id/switch/rename
--   Why:          metadata only; both names cannot be served at once this way
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table; an exclusive metadata lock for an instant at the start and the end; creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say id fail from here; those that say uid failed until here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
SELECT 'step 8 of 10: Rename users.id to uid' AS `forgelua`;
DROP TRIGGER IF EXISTS `users__sync_i`;
DROP TRIGGER IF EXISTS `users__sync_u`;
ALTER TABLE `users`
  RENAME COLUMN `id` TO `uid`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
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
CREATE TRIGGER `users__sync_u` BEFORE UPDATE ON `users` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`twice` IS NULL THEN
    SET NEW.`twice` = (SELECT uid * 2 FROM (SELECT NEW.`uid` AS `uid`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`twice` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'twice', CAST(NEW.`uid` AS CHAR), JSON_OBJECT('uid', NEW.`uid`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
    END IF;
  ELSEIF (NOT (NEW.`uid` <=> OLD.`uid`)) AND NOT (NOT (NEW.`twice` <=> OLD.`twice`)) THEN
    SET NEW.`twice` = (SELECT uid * 2 FROM (SELECT OLD.`uid` AS `uid`) AS forgelua_row);
    IF forgelua_failed OR NOT (NEW.`twice` <=> OLD.`twice`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`twice` = OLD.`twice`;
    ELSE
      SET NEW.`twice` = (SELECT uid * 2 FROM (SELECT NEW.`uid` AS `uid`) AS forgelua_row);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`twice` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'twice', CAST(NEW.`uid` AS CHAR), JSON_OBJECT('uid', NEW.`uid`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
      END IF;
    END IF;
  END IF;
  IF NEW.`organisation` IS NULL THEN
    SET NEW.`organisation` = (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.uid > 0) FROM (SELECT NEW.`uid` AS `uid`, NEW.`account_id` AS `account_id`, NEW.`organisation` AS `organisation`) AS `users`);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`organisation` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'organisation', CAST(NEW.`uid` AS CHAR), JSON_OBJECT('uid', NEW.`uid`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
    END IF;
  ELSEIF (NOT (NEW.`uid` <=> OLD.`uid`) OR NOT (NEW.`account_id` <=> OLD.`account_id`)) AND NOT (NOT (CAST(NEW.`organisation` AS BINARY) <=> CAST(OLD.`organisation` AS BINARY))) THEN
    SET NEW.`organisation` = (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.uid > 0) FROM (SELECT OLD.`uid` AS `uid`, OLD.`account_id` AS `account_id`, OLD.`organisation` AS `organisation`) AS `users`);
    IF forgelua_failed OR NOT (NEW.`organisation` <=> OLD.`organisation`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`organisation` = OLD.`organisation`;
    ELSE
      SET NEW.`organisation` = (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.uid > 0) FROM (SELECT NEW.`uid` AS `uid`, NEW.`account_id` AS `account_id`, NEW.`organisation` AS `organisation`) AS `users`);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`organisation` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'organisation', CAST(NEW.`uid` AS CHAR), JSON_OBJECT('uid', NEW.`uid`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
      END IF;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `users__sync_i` BEFORE INSERT ON `users` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`twice` IS NULL THEN
    SET NEW.`twice` = (SELECT uid * 2 FROM (SELECT NEW.`uid` AS `uid`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`twice` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'twice', CAST(NEW.`uid` AS CHAR), JSON_OBJECT('uid', NEW.`uid`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`organisation` IS NULL THEN
    SET NEW.`organisation` = (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.uid > 0) FROM (SELECT NEW.`uid` AS `uid`, NEW.`account_id` AS `account_id`, NEW.`organisation` AS `organisation`) AS `users`);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`organisation` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'organisation', CAST(NEW.`uid` AS CHAR), JSON_OBJECT('uid', NEW.`uid`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 8 of 10: done' AS `forgelua`;
-- Application: Deploy the application that says uid together with this step.

-- ============================================================================
-- Step 9 of 10, contract: Drop the trigger that filled twice, organisation of users
--   Id:           users.twice/contract/stop-filling
--   Why:          every application writes the column by itself now
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; rows of an application that leaves the column out are no longer filled
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 9 of 10: Drop the trigger that filled twice, organisation of users' AS `forgelua`;
DROP TRIGGER IF EXISTS `users__sync_i`;
DROP TRIGGER IF EXISTS `users__sync_u`;
SELECT 'step 9 of 10: done' AS `forgelua`;
-- Application: Check that every deployed version writes twice, organisation.

-- ============================================================================
-- Step 10 of 10, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 10 of 10: Remove the progress and error tables' AS `forgelua`;
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
SELECT 'step 10 of 10: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'forward: done' AS `forgelua`;
