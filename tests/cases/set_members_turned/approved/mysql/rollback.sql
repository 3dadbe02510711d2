-- WARNING: rollback is destructive — t.flags data will be lost: values of marks that flags cannot hold: they come back as 'x', and are named in forgelua_sync_errors.
-- WARNING: rollback is destructive — u data will be lost: values of u that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors.
-- WARNING: rollback is destructive — t.flags data will be lost: values of flags that do not come back from marks unchanged; values of words that do not come back from words unchanged.
-- WARNING: rollback is destructive — u__old data will be lost: values of u.flags that do not come back unchanged.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration set_members_turned
-- The members of a SET stand in another order, beside a second column and in a copy; a text becomes a SET
-- mysql 8.4; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: mysql --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < rollback.sql
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
-- Check: step 16 must be done before this: Drop u__old. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'u__old' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 16 must be done before this: Drop u__old')), '1', @forgelua_actual);
-- Check: the whole plan must be done before this: alter_column u.id. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'u' AND COLUMN_NAME = 'id') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'u' AND COLUMN_NAME = 'id' AND DATA_TYPE = 'bigint' AND COLUMN_TYPE NOT LIKE '%unsigned%') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must be done before this: alter_column u.id')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 17 of 17, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 17 of 17: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 17 of 17: done' AS `forgelua`;

-- ============================================================================
-- Undo step 16 of 17, contract: Drop u__old
--   Id:           u/contract/drop-old
--   Loses:        values of u.flags that do not come back unchanged
-- ============================================================================
SELECT 'undo step 16 of 17: Drop u__old' AS `forgelua`;
CREATE TABLE `u__old` (
  `id` int NOT NULL,
  `flags` set('x','y') NULL,
  PRIMARY KEY (`id`)
);
SELECT 'undo step 16 of 17: done' AS `forgelua`;

-- ============================================================================
-- Undo step 15 of 17, contract: Stop repeating writes to u on u__old
--   Id:           u/contract/stop-sync
-- ============================================================================
SELECT 'undo step 15 of 17: Stop repeating writes to u on u__old' AS `forgelua`;
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
CREATE TRIGGER `u__sync_acb7_d` AFTER DELETE ON `u` FOR EACH ROW
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
CREATE TRIGGER `u__sync_acb7_u` AFTER UPDATE ON `u` FOR EACH ROW
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
CREATE TRIGGER `u__sync_acb7_i` AFTER INSERT ON `u` FOR EACH ROW
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
SELECT 'undo step 15 of 17: done' AS `forgelua`;

-- ============================================================================
-- Undo step 14 of 17, contract: From here the way back copies u into u__old again
--   Id:           u/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
SELECT 'undo step 14 of 17: From here the way back copies u into u__old again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('u/contract/point-of-return', 'u', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_l1 bigint;
  DECLARE forgelua_s1 bigint;
  DECLARE forgelua_e1 bigint;
  DECLARE forgelua_held2 set('x','y') DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'u/contract/point-of-return';
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
      INSERT INTO `u__old` (`id`, `flags`) SELECT `id`, CASE WHEN `flags` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('x', `flags`) > 0 THEN 'x' END, CASE WHEN FIND_IN_SET('y', `flags`) > 0 THEN 'y' END) END FROM `u` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `u__old` AS forgelua_t WHERE forgelua_t.`id` = `u`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'u/contract/point-of-return';
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
              SELECT 'u/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'flags', CAST(`flags` AS CHAR)), forgelua_message FROM `u` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          INSERT INTO `u__old` (`id`, `flags`) SELECT `id`, CASE WHEN `flags` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('x', `flags`) > 0 THEN 'x' END, CASE WHEN FIND_IN_SET('y', `flags`) > 0 THEN 'y' END) END FROM `u` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `u__old` AS forgelua_t WHERE forgelua_t.`id` = `u`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        IF forgelua_skipped = 1 THEN
          BEGIN
            DECLARE CONTINUE HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 SET forgelua_failed = TRUE;
            SET forgelua_failed = FALSE, forgelua_held2 = NULL;
            SELECT CASE WHEN `flags` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('x', `flags`) > 0 THEN 'x' END, CASE WHEN FIND_IN_SET('y', `flags`) > 0 THEN 'y' END) END INTO forgelua_held2 FROM `u` WHERE `id` = forgelua_s1;
            IF forgelua_failed THEN SET forgelua_held2 = NULL; END IF;
            INSERT INTO `u__old` (`id`, `flags`) SELECT `id`, forgelua_held2 FROM `u` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `u__old` AS forgelua_t WHERE forgelua_t.`id` = `u`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          END;
        END IF;
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'u/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `u` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'u/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'undo step 14 of 17: done' AS `forgelua`;

