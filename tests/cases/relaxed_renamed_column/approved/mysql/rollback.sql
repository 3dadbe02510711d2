-- WARNING: rollback is destructive — prices.amount data will be lost: NULLs written to prices.amount: the way back stops at them until they have a value.
-- WARNING: rollback is destructive — prices_amount_key data will be lost: rows of prices that agree in what prices_amount_key held apart: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — amount_positive data will be lost: rows of prices that violate amount_positive: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — labels_code_key data will be lost: rows of tags that agree in what labels_code_key held apart: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration relaxed_renamed_column
-- A column gets another name and may hold what it might not before
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
-- Check: step 14 must be done before this: Drop the view that served the old name labels. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'labels' AND TABLE_TYPE = 'VIEW') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 14 must be done before this: Drop the view that served the old name labels')), '1', @forgelua_actual);
-- Check: step 13 must be done before this: Drop the old column amount of prices. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'prices' AND COLUMN_NAME = 'amount') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 13 must be done before this: Drop the old column amount of prices')), '1', @forgelua_actual);
-- Check: step 6 must be done before this: Drop the unique constraint prices_amount_key on prices. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'prices' AND CONSTRAINT_NAME = 'prices_amount_key' AND CONSTRAINT_TYPE = 'UNIQUE') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 6 must be done before this: Drop the unique constraint prices_amount_key on prices')), '1', @forgelua_actual);

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no two rows of tags agree in (`code`). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM `tags` WHERE `code` IS NOT NULL GROUP BY `code` HAVING COUNT(*) > 1) AS doubled) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no two rows of tags agree in (`code`)')), '0', @forgelua_actual);
-- Check: every row of prices satisfies amount_positive (amount is cost by now). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `prices` WHERE NOT (cost > 0)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row of prices satisfies amount_positive (amount is cost by now)')), '0', @forgelua_actual);
-- Check: no two rows of prices agree in (`amount`) (amount is cost by now). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM `prices` WHERE cost IS NOT NULL GROUP BY cost HAVING COUNT(*) > 1) AS doubled) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no two rows of prices agree in (`amount`) (amount is cost by now)')), '0', @forgelua_actual);
-- Check: no row of prices has NULL in amount (amount is cost by now). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `prices` WHERE cost IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of prices has NULL in amount (amount is cost by now)')), '0', @forgelua_actual);

-- ============================================================================
-- Undo step 15 of 15, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 15 of 15: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 15 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 14 of 15, contract: Drop the view that served the old name labels
--   Id:           tags/contract/drop-old-name
-- ============================================================================
SELECT 'undo step 14 of 15: Drop the view that served the old name labels' AS `forgelua`;
CREATE VIEW `labels` AS SELECT `id`, `code` FROM `tags`;
SELECT 'undo step 14 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 13 of 15, contract: Drop the old column amount of prices
--   Id:           prices.cost/contract/drop-old
-- ============================================================================
SELECT 'undo step 13 of 15: Drop the old column amount of prices' AS `forgelua`;
ALTER TABLE `prices`
  ADD COLUMN `amount` int NULL,
  ALGORITHM=INSTANT;
