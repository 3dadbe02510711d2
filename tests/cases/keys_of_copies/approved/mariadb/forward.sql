-- Forward, every phase of migration keys_of_copies
-- A table that is copied gains a foreign key, loses one, and has another one with another action
-- mariadb 10.11; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: mariadb --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < forward.sql
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
-- Check: step 1 must not be done at this point: Create t__new in the new shape of t. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't__new' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 1 must not be done at this point: Create t__new in the new shape of t')), '0', @forgelua_actual);
-- Check: the whole plan must not be done at this point: alter_column t.id. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' AND COLUMN_NAME = 'id') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' AND COLUMN_NAME = 'id' AND DATA_TYPE = 'bigint' AND COLUMN_TYPE NOT LIKE '%unsigned%') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must not be done at this point: alter_column t.id')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 12, expand: Create t__new in the new shape of t
--   Id:           t/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         none
--   Also locks:   q
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 1 of 12: Create t__new in the new shape of t' AS `forgelua`;
-- Check: no trigger, policy, rule or statistics object of t that this plan does not know: a copy would lose it. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE = 't' AND TRIGGER_NAME NOT LIKE '%\_\_sync%') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no trigger, policy, rule or statistics object of t that this plan does not know: a copy would lose it')), '0', @forgelua_actual);
CREATE TABLE `t__new` (
  `id` bigint NOT NULL,
  `gone` int NULL,
  `changed` int NULL,
  `new` int NULL,
  `kept` int NULL,
  PRIMARY KEY (`id`),
  KEY `t__new_ibfk_3` (`kept`),
  CONSTRAINT `t__new_ibfk_3` FOREIGN KEY (`kept`) REFERENCES `q` (`k`)
);
SELECT 'step 1 of 12: done' AS `forgelua`;

