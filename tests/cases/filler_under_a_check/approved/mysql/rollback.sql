-- WARNING: rollback is destructive — goods.count data will be lost: values of amount that count cannot hold: they come back as a value that count_positive accepts, and are named in forgelua_sync_errors.
-- WARNING: rollback is destructive — goods.word data will be lost: values of name that word cannot hold: they come back as a value that word_given accepts, and are named in forgelua_sync_errors.
-- WARNING: rollback is destructive — goods.count data will be lost: values of amount that count cannot hold; values of name that word cannot hold.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration filler_under_a_check
-- Values that the old columns cannot hold come back as ones that their checks accept
-- mysql 8.4; strategy shadow_column; risk high; forgelua 0.1.0
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
-- Check: step 12 must be done before this: Drop the old column count, word of goods. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'goods' AND COLUMN_NAME = 'count') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 12 must be done before this: Drop the old column count, word of goods')), '1', @forgelua_actual);
-- Check: the whole plan must be done before this: alter_column goods.amount. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'goods' AND COLUMN_NAME = 'amount') AND NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'goods' AND COLUMN_NAME = 'count') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'goods' AND COLUMN_NAME = 'amount' AND DATA_TYPE = 'bigint' AND COLUMN_TYPE NOT LIKE '%unsigned%') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must be done before this: alter_column goods.amount')), '1', @forgelua_actual);

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: a value of goods.word can be made up that word_given accepts (word is name by now). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `goods` WHERE name IS NULL AND NOT (('' <> '')) AND NOT (('x' <> ''))) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': a value of goods.word can be made up that word_given accepts (word is name by now)')), '0', @forgelua_actual);
-- Check: a value of goods.count can be made up that count_positive accepts (count is amount by now). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `goods` WHERE amount IS NULL AND NOT ((0 > 0)) AND NOT ((1 > 0)) AND NOT ((-1 > 0)) AND NOT (((0 + 1) > 0)) AND NOT (((0 - 1) > 0))) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': a value of goods.count can be made up that count_positive accepts (count is amount by now)')), '0', @forgelua_actual);

-- ============================================================================
-- Undo step 13 of 13, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 13 of 13: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 13 of 13: done' AS `forgelua`;

-- ============================================================================
-- Undo step 12 of 13, contract: Drop the old column count, word of goods
--   Id:           goods.amount/contract/drop-old
--   Loses:        values of amount that count cannot hold; values of name that word cannot hold
-- ============================================================================
SELECT 'undo step 12 of 13: Drop the old column count, word of goods' AS `forgelua`;
ALTER TABLE `goods`
  ADD COLUMN `word` varchar(3) NULL,
  ALGORITHM=INSTANT;
ALTER TABLE `goods`
  ADD COLUMN `count` int NULL,
  ALGORITHM=INSTANT;
SELECT 'undo step 12 of 13: done' AS `forgelua`;