SELECT 'undo step 13 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 12 of 15, contract: Stop keeping amount and cost of prices equal
--   Id:           prices.cost/contract/stop-sync
-- ============================================================================
SELECT 'undo step 12 of 15: Stop keeping amount and cost of prices equal' AS `forgelua`;
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
CREATE TRIGGER `prices__sync_u` BEFORE UPDATE ON `prices` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`amount` = OLD.`amount`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`cost` = OLD.`cost`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`cost` <=> OLD.`cost`) THEN
    SET NEW.`amount` = NEW.`cost`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`amount` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('prices__sync', 'amount', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'amount', NEW.`amount`, 'cost', NEW.`cost`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`amount` <=> OLD.`amount`) THEN
    SET NEW.`cost` = NEW.`amount`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`cost` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('prices__sync', 'cost', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'amount', NEW.`amount`, 'cost', NEW.`cost`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `prices__sync_i` BEFORE INSERT ON `prices` FOR EACH ROW
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
    SET NEW.`cost` = NEW.`amount`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`cost` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('prices__sync', 'cost', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'amount', NEW.`amount`, 'cost', NEW.`cost`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`amount` = NEW.`cost`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`amount` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('prices__sync', 'amount', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'amount', NEW.`amount`, 'cost', NEW.`cost`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 12 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 11 of 15, contract: From here the way back computes amount of prices again
--   Id:           prices.cost/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
SELECT 'undo step 11 of 15: From here the way back computes amount of prices again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('prices.cost/contract/point-of-return', 'prices', 20000, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_l1 bigint;
  DECLARE forgelua_s1 bigint;
  DECLARE forgelua_e1 bigint;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'prices.cost/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `prices` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `prices` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(0.100); END IF;
    SELECT `id` INTO forgelua_e1 FROM `prices` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 9999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `prices` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `prices` SET `amount` = `cost` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND ((CASE WHEN (`amount`) = (`cost`) OR ((`amount`) IS NULL AND (`cost`) IS NULL) THEN 0 ELSE 1 END = 1));
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'prices.cost/contract/point-of-return';
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
              SELECT 'prices.cost/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'amount', `amount`, 'cost', `cost`), forgelua_message FROM `prices` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `prices` SET `amount` = `cost` WHERE `id` = forgelua_s1 AND ((CASE WHEN (`amount`) = (`cost`) OR ((`amount`) IS NULL AND (`cost`) IS NULL) THEN 0 ELSE 1 END = 1));
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'prices.cost/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `prices` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'prices.cost/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 11 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 10 of 15, switch: Drop the unique constraint labels_code_key on tags
--   Id:           tags.labels_code_key/switch/drop-unique-constraint
--   Loses:        rows of tags that agree in what labels_code_key held apart: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 10 of 15: Drop the unique constraint labels_code_key on tags' AS `forgelua`;
ALTER TABLE `tags`
  ADD UNIQUE KEY `labels_code_key` (`code`),
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 10 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 9 of 15, switch: Rename labels to tags
--   Id:           labels/switch/rename-table
-- ============================================================================
SELECT 'undo step 9 of 15: Rename labels to tags' AS `forgelua`;
CREATE OR REPLACE VIEW `labels` AS SELECT `id`, `code` FROM `tags`;
CREATE VIEW `tags__view` AS SELECT `id`, `code` FROM `labels`;
RENAME TABLE `labels` TO `labels__gone`, `tags` TO `labels`, `tags__view` TO `tags`;
DROP VIEW `labels__gone`;
SELECT 'undo step 9 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 8 of 15, switch: Let cost of prices lead
--   Id:           prices.cost/switch/swap
-- ============================================================================
SELECT 'undo step 8 of 15: Let cost of prices lead' AS `forgelua`;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
LOCK TABLES `prices` WRITE;
DROP TRIGGER IF EXISTS `prices__sync_i`;
DROP TRIGGER IF EXISTS `prices__sync_u`;
ALTER TABLE `prices`
  ALTER COLUMN `cost` SET INVISIBLE,
  ALGORITHM=INSTANT;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `prices__sync_u` BEFORE UPDATE ON `prices` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`amount` = OLD.`amount`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`cost` = OLD.`cost`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`amount` <=> OLD.`amount`) THEN
    SET NEW.`cost` = NEW.`amount`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`cost` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('prices__sync', 'cost', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'amount', NEW.`amount`, 'cost', NEW.`cost`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`cost` <=> OLD.`cost`) THEN
    SET NEW.`amount` = NEW.`cost`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`amount` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('prices__sync', 'amount', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'amount', NEW.`amount`, 'cost', NEW.`cost`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `prices__sync_i` BEFORE INSERT ON `prices` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`cost` IS NOT NULL THEN
    SET NEW.`amount` = NEW.`cost`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`amount` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('prices__sync', 'amount', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'amount', NEW.`amount`, 'cost', NEW.`cost`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`cost` = NEW.`amount`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`cost` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('prices__sync', 'cost', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'amount', NEW.`amount`, 'cost', NEW.`cost`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
UNLOCK TABLES;
SELECT 'undo step 8 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 15, switch: Drop the check amount_positive on prices
--   Id:           prices.amount_positive/switch/drop-check
--   Loses:        rows of prices that violate amount_positive: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 7 of 15: Drop the check amount_positive on prices' AS `forgelua`;
ALTER TABLE `prices`
  ADD CONSTRAINT `amount_positive` CHECK (amount > 0),
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'undo step 7 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 15, switch: Drop the unique constraint prices_amount_key on prices
--   Id:           prices.prices_amount_key/switch/drop-unique-constraint
--   Loses:        rows of prices that agree in what prices_amount_key held apart: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 6 of 15: Drop the unique constraint prices_amount_key on prices' AS `forgelua`;
ALTER TABLE `prices`
  ADD UNIQUE KEY `prices_amount_key` (`amount`),
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 6 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 15, migrate: Convert amount of prices into cost
--   Id:           prices.cost/migrate/backfill
-- ============================================================================
SELECT 'undo step 5 of 15: Convert amount of prices into cost' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 5 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 15, migrate: Keep amount and cost of prices equal
--   Id:           prices.cost/migrate/sync
-- ============================================================================
SELECT 'undo step 4 of 15: Keep amount and cost of prices equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `prices__sync_i`;
DROP TRIGGER IF EXISTS `prices__sync_u`;
SELECT 'undo step 4 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 15, migrate: Allow NULL in prices.amount for as long as both columns live
--   Id:           prices.amount/migrate/relax
--   Loses:        NULLs written to prices.amount: the way back stops at them until they have a value
-- ============================================================================
SELECT 'undo step 3 of 15: Allow NULL in prices.amount for as long as both columns live' AS `forgelua`;
ALTER TABLE `prices`
  MODIFY COLUMN `amount` int NOT NULL,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 3 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 15, expand: Serve labels under its new name tags by a view
--   Id:           tags/expand/view-under-new-name
-- ============================================================================
SELECT 'undo step 2 of 15: Serve labels under its new name tags by a view' AS `forgelua`;
DROP VIEW `tags`;
SELECT 'undo step 2 of 15: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 15, expand: Add cost beside amount in prices
--   Id:           prices.cost/expand/add-column
-- ============================================================================
SELECT 'undo step 1 of 15: Add cost beside amount in prices' AS `forgelua`;
ALTER TABLE `prices`
  DROP COLUMN `cost`,
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
SELECT 'undo step 1 of 15: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