-- ============================================================================
-- Step 2 of 12, migrate: Repeat every write to t on t__new
--   Id:           t/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Also locks:   t__new
--   Note:         creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
SELECT 'step 2 of 12: Repeat every write to t on t__new' AS `forgelua`;
-- Check: no row of t points at a missing row of p. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT `changed` AS `changed` FROM `t`) AS child_row WHERE child_row.`changed` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `p` AS parent_row WHERE parent_row.`k` = child_row.`changed`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of t points at a missing row of p')), '0', @forgelua_actual);
-- Check: no row of t points at a missing row of q. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT `new` AS `new` FROM `t`) AS child_row WHERE child_row.`new` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `q` AS parent_row WHERE parent_row.`k` = child_row.`new`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of t points at a missing row of q')), '0', @forgelua_actual);
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
CREATE TRIGGER `t__sync_7f01_d` AFTER DELETE ON `t` FOR EACH ROW
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
  DELETE FROM `t__new` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'gone', OLD.`gone`, 'changed', OLD.`changed`, 'new', OLD.`new`, 'kept', OLD.`kept`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `t__sync_7f01_u` AFTER UPDATE ON `t` FOR EACH ROW
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
  IF NOT (OLD.`id` <=> NEW.`id`) THEN
    UPDATE `t__new` SET `id` = NEW.`id`, `gone` = NEW.`gone`, `changed` = NEW.`changed`, `new` = NEW.`new`, `kept` = NEW.`kept` WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `t__new` (`id`, `gone`, `changed`, `new`, `kept`) VALUES (NEW.`id`, NEW.`gone`, NEW.`changed`, NEW.`new`, NEW.`kept`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `t__new` SET `id` = NEW.`id`, `gone` = NEW.`gone`, `changed` = NEW.`changed`, `new` = NEW.`new`, `kept` = NEW.`kept` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `t__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'gone', NEW.`gone`, 'changed', NEW.`changed`, 'new', NEW.`new`, 'kept', NEW.`kept`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `t__sync_7f01_i` AFTER INSERT ON `t` FOR EACH ROW
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
    INSERT INTO `t__new` (`id`, `gone`, `changed`, `new`, `kept`) VALUES (NEW.`id`, NEW.`gone`, NEW.`changed`, NEW.`new`, NEW.`kept`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `t__new` SET `id` = NEW.`id`, `gone` = NEW.`gone`, `changed` = NEW.`changed`, `new` = NEW.`new`, `kept` = NEW.`kept` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `t__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'gone', NEW.`gone`, 'changed', NEW.`changed`, 'new', NEW.`new`, 'kept', NEW.`kept`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 2 of 12: done' AS `forgelua`;

-- ============================================================================
-- Step 3 of 12, migrate: Copy the rows of t into t__new
--   Id:           t/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; a transaction that updates several of them may meet a deadlock and must be ready to run again
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
SELECT 'step 3 of 12: Copy the rows of t into t__new' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('t/migrate/copy/stale', 't__new', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
SET @forgelua_isolation = @@SESSION.tx_isolation, SESSION tx_isolation = 'READ-COMMITTED', @forgelua_backfill = 3;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 't/migrate/copy/stale';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `t__new` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `t__new` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `t__new` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `t__new` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      DO (SELECT COUNT(*) FROM `t` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 LOCK IN SHARE MODE);
      DELETE FROM `t__new` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT 1 FROM `t` WHERE `t__new`.`id` <=> (`id`) AND `t__new`.`changed` <=> (`changed`) LOCK IN SHARE MODE);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 't/migrate/copy/stale';
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
              SELECT 't/migrate/copy/stale', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'gone', `gone`, 'changed', `changed`, 'new', `new`, 'kept', `kept`), forgelua_message FROM `t__new` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          DO (SELECT COUNT(*) FROM `t` WHERE `id` = forgelua_s1 LOCK IN SHARE MODE);
      DELETE FROM `t__new` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT 1 FROM `t` WHERE `t__new`.`id` <=> (`id`) AND `t__new`.`changed` <=> (`changed`) LOCK IN SHARE MODE);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 't/migrate/copy/stale';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `t__new` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 't/migrate/copy/stale';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('t/migrate/copy', 't', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
SET @forgelua_isolation = @@SESSION.tx_isolation, SESSION tx_isolation = 'READ-COMMITTED', @forgelua_backfill = 3;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 't/migrate/copy';
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
      INSERT INTO `t__new` (`id`, `gone`, `changed`, `new`, `kept`) SELECT `id`, `gone`, `changed`, `new`, `kept` FROM `t` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `t__new` AS forgelua_t WHERE forgelua_t.`id` = `t`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 't/migrate/copy';
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
              SELECT 't/migrate/copy', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'gone', `gone`, 'changed', `changed`, 'new', `new`, 'kept', `kept`), forgelua_message FROM `t` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          INSERT INTO `t__new` (`id`, `gone`, `changed`, `new`, `kept`) SELECT `id`, `gone`, `changed`, `new`, `kept` FROM `t` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `t__new` AS forgelua_t WHERE forgelua_t.`id` = `t`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 't/migrate/copy';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `t` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 't/migrate/copy';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'step 3 of 12: done' AS `forgelua`;
-- Check: every row has an equal one in the copy. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT `id` AS `id`, `gone` AS `gone`, `changed` AS `changed`, `new` AS `new`, `kept` AS `kept` FROM `t`) AS source WHERE NOT EXISTS (SELECT 1 FROM `t__new` AS copied WHERE copied.`id` = source.`id` AND (copied.`gone` = source.`gone` OR (copied.`gone` IS NULL AND source.`gone` IS NULL)) AND (copied.`changed` = source.`changed` OR (copied.`changed` IS NULL AND source.`changed` IS NULL)) AND (copied.`new` = source.`new` OR (copied.`new` IS NULL AND source.`new` IS NULL)) AND (copied.`kept` = source.`kept` OR (copied.`kept` IS NULL AND source.`kept` IS NULL)))) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row has an equal one in the copy')), '0', @forgelua_actual);