-- ============================================================================
-- Undo step 13 of 17, contract: Make t.marks NOT NULL
--   Id:           t.marks/contract/not-null
-- ============================================================================
SELECT 'undo step 13 of 17: Make t.marks NOT NULL' AS `forgelua`;
ALTER TABLE `t`
  MODIFY COLUMN `marks` set('z','y','x') NULL,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 13 of 17: done' AS `forgelua`;

-- ============================================================================
-- Undo step 12 of 17, contract: Drop the old column flags, words__old of t
--   Id:           t.marks/contract/drop-old
--   Loses:        values of flags that do not come back from marks unchanged; values of words that do not come back from words unchanged
-- ============================================================================
SELECT 'undo step 12 of 17: Drop the old column flags, words__old of t' AS `forgelua`;
ALTER TABLE `t`
  ADD COLUMN `words__old` varchar(20) NULL AFTER `words`,
  ALGORITHM=INSTANT;
ALTER TABLE `t`
  ADD COLUMN `flags` set('x','y') NULL,
  ALGORITHM=INSTANT;
SELECT 'undo step 12 of 17: done' AS `forgelua`;

-- ============================================================================
-- Undo step 11 of 17, contract: Stop keeping flags, words__old and marks, words of t equal
--   Id:           t.marks/contract/stop-sync
-- ============================================================================
SELECT 'undo step 11 of 17: Stop keeping flags, words__old and marks, words of t equal' AS `forgelua`;
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
SELECT 'undo step 11 of 17: done' AS `forgelua`;