-- ============================================================================
-- Undo step 11 of 13, contract: Stop keeping count, word and amount, name of goods equal
--   Id:           goods.amount/contract/stop-sync
-- ============================================================================
SELECT 'undo step 11 of 13: Stop keeping count, word and amount, name of goods equal' AS `forgelua`;
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
CREATE TRIGGER `goods__sync_u` BEFORE UPDATE ON `goods` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`count` = OLD.`count`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`amount` = OLD.`amount`; END IF;
    IF @forgelua_backfill = 1 THEN SET NEW.`word` = OLD.`word`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`name` = OLD.`name`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`amount` <=> OLD.`amount`) THEN
    SET NEW.`count` = NEW.`amount`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`count` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'count', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'count', NEW.`count`, 'word', NEW.`word`, 'amount', NEW.`amount`, 'name', NEW.`name`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`count` <=> OLD.`count`) THEN
    SET NEW.`amount` = NEW.`count`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`amount` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'amount', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'count', NEW.`count`, 'word', NEW.`word`, 'amount', NEW.`amount`, 'name', NEW.`name`), forgelua_message);
    END IF;
  END IF;
  IF NOT (CAST(NEW.`name` AS BINARY) <=> CAST(OLD.`name` AS BINARY)) THEN
    SET NEW.`word` = NEW.`name`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`word` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'word', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'count', NEW.`count`, 'word', NEW.`word`, 'amount', NEW.`amount`, 'name', NEW.`name`), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`word` AS BINARY) <=> CAST(OLD.`word` AS BINARY)) THEN
    SET NEW.`name` = NEW.`word`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`name` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'name', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'count', NEW.`count`, 'word', NEW.`word`, 'amount', NEW.`amount`, 'name', NEW.`name`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `goods__sync_i` BEFORE INSERT ON `goods` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`count` IS NOT NULL THEN
    SET NEW.`amount` = NEW.`count`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`amount` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'amount', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'count', NEW.`count`, 'word', NEW.`word`, 'amount', NEW.`amount`, 'name', NEW.`name`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`count` = NEW.`amount`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`count` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'count', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'count', NEW.`count`, 'word', NEW.`word`, 'amount', NEW.`amount`, 'name', NEW.`name`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`word` IS NOT NULL THEN
    SET NEW.`name` = NEW.`word`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`name` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'name', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'count', NEW.`count`, 'word', NEW.`word`, 'amount', NEW.`amount`, 'name', NEW.`name`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`word` = NEW.`name`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`word` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'word', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'count', NEW.`count`, 'word', NEW.`word`, 'amount', NEW.`amount`, 'name', NEW.`name`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 11 of 13: done' AS `forgelua`;