-- ============================================================================
-- Step 4 of 12, switch: Make rows of t__new anew that a foreign key's action on t has changed
--   Id:           t/switch/refresh
--   Why:          such an action fires no trigger, so the copy has not heard of it; run this again where the next script finds rows that point nowhere
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; a transaction that updates several of them may meet a deadlock and must be ready to run again
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill
-- ============================================================================
SELECT 'step 4 of 12: Make rows of t__new anew that a foreign key''s action on t has changed' AS `forgelua`;
-- Check: step 3 has come to its end: Copy the rows of t into t__new. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 't/migrate/copy' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 3 has come to its end: Copy the rows of t into t__new')), '1', @forgelua_actual);
-- Check: no row of t stands in forgelua_sync_errors (mend it in t, then delete it from the log). Expects 0.
SELECT CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 't__sync') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of t stands in forgelua_sync_errors (mend it in t, then delete it from the log)')), '0', @forgelua_actual);
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('t/switch/refresh/stale', 't__new', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
SET @forgelua_isolation = @@SESSION.tx_isolation, SESSION tx_isolation = 'READ-COMMITTED', @forgelua_backfill = 3;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 't/switch/refresh/stale';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `t__new` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `t__new` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `t__new` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `t__new` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      DO (SELECT COUNT(*) FROM `t` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 LOCK IN SHARE MODE);
      DELETE FROM `t__new` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT 1 FROM `t` WHERE `t__new`.`id` <=> (`id`) AND `t__new`.`changed` <=> (`changed`) LOCK IN SHARE MODE);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 't/switch/refresh/stale';
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
              SELECT 't/switch/refresh/stale', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'gone', `gone`, 'changed', `changed`, 'new', `new`, 'kept', `kept`), forgelua_message FROM `t__new` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          DO (SELECT COUNT(*) FROM `t` WHERE `id` = forgelua_s1 LOCK IN SHARE MODE);
      DELETE FROM `t__new` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT 1 FROM `t` WHERE `t__new`.`id` <=> (`id`) AND `t__new`.`changed` <=> (`changed`) LOCK IN SHARE MODE);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 't/switch/refresh/stale';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `t__new` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 't/switch/refresh/stale';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('t/switch/refresh', 't', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
SET @forgelua_isolation = @@SESSION.tx_isolation, SESSION tx_isolation = 'READ-COMMITTED', @forgelua_backfill = 3;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 't/switch/refresh';
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
      INSERT INTO `t__new` (`id`, `gone`, `changed`, `new`, `kept`) SELECT `id`, `gone`, `changed`, `new`, `kept` FROM `t` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `t__new` AS forgelua_t WHERE forgelua_t.`id` = `t`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 't/switch/refresh';
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
              SELECT 't/switch/refresh', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'gone', `gone`, 'changed', `changed`, 'new', `new`, 'kept', `kept`), forgelua_message FROM `t` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          INSERT INTO `t__new` (`id`, `gone`, `changed`, `new`, `kept`) SELECT `id`, `gone`, `changed`, `new`, `kept` FROM `t` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `t__new` AS forgelua_t WHERE forgelua_t.`id` = `t`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 't/switch/refresh';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `t` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 't/switch/refresh';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'step 4 of 12: done' AS `forgelua`;
-- Check: every row has an equal one in the copy. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT `id` AS `id`, `gone` AS `gone`, `changed` AS `changed`, `new` AS `new`, `kept` AS `kept` FROM `t`) AS source WHERE NOT EXISTS (SELECT 1 FROM `t__new` AS copied WHERE copied.`id` = source.`id` AND (copied.`gone` = source.`gone` OR (copied.`gone` IS NULL AND source.`gone` IS NULL)) AND (copied.`changed` = source.`changed` OR (copied.`changed` IS NULL AND source.`changed` IS NULL)) AND (copied.`new` = source.`new` OR (copied.`new` IS NULL AND source.`new` IS NULL)) AND (copied.`kept` = source.`kept` OR (copied.`kept` IS NULL AND source.`kept` IS NULL)))) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row has an equal one in the copy')), '0', @forgelua_actual);