-- ============================================================================
-- Undo step 10 of 17, contract: From here the way back computes flags, words__old of t again
--   Id:           t.marks/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
SELECT 'undo step 10 of 17: From here the way back computes flags, words__old of t again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('t.marks/contract/point-of-return', 't', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
SET @forgelua_isolation = @@SESSION.transaction_isolation, SESSION transaction_isolation = 'READ-COMMITTED', @forgelua_backfill = 2;
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
  DECLARE forgelua_held1 set('x','y') DEFAULT NULL;
  DECLARE forgelua_held2 varchar(20) DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 't.marks/contract/point-of-return';
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
      UPDATE `t` SET `flags` = CASE WHEN `marks` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('x', `marks`) > 0 THEN 'x' END, CASE WHEN FIND_IN_SET('y', `marks`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('z', `marks`) > 0 THEN 'z' END) END, `words__old` = CAST(`words` AS CHAR) WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND ((CASE WHEN (`flags`) = (CASE WHEN `marks` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('x', `marks`) > 0 THEN 'x' END, CASE WHEN FIND_IN_SET('y', `marks`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('z', `marks`) > 0 THEN 'z' END) END) OR ((`flags`) IS NULL AND (CASE WHEN `marks` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('x', `marks`) > 0 THEN 'x' END, CASE WHEN FIND_IN_SET('y', `marks`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('z', `marks`) > 0 THEN 'z' END) END) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (`words__old`) = (CAST(`words` AS CHAR)) OR ((`words__old`) IS NULL AND (CAST(`words` AS CHAR)) IS NULL) THEN 0 ELSE 1 END = 1));
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 't.marks/contract/point-of-return';
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
              SELECT 't.marks/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'flags', CAST(`flags` AS CHAR), 'words__old', `words__old`, 'marks', CAST(`marks` AS CHAR), 'words', CAST(`words` AS CHAR)), forgelua_message FROM `t` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `t` SET `flags` = CASE WHEN `marks` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('x', `marks`) > 0 THEN 'x' END, CASE WHEN FIND_IN_SET('y', `marks`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('z', `marks`) > 0 THEN 'z' END) END, `words__old` = CAST(`words` AS CHAR) WHERE `id` = forgelua_s1 AND ((CASE WHEN (`flags`) = (CASE WHEN `marks` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('x', `marks`) > 0 THEN 'x' END, CASE WHEN FIND_IN_SET('y', `marks`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('z', `marks`) > 0 THEN 'z' END) END) OR ((`flags`) IS NULL AND (CASE WHEN `marks` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('x', `marks`) > 0 THEN 'x' END, CASE WHEN FIND_IN_SET('y', `marks`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('z', `marks`) > 0 THEN 'z' END) END) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (`words__old`) = (CAST(`words` AS CHAR)) OR ((`words__old`) IS NULL AND (CAST(`words` AS CHAR)) IS NULL) THEN 0 ELSE 1 END = 1));
          SET forgelua_rows = ROW_COUNT();
        END;
        IF forgelua_skipped = 1 THEN
          BEGIN
            DECLARE CONTINUE HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 SET forgelua_failed = TRUE;
            SET forgelua_failed = FALSE, forgelua_held1 = NULL;
            SELECT CASE WHEN `marks` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('x', `marks`) > 0 THEN 'x' END, CASE WHEN FIND_IN_SET('y', `marks`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('z', `marks`) > 0 THEN 'z' END) END INTO forgelua_held1 FROM `t` WHERE `id` = forgelua_s1;
            IF forgelua_failed THEN SET forgelua_held1 = NULL; END IF;
            SET forgelua_failed = FALSE, forgelua_held2 = NULL;
            SELECT CAST(`words` AS CHAR) INTO forgelua_held2 FROM `t` WHERE `id` = forgelua_s1;
            IF forgelua_failed THEN SET forgelua_held2 = NULL; END IF;
            UPDATE `t` SET `flags` = forgelua_held1, `words__old` = forgelua_held2 WHERE `id` = forgelua_s1 AND ((CASE WHEN (`flags`) = (CASE WHEN `marks` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('x', `marks`) > 0 THEN 'x' END, CASE WHEN FIND_IN_SET('y', `marks`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('z', `marks`) > 0 THEN 'z' END) END) OR ((`flags`) IS NULL AND (CASE WHEN `marks` IS NULL THEN NULL ELSE CONCAT_WS(',', CASE WHEN FIND_IN_SET('x', `marks`) > 0 THEN 'x' END, CASE WHEN FIND_IN_SET('y', `marks`) > 0 THEN 'y' END, CASE WHEN FIND_IN_SET('z', `marks`) > 0 THEN 'z' END) END) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (`words__old`) = (CAST(`words` AS CHAR)) OR ((`words__old`) IS NULL AND (CAST(`words` AS CHAR)) IS NULL) THEN 0 ELSE 1 END = 1));
          END;
        END IF;
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 't.marks/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `t` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 't.marks/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 10 of 17: done' AS `forgelua`;

-- ============================================================================
-- Undo step 9 of 17, switch: Swap the copy of u in
--   Id:           u/switch/swap
--   Loses:        values of u that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
-- ============================================================================
SELECT 'undo step 9 of 17: Swap the copy of u in' AS `forgelua`;
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
CREATE TRIGGER `u__sync_a7a2_d` AFTER DELETE ON `u__old` FOR EACH ROW
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
CREATE TRIGGER `u__sync_a7a2_u` AFTER UPDATE ON `u__old` FOR EACH ROW
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
CREATE TRIGGER `u__sync_a7a2_i` AFTER INSERT ON `u__old` FOR EACH ROW
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
RENAME TABLE `u` TO `u__new`, `u__old` TO `u`;
DROP TRIGGER IF EXISTS `u__sync_acb7_i`;
DROP TRIGGER IF EXISTS `u__sync_acb7_u`;
DROP TRIGGER IF EXISTS `u__sync_acb7_d`;
SELECT 'undo step 9 of 17: done' AS `forgelua`;

-- ============================================================================
-- Undo step 8 of 17, switch: Let marks, words of t lead
--   Id:           t.marks/switch/swap
-- ============================================================================
SELECT 'undo step 8 of 17: Let marks, words of t lead' AS `forgelua`;
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
  CHANGE COLUMN `words` `words__new` set('it''s','y','x') NULL INVISIBLE,
  ALTER COLUMN `marks` SET INVISIBLE,
  RENAME COLUMN `words__old` TO `words`,
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
UNLOCK TABLES;
SELECT 'undo step 8 of 17: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 17, migrate: Copy the rows of u into u__new
--   Id:           u/migrate/copy
-- ============================================================================
SELECT 'undo step 7 of 17: Copy the rows of u into u__new' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 7 of 17: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 17, migrate: Repeat every write to u on u__new
--   Id:           u/migrate/sync
-- ============================================================================
SELECT 'undo step 6 of 17: Repeat every write to u on u__new' AS `forgelua`;
DROP TRIGGER IF EXISTS `u__sync_a7a2_i`;
DROP TRIGGER IF EXISTS `u__sync_a7a2_u`;
DROP TRIGGER IF EXISTS `u__sync_a7a2_d`;
SELECT 'undo step 6 of 17: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 17, migrate: Convert flags, words of t into marks, words__new
--   Id:           t.marks/migrate/backfill
-- ============================================================================
SELECT 'undo step 5 of 17: Convert flags, words of t into marks, words__new' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 5 of 17: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 17, migrate: Keep flags, words and marks, words__new of t equal
--   Id:           t.marks/migrate/sync
-- ============================================================================
SELECT 'undo step 4 of 17: Keep flags, words and marks, words__new of t equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `t__sync_i`;
DROP TRIGGER IF EXISTS `t__sync_u`;
SELECT 'undo step 4 of 17: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 17, migrate: Allow NULL in t.flags for as long as both columns live
--   Id:           t.flags/migrate/relax
--   Estimate:     unknown
--   Loses:        values of marks that flags cannot hold: they come back as 'x', and are named in forgelua_sync_errors
-- ============================================================================
SELECT 'undo step 3 of 17: Allow NULL in t.flags for as long as both columns live' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('t.flags/migrate/relax', 't', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
SET @forgelua_isolation = @@SESSION.transaction_isolation, SESSION transaction_isolation = 'READ-COMMITTED', @forgelua_backfill = 2;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 't.flags/migrate/relax';
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
      UPDATE `t` SET `flags` = 'x' WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND (`flags` IS NULL);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 't.flags/migrate/relax';
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
              SELECT 't.flags/migrate/relax', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'flags', CAST(`flags` AS CHAR), 'words', `words`, 'marks', CAST(`marks` AS CHAR), 'words__new', CAST(`words__new` AS CHAR)), forgelua_message FROM `t` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `t` SET `flags` = 'x' WHERE `id` = forgelua_s1 AND (`flags` IS NULL);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 't.flags/migrate/relax';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `t` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 't.flags/migrate/relax';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
ALTER TABLE `t`
  MODIFY COLUMN `flags` set('x','y') NOT NULL,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 3 of 17: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 17, expand: Create u__new in the new shape of u
--   Id:           u/expand/create-copy
-- ============================================================================
SELECT 'undo step 2 of 17: Create u__new in the new shape of u' AS `forgelua`;
DROP TABLE `u__new`;
SELECT 'undo step 2 of 17: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 17, expand: Add marks, words__new beside flags, words in t
--   Id:           t.marks/expand/add-column
-- ============================================================================
SELECT 'undo step 1 of 17: Add marks, words__new beside flags, words in t' AS `forgelua`;
ALTER TABLE `t`
  DROP COLUMN `words__new`,
  DROP COLUMN `marks`,
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
SELECT 'undo step 1 of 17: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