-- ============================================================================
-- Undo step 10 of 13, contract: From here the way back computes count, word of goods again
--   Id:           goods.amount/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
SELECT 'undo step 10 of 13: From here the way back computes count, word of goods again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('goods.amount/contract/point-of-return', 'goods', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_held1 int DEFAULT NULL;
  DECLARE forgelua_held2 varchar(3) DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'goods.amount/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `goods` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `goods` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `goods` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `goods` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `goods` SET `count` = `amount`, `word` = `name` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND ((CASE WHEN (`count`) = (`amount`) OR ((`count`) IS NULL AND (`amount`) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (`word`) = (`name`) OR ((`word`) IS NULL AND (`name`) IS NULL) THEN 0 ELSE 1 END = 1));
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'goods.amount/contract/point-of-return';
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
              SELECT 'goods.amount/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'count', `count`, 'word', `word`, 'amount', `amount`, 'name', `name`), forgelua_message FROM `goods` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `goods` SET `count` = `amount`, `word` = `name` WHERE `id` = forgelua_s1 AND ((CASE WHEN (`count`) = (`amount`) OR ((`count`) IS NULL AND (`amount`) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (`word`) = (`name`) OR ((`word`) IS NULL AND (`name`) IS NULL) THEN 0 ELSE 1 END = 1));
          SET forgelua_rows = ROW_COUNT();
        END;
        IF forgelua_skipped = 1 THEN
          BEGIN
            DECLARE CONTINUE HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 SET forgelua_failed = TRUE;
            SET forgelua_failed = FALSE, forgelua_held1 = NULL;
            SELECT `amount` INTO forgelua_held1 FROM `goods` WHERE `id` = forgelua_s1;
            IF forgelua_failed THEN SET forgelua_held1 = NULL; END IF;
            SET forgelua_failed = FALSE, forgelua_held2 = NULL;
            SELECT `name` INTO forgelua_held2 FROM `goods` WHERE `id` = forgelua_s1;
            IF forgelua_failed THEN SET forgelua_held2 = NULL; END IF;
            UPDATE `goods` SET `count` = forgelua_held1, `word` = forgelua_held2 WHERE `id` = forgelua_s1 AND ((CASE WHEN (`count`) = (`amount`) OR ((`count`) IS NULL AND (`amount`) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (`word`) = (`name`) OR ((`word`) IS NULL AND (`name`) IS NULL) THEN 0 ELSE 1 END = 1));
          END;
        END IF;
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'goods.amount/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `goods` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'goods.amount/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 10 of 13: done' AS `forgelua`;

-- ============================================================================
-- Undo step 9 of 13, switch: Let amount, name of goods lead
--   Id:           goods.amount/switch/swap
-- ============================================================================
SELECT 'undo step 9 of 13: Let amount, name of goods lead' AS `forgelua`;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
LOCK TABLES `goods` WRITE;
DROP TRIGGER IF EXISTS `goods__sync_i`;
DROP TRIGGER IF EXISTS `goods__sync_u`;
ALTER TABLE `goods`
  ALTER COLUMN `name` SET INVISIBLE,
  ALTER COLUMN `amount` SET INVISIBLE,
  ALGORITHM=INSTANT;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `goods__sync_u` BEFORE UPDATE ON `goods` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`count` = OLD.`count`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`amount` = OLD.`amount`; END IF;
    IF @forgelua_backfill = 1 THEN SET NEW.`word` = OLD.`word`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`name` = OLD.`name`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`count` <=> OLD.`count`) THEN
    SET NEW.`amount` = NEW.`count`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`amount` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'amount', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'count', NEW.`count`, 'word', NEW.`word`, 'amount', NEW.`amount`, 'name', NEW.`name`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`amount` <=> OLD.`amount`) THEN
    SET NEW.`count` = NEW.`amount`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`count` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'count', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'count', NEW.`count`, 'word', NEW.`word`, 'amount', NEW.`amount`, 'name', NEW.`name`), forgelua_message);
    END IF;
  END IF;
  IF NOT (CAST(NEW.`word` AS BINARY) <=> CAST(OLD.`word` AS BINARY)) THEN
    SET NEW.`name` = NEW.`word`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`name` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'name', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'count', NEW.`count`, 'word', NEW.`word`, 'amount', NEW.`amount`, 'name', NEW.`name`), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`name` AS BINARY) <=> CAST(OLD.`name` AS BINARY)) THEN
    SET NEW.`word` = NEW.`name`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`word` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'word', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'count', NEW.`count`, 'word', NEW.`word`, 'amount', NEW.`amount`, 'name', NEW.`name`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `goods__sync_i` BEFORE INSERT ON `goods` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`amount` IS NOT NULL THEN
    SET NEW.`count` = NEW.`amount`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`count` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'count', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'count', NEW.`count`, 'word', NEW.`word`, 'amount', NEW.`amount`, 'name', NEW.`name`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`amount` = NEW.`count`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`amount` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'amount', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'count', NEW.`count`, 'word', NEW.`word`, 'amount', NEW.`amount`, 'name', NEW.`name`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`name` IS NOT NULL THEN
    SET NEW.`word` = NEW.`name`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`word` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'word', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'count', NEW.`count`, 'word', NEW.`word`, 'amount', NEW.`amount`, 'name', NEW.`name`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`name` = NEW.`word`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`name` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'name', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'count', NEW.`count`, 'word', NEW.`word`, 'amount', NEW.`amount`, 'name', NEW.`name`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
UNLOCK TABLES;
SELECT 'undo step 9 of 13: done' AS `forgelua`;

-- ============================================================================
-- Undo step 8 of 13, switch: Make goods.amount NOT NULL; Make goods.name NOT NULL
--   Id:           goods/switch/rewrite-once
-- ============================================================================
SELECT 'undo step 8 of 13: Make goods.amount NOT NULL; Make goods.name NOT NULL' AS `forgelua`;
ALTER TABLE `goods`
  MODIFY COLUMN `name` varchar(30) NULL INVISIBLE,
  MODIFY COLUMN `amount` bigint NULL INVISIBLE,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 8 of 13: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 13, switch: Move word_given of goods to the new column
--   Id:           goods.word_given/switch/move
-- ============================================================================
SELECT 'undo step 7 of 13: Move word_given of goods to the new column' AS `forgelua`;
ALTER TABLE `goods`
  DROP CHECK `word_given`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
ALTER TABLE `goods`
  ADD CONSTRAINT `word_given` CHECK (word <> ''),
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'undo step 7 of 13: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 13, switch: Move count_positive of goods to the new column
--   Id:           goods.count_positive/switch/move
-- ============================================================================
SELECT 'undo step 6 of 13: Move count_positive of goods to the new column' AS `forgelua`;
ALTER TABLE `goods`
  DROP CHECK `count_positive`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