-- ============================================================================
-- Step 5 of 12, switch: Add the foreign key t__new_ibfk_1 on t__new
--   Id:           t__new.t__new_ibfk_1/switch/add-foreign-key
--   Why:          its rows are there now
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Also locks:   p
--   Note:         added with foreign_key_checks off, so that writes go on; the rows are looked at right after by a plain read, and the key goes again where they do not fit
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 5 of 12: Add the foreign key t__new_ibfk_1 on t__new' AS `forgelua`;
-- Check: no row of t__new points at a missing row of p. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `t__new` AS child_row WHERE child_row.`changed` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `p` AS parent_row WHERE parent_row.`k` = child_row.`changed`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of t__new points at a missing row of p')), '0', @forgelua_actual);
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `t__new`
  ADD CONSTRAINT `t__new_ibfk_1` FOREIGN KEY (`changed`) REFERENCES `p` (`k`),
  ADD KEY `t__new_ibfk_1` (`changed`),
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `t__new` AS c WHERE c.`changed` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `p` AS p WHERE p.`k` = c.`changed`)) THEN
    ALTER TABLE `t__new` DROP FOREIGN KEY `t__new_ibfk_1`, DROP INDEX `t__new_ibfk_1`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of t__new have no match for foreign key t__new_ibfk_1';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'step 5 of 12: done' AS `forgelua`;

-- ============================================================================
-- Step 6 of 12, switch: Add the foreign key t__new_ibfk_2 on t__new
--   Id:           t__new.t__new_ibfk_2/switch/add-foreign-key
--   Why:          its rows are there now
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Also locks:   q
--   Note:         added with foreign_key_checks off, so that writes go on; the rows are looked at right after by a plain read, and the key goes again where they do not fit
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 6 of 12: Add the foreign key t__new_ibfk_2 on t__new' AS `forgelua`;
-- Check: no row of t__new points at a missing row of q. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `t__new` AS child_row WHERE child_row.`new` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `q` AS parent_row WHERE parent_row.`k` = child_row.`new`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of t__new points at a missing row of q')), '0', @forgelua_actual);
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `t__new`
  ADD CONSTRAINT `t__new_ibfk_2` FOREIGN KEY (`new`) REFERENCES `q` (`k`),
  ADD KEY `t__new_ibfk_2` (`new`),
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `t__new` AS c WHERE c.`new` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `q` AS p WHERE p.`k` = c.`new`)) THEN
    ALTER TABLE `t__new` DROP FOREIGN KEY `t__new_ibfk_2`, DROP INDEX `t__new_ibfk_2`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of t__new have no match for foreign key t__new_ibfk_2';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'step 6 of 12: done' AS `forgelua`;

-- ============================================================================
-- Step 7 of 12, switch: Swap the copy of t in
--   Id:           t/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Also locks:   p, q, t__old
--   Note:         creating and dropping a trigger waits for open transactions on the table; foreign keys of other tables and triggers follow the table; views keep naming the old name; added with foreign_key_checks off, so that writes go on; the rows are looked at right after by a plain read, and the key goes again where they do not fit; added with foreign_key_checks off, so that writes go on; the rows are looked at right after by a plain read, and the key goes again where they do not fit; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers; creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name
--   Way back:     loses values of t that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
--   Hazards:      swap
-- ============================================================================
SELECT 'step 7 of 12: Swap the copy of t in' AS `forgelua`;
-- Check: every row of t__new is still in t (TRUNCATE fires no trigger). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `t__new` AS copied WHERE NOT EXISTS (SELECT 1 FROM `t` AS source WHERE source.`id` = copied.`id`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row of t__new is still in t (TRUNCATE fires no trigger)')), '0', @forgelua_actual);
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
CREATE TRIGGER `t__sync_8416_d` AFTER DELETE ON `t__new` FOR EACH ROW
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
  DELETE FROM `t__old` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'gone', OLD.`gone`, 'changed', OLD.`changed`, 'new', OLD.`new`, 'kept', OLD.`kept`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `t__sync_8416_u` AFTER UPDATE ON `t__new` FOR EACH ROW
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
  IF NOT (OLD.`id` <=> NEW.`id`) THEN
    UPDATE `t__old` SET `id` = NEW.`id`, `gone` = NEW.`gone`, `changed` = NEW.`changed`, `new` = NEW.`new`, `kept` = NEW.`kept` WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `t__old` (`id`, `gone`, `changed`, `new`, `kept`) VALUES (NEW.`id`, NEW.`gone`, NEW.`changed`, NEW.`new`, NEW.`kept`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `t__old` SET `id` = NEW.`id`, `gone` = NEW.`gone`, `changed` = NEW.`changed`, `new` = NEW.`new`, `kept` = NEW.`kept` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `t__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'gone', NEW.`gone`, 'changed', NEW.`changed`, 'new', NEW.`new`, 'kept', NEW.`kept`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `t__sync_8416_i` AFTER INSERT ON `t__new` FOR EACH ROW
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
    INSERT INTO `t__old` (`id`, `gone`, `changed`, `new`, `kept`) VALUES (NEW.`id`, NEW.`gone`, NEW.`changed`, NEW.`new`, NEW.`kept`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `t__old` SET `id` = NEW.`id`, `gone` = NEW.`gone`, `changed` = NEW.`changed`, `new` = NEW.`new`, `kept` = NEW.`kept` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `t__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'gone', NEW.`gone`, 'changed', NEW.`changed`, 'new', NEW.`new`, 'kept', NEW.`kept`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
RENAME TABLE `t` TO `t__old`, `t__new` TO `t`;
DROP TRIGGER IF EXISTS `t__sync_7f01_i`;
DROP TRIGGER IF EXISTS `t__sync_7f01_u`;
DROP TRIGGER IF EXISTS `t__sync_7f01_d`;
ALTER TABLE `t__old`
  RENAME INDEX `t_ibfk_1` TO `t__old_ibfk_1`,
  RENAME INDEX `t_ibfk_2` TO `t__old_ibfk_2`,
  RENAME INDEX `t_ibfk_3` TO `t__old_ibfk_3`,
  ALGORITHM=NOCOPY,
  LOCK=NONE;
ALTER TABLE `t`
  RENAME INDEX `t__new_ibfk_3` TO `t_ibfk_3`,
  RENAME INDEX `t__new_ibfk_1` TO `t_ibfk_1`,
  RENAME INDEX `t__new_ibfk_2` TO `t_ibfk_2`,
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'step 7 of 12: done' AS `forgelua`;
-- Application: Deploy the application that uses t as the new schema has it.

-- ============================================================================
-- Step 8 of 12, switch: Drop the foreign keys of t__old that t has no more
--   Id:           t/switch/release-keys
--   Why:          the old table must not refuse what the new application does to its rows and to those that they point at
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Also locks:   p
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses rows of t that point nowhere: the way back stops at them until they are changed
--   Hazards:      rule dropped
-- ============================================================================
SELECT 'step 8 of 12: Drop the foreign keys of t__old that t has no more' AS `forgelua`;
ALTER TABLE `t__old`
  DROP FOREIGN KEY `t__old_ibfk_1`,
  DROP FOREIGN KEY `t__old_ibfk_2`,
  DROP INDEX `t__old_ibfk_1`,
  DROP INDEX `t__old_ibfk_2`,
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'step 8 of 12: done' AS `forgelua`;

-- ============================================================================
-- Step 9 of 12, contract: From here the way back copies t into t__old again
--   Id:           t/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 9 of 12: From here the way back copies t into t__old again' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 9 of 12: done' AS `forgelua`;

-- ============================================================================
-- Step 10 of 12, contract: Stop repeating writes to t on t__old
--   Id:           t/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 10 of 12: Stop repeating writes to t on t__old' AS `forgelua`;
DROP TRIGGER IF EXISTS `t__sync_8416_i`;
DROP TRIGGER IF EXISTS `t__sync_8416_u`;
DROP TRIGGER IF EXISTS `t__sync_8416_d`;
SELECT 'step 10 of 12: done' AS `forgelua`;

-- ============================================================================
-- Step 11 of 12, contract: Drop t__old
--   Id:           t/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Also locks:   q
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
SELECT 'step 11 of 12: Drop t__old' AS `forgelua`;
DROP TABLE `t__old`;
SELECT 'step 11 of 12: done' AS `forgelua`;

-- ============================================================================
-- Step 12 of 12, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 12 of 12: Remove the progress and error tables' AS `forgelua`;
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
SELECT 'step 12 of 12: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'forward: done' AS `forgelua`;