ALTER TABLE `goods`
  ADD CONSTRAINT `count_positive` CHECK (count > 0),
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'undo step 6 of 13: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 13, migrate: Convert count, word of goods into amount, name
--   Id:           goods.amount/migrate/backfill
-- ============================================================================
SELECT 'undo step 5 of 13: Convert count, word of goods into amount, name' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 5 of 13: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 13, migrate: Keep count, word and amount, name of goods equal
--   Id:           goods.amount/migrate/sync
-- ============================================================================
SELECT 'undo step 4 of 13: Keep count, word and amount, name of goods equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `goods__sync_i`;
DROP TRIGGER IF EXISTS `goods__sync_u`;
SELECT 'undo step 4 of 13: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 13, migrate: Allow NULL in goods.word for as long as both columns live
--   Id:           goods.word/migrate/relax
--   Estimate:     unknown
--   Loses:        values of name that word cannot hold: they come back as a value that word_given accepts, and are named in forgelua_sync_errors
-- ============================================================================
SELECT 'undo step 3 of 13: Allow NULL in goods.word for as long as both columns live' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('goods.word/migrate/relax', 'goods', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'goods.word/migrate/relax';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `goods` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `goods` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `goods` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `goods` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `goods` SET `word` = CASE WHEN ('' <> '') THEN '' WHEN ('x' <> '') THEN 'x' END WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND (`word` IS NULL);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'goods.word/migrate/relax';
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
              SELECT 'goods.word/migrate/relax', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'count', `count`, 'word', `word`, 'amount', `amount`, 'name', `name`), forgelua_message FROM `goods` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `goods` SET `word` = CASE WHEN ('' <> '') THEN '' WHEN ('x' <> '') THEN 'x' END WHERE `id` = forgelua_s1 AND (`word` IS NULL);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'goods.word/migrate/relax';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `goods` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'goods.word/migrate/relax';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
ALTER TABLE `goods`
  MODIFY COLUMN `word` varchar(3) NOT NULL,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 3 of 13: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 13, migrate: Allow NULL in goods.count for as long as both columns live
--   Id:           goods.count/migrate/relax
--   Estimate:     unknown
--   Loses:        values of amount that count cannot hold: they come back as a value that count_positive accepts, and are named in forgelua_sync_errors
-- ============================================================================
SELECT 'undo step 2 of 13: Allow NULL in goods.count for as long as both columns live' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('goods.count/migrate/relax', 'goods', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'goods.count/migrate/relax';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `goods` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `goods` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `goods` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `goods` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `goods` SET `count` = CASE WHEN (0 > 0) THEN 0 WHEN (1 > 0) THEN 1 WHEN (-1 > 0) THEN -1 WHEN ((0 + 1) > 0) THEN (0 + 1) WHEN ((0 - 1) > 0) THEN (0 - 1) END WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND (`count` IS NULL);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'goods.count/migrate/relax';
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
              SELECT 'goods.count/migrate/relax', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'count', `count`, 'word', `word`, 'amount', `amount`, 'name', `name`), forgelua_message FROM `goods` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `goods` SET `count` = CASE WHEN (0 > 0) THEN 0 WHEN (1 > 0) THEN 1 WHEN (-1 > 0) THEN -1 WHEN ((0 + 1) > 0) THEN (0 + 1) WHEN ((0 - 1) > 0) THEN (0 - 1) END WHERE `id` = forgelua_s1 AND (`count` IS NULL);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'goods.count/migrate/relax';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `goods` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'goods.count/migrate/relax';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
ALTER TABLE `goods`
  MODIFY COLUMN `count` int NOT NULL,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 2 of 13: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 13, expand: Add amount, name beside count, word in goods
--   Id:           goods.amount/expand/add-column
-- ============================================================================
SELECT 'undo step 1 of 13: Add amount, name beside count, word in goods' AS `forgelua`;
ALTER TABLE `goods`
  DROP COLUMN `name`,
  DROP COLUMN `amount`,
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
SELECT 'undo step 1 of 13: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
