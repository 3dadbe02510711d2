-- WARNING: rollback is destructive — goods_key data will be lost: rows of goods that agree in what goods_key held apart: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — goods_code data will be lost: rows of goods that agree in what goods_code held apart: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — goods_word data will be lost: rows of goods that agree in what goods_word held apart: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — stock data will be lost: values of stock that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors.
-- WARNING: rollback is destructive — stock_shop data will be lost: rows of stock that point nowhere: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — goods.st data will be lost: values of st that do not come back from st unchanged.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration names_kept_over_moved
-- Indexes, keys and rules keep their names and take up, or let go of, a column that moves
-- mariadb 10.11; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: mariadb --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < rollback.sql
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
-- Check: step 25 must be done before this: Give stock_shop of stock their names. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'stock' AND CONSTRAINT_NAME = 'stock_shop' AND CONSTRAINT_TYPE = 'FOREIGN KEY') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 25 must be done before this: Give stock_shop of stock their names')), '1', @forgelua_actual);
-- Check: step 18 must be done before this: Drop what hangs on the old column st__old of goods. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'goods' AND INDEX_NAME = 'goods_idx__old' AND NON_UNIQUE = 1) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 18 must be done before this: Drop what hangs on the old column st__old of goods')), '1', @forgelua_actual);
-- Check: the whole plan must be done before this: alter_column goods.st. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'goods' AND COLUMN_NAME = 'st') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'goods' AND COLUMN_NAME = 'st' AND COLUMN_TYPE = 'varchar(3)') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must be done before this: alter_column goods.st')), '1', @forgelua_actual);

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no row of stock points at a missing row of shops. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `stock` AS child_row WHERE child_row.`other` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `shops` AS parent_row WHERE parent_row.`id` = child_row.`other`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of stock points at a missing row of shops')), '0', @forgelua_actual);
-- Check: no two rows of goods agree in (`st__old`) (st__old is st by now). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM `goods` WHERE st IS NOT NULL GROUP BY st HAVING COUNT(*) > 1) AS doubled) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no two rows of goods agree in (`st__old`) (st__old is st by now)')), '0', @forgelua_actual);
-- Check: no two rows of goods agree in (`code`). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM `goods` WHERE `code` IS NOT NULL GROUP BY `code` HAVING COUNT(*) > 1) AS doubled) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no two rows of goods agree in (`code`)')), '0', @forgelua_actual);
-- Check: no two rows of goods agree in (`age`). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM `goods` WHERE `age` IS NOT NULL GROUP BY `age` HAVING COUNT(*) > 1) AS doubled) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no two rows of goods agree in (`age`)')), '0', @forgelua_actual);

-- ============================================================================
-- Undo step 26 of 26, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 26 of 26: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 26 of 26: done' AS `forgelua`;

-- ============================================================================
-- Undo step 25 of 26, contract: Give stock_shop of stock their names
--   Id:           stock/contract/final-names
-- ============================================================================
SELECT 'undo step 25 of 26: Give stock_shop of stock their names' AS `forgelua`;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `stock`
  ADD CONSTRAINT `stock_shop__new` FOREIGN KEY (`place`) REFERENCES `shops` (`id`),
  DROP FOREIGN KEY `stock_shop`,
  RENAME INDEX `stock_shop` TO `stock_shop__new`,
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `stock` AS c WHERE c.`place` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `shops` AS p WHERE p.`id` = c.`place`)) THEN
    ALTER TABLE `stock` DROP FOREIGN KEY `stock_shop__new`, DROP INDEX `stock_shop__new`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of stock have no match for foreign key stock_shop__new';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'undo step 25 of 26: done' AS `forgelua`;

-- ============================================================================
-- Undo step 24 of 26, contract: Drop stock__old
--   Id:           stock/contract/drop-old
-- ============================================================================
SELECT 'undo step 24 of 26: Drop stock__old' AS `forgelua`;
CREATE TABLE `stock__old` (
  `id` int NOT NULL,
  `age` int NULL,
  `st` varchar(9) NOT NULL DEFAULT 'new',
  `shop` int NULL,
  `other` int NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `stock_key` (`id`, `age`),
  KEY `stock_idx` (`age`),
  CONSTRAINT `stock_ok` CHECK (age >= 0),
  CONSTRAINT `stock_said` CHECK (st <> '')
);
SELECT 'undo step 24 of 26: done' AS `forgelua`;

-- ============================================================================
-- Undo step 23 of 26, contract: Stop repeating writes to stock on stock__old
--   Id:           stock/contract/stop-sync
-- ============================================================================
SELECT 'undo step 23 of 26: Stop repeating writes to stock on stock__old' AS `forgelua`;
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
CREATE TRIGGER `stock__sync_2366_d` AFTER DELETE ON `stock` FOR EACH ROW
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
  DELETE FROM `stock__old` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('stock__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'age', OLD.`age`, 'state', OLD.`state`, 'place', OLD.`place`, 'other', OLD.`other`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `stock__sync_2366_u` AFTER UPDATE ON `stock` FOR EACH ROW
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
    UPDATE `stock__old` SET `id` = NEW.`id`, `age` = NEW.`age`, `st` = NEW.`state`, `shop` = NEW.`place`, `other` = NEW.`other` WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `stock__old` (`id`, `age`, `st`, `shop`, `other`) VALUES (NEW.`id`, NEW.`age`, NEW.`state`, NEW.`place`, NEW.`other`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `stock__old` SET `id` = NEW.`id`, `age` = NEW.`age`, `st` = NEW.`state`, `shop` = NEW.`place`, `other` = NEW.`other` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `stock__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('stock__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'age', NEW.`age`, 'state', NEW.`state`, 'place', NEW.`place`, 'other', NEW.`other`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `stock__sync_2366_i` AFTER INSERT ON `stock` FOR EACH ROW
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
    INSERT INTO `stock__old` (`id`, `age`, `st`, `shop`, `other`) VALUES (NEW.`id`, NEW.`age`, NEW.`state`, NEW.`place`, NEW.`other`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `stock__old` SET `id` = NEW.`id`, `age` = NEW.`age`, `st` = NEW.`state`, `shop` = NEW.`place`, `other` = NEW.`other` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `stock__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('stock__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'age', NEW.`age`, 'state', NEW.`state`, 'place', NEW.`place`, 'other', NEW.`other`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 23 of 26: done' AS `forgelua`;

-- ============================================================================
-- Undo step 22 of 26, contract: From here the way back copies stock into stock__old again
--   Id:           stock/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
SELECT 'undo step 22 of 26: From here the way back copies stock into stock__old again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('stock/contract/point-of-return', 'stock', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'stock/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `stock` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `stock` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `stock` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `stock` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      INSERT INTO `stock__old` (`id`, `age`, `st`, `shop`, `other`) SELECT `id`, `age`, `state`, `place`, `other` FROM `stock` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `stock__old` AS forgelua_t WHERE forgelua_t.`id` = `stock`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'stock/contract/point-of-return';
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
              SELECT 'stock/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'age', `age`, 'state', `state`, 'place', `place`, 'other', `other`), forgelua_message FROM `stock` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          INSERT INTO `stock__old` (`id`, `age`, `st`, `shop`, `other`) SELECT `id`, `age`, `state`, `place`, `other` FROM `stock` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `stock__old` AS forgelua_t WHERE forgelua_t.`id` = `stock`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'stock/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `stock` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'stock/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'undo step 22 of 26: done' AS `forgelua`;

-- ============================================================================
-- Undo step 21 of 26, contract: Make goods.st NOT NULL
--   Id:           goods.st/contract/not-null
-- ============================================================================
SELECT 'undo step 21 of 26: Make goods.st NOT NULL' AS `forgelua`;
ALTER TABLE `goods`
  MODIFY COLUMN `st` varchar(3) NULL,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 21 of 26: done' AS `forgelua`;

-- ============================================================================
-- Undo step 20 of 26, contract: Drop the old column st__old of goods and what filled it
--   Id:           goods.st/contract/drop-old
--   Loses:        values of st that do not come back from st unchanged
-- ============================================================================
SELECT 'undo step 20 of 26: Drop the old column st__old of goods and what filled it' AS `forgelua`;
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
ALTER TABLE `goods`
  ADD COLUMN `st__old` varchar(9) NOT NULL AFTER `st`,
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
    IF @forgelua_backfill = 1 THEN SET NEW.`st__old` = OLD.`st__old`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`st` = OLD.`st`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (CAST(NEW.`st` AS BINARY) <=> CAST(OLD.`st` AS BINARY)) THEN
    SET NEW.`st__old` = NEW.`st`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`st__old` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'st__old', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'age', NEW.`age`, 'st__old', NEW.`st__old`, 'code', NEW.`code`, 'st', NEW.`st`), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`st__old` AS BINARY) <=> CAST(OLD.`st__old` AS BINARY)) THEN
    SET NEW.`st` = NEW.`st__old`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`st` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'st', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'age', NEW.`age`, 'st__old', NEW.`st__old`, 'code', NEW.`code`, 'st', NEW.`st`), forgelua_message);
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
  IF NEW.`st__old` IS NOT NULL THEN
    SET NEW.`st` = NEW.`st__old`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`st` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'st', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'age', NEW.`age`, 'st__old', NEW.`st__old`, 'code', NEW.`code`, 'st', NEW.`st`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`st__old` = NEW.`st`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`st__old` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'st__old', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'age', NEW.`age`, 'st__old', NEW.`st__old`, 'code', NEW.`code`, 'st', NEW.`st`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
UNLOCK TABLES;
SELECT 'undo step 20 of 26: done' AS `forgelua`;

-- ============================================================================
-- Undo step 19 of 26, contract: From here the way back computes st__old of goods again
--   Id:           goods.st/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
SELECT 'undo step 19 of 26: From here the way back computes st__old of goods again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('goods.st/contract/point-of-return', 'goods', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
SET @forgelua_isolation = @@SESSION.tx_isolation, SESSION tx_isolation = 'READ-COMMITTED', @forgelua_backfill = 2;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'goods.st/contract/point-of-return';
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
      UPDATE `goods` SET `st__old` = `st` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND ((CASE WHEN (`st__old`) = (`st`) OR ((`st__old`) IS NULL AND (`st`) IS NULL) THEN 0 ELSE 1 END = 1));
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'goods.st/contract/point-of-return';
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
              SELECT 'goods.st/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'age', `age`, 'st__old', `st__old`, 'code', `code`, 'st', `st`), forgelua_message FROM `goods` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `goods` SET `st__old` = `st` WHERE `id` = forgelua_s1 AND ((CASE WHEN (`st__old`) = (`st`) OR ((`st__old`) IS NULL AND (`st`) IS NULL) THEN 0 ELSE 1 END = 1));
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'goods.st/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `goods` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'goods.st/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 19 of 26: done' AS `forgelua`;

-- ============================================================================
-- Undo step 18 of 26, contract: Drop what hangs on the old column st__old of goods
--   Id:           goods.st/contract/drop-old-members
-- ============================================================================
SELECT 'undo step 18 of 26: Drop what hangs on the old column st__old of goods' AS `forgelua`;
ALTER TABLE `goods`
  ADD KEY `goods_idx__old` (`age`),
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'undo step 18 of 26: done' AS `forgelua`;

-- ============================================================================
-- Undo step 17 of 26, switch: Drop the foreign keys of stock__old that stock has no more
--   Id:           stock/switch/release-keys
--   Loses:        rows of stock that point nowhere: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 17 of 26: Drop the foreign keys of stock__old that stock has no more' AS `forgelua`;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `stock__old`
  ADD CONSTRAINT `stock_shop` FOREIGN KEY (`other`) REFERENCES `shops` (`id`),
  ADD KEY `stock_shop` (`other`),
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `stock__old` AS c WHERE c.`other` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `shops` AS p WHERE p.`id` = c.`other`)) THEN
    ALTER TABLE `stock__old` DROP FOREIGN KEY `stock_shop`, DROP INDEX `stock_shop`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of stock__old have no match for foreign key stock_shop';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'undo step 17 of 26: done' AS `forgelua`;

-- ============================================================================
-- Undo step 16 of 26, switch: Swap the copy of stock in
--   Id:           stock/switch/swap
--   Loses:        values of stock that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
-- ============================================================================
SELECT 'undo step 16 of 26: Swap the copy of stock in' AS `forgelua`;
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
CREATE TRIGGER `stock__sync_1e51_d` AFTER DELETE ON `stock__old` FOR EACH ROW
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
  DELETE FROM `stock__new` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('stock__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'age', OLD.`age`, 'st', OLD.`st`, 'shop', OLD.`shop`, 'other', OLD.`other`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `stock__sync_1e51_u` AFTER UPDATE ON `stock__old` FOR EACH ROW
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
    UPDATE `stock__new` SET `id` = NEW.`id`, `age` = NEW.`age`, `state` = NEW.`st`, `place` = NEW.`shop`, `other` = NEW.`other` WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `stock__new` (`id`, `age`, `state`, `place`, `other`) VALUES (NEW.`id`, NEW.`age`, NEW.`st`, NEW.`shop`, NEW.`other`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `stock__new` SET `id` = NEW.`id`, `age` = NEW.`age`, `state` = NEW.`st`, `place` = NEW.`shop`, `other` = NEW.`other` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `stock__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('stock__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'age', NEW.`age`, 'st', NEW.`st`, 'shop', NEW.`shop`, 'other', NEW.`other`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `stock__sync_1e51_i` AFTER INSERT ON `stock__old` FOR EACH ROW
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
    INSERT INTO `stock__new` (`id`, `age`, `state`, `place`, `other`) VALUES (NEW.`id`, NEW.`age`, NEW.`st`, NEW.`shop`, NEW.`other`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `stock__new` SET `id` = NEW.`id`, `age` = NEW.`age`, `state` = NEW.`st`, `place` = NEW.`shop`, `other` = NEW.`other` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `stock__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('stock__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'age', NEW.`age`, 'st', NEW.`st`, 'shop', NEW.`shop`, 'other', NEW.`other`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
RENAME TABLE `stock` TO `stock__new`, `stock__old` TO `stock`;
DROP TRIGGER IF EXISTS `stock__sync_2366_i`;
DROP TRIGGER IF EXISTS `stock__sync_2366_u`;
DROP TRIGGER IF EXISTS `stock__sync_2366_d`;
SELECT 'undo step 16 of 26: done' AS `forgelua`;

-- ============================================================================
-- Undo step 15 of 26, switch: Add the foreign key stock_shop__new on stock__new
--   Id:           stock__new.stock_shop__new/switch/add-foreign-key
-- ============================================================================
SELECT 'undo step 15 of 26: Add the foreign key stock_shop__new on stock__new' AS `forgelua`;
ALTER TABLE `stock__new`
  DROP FOREIGN KEY `stock_shop__new`,
  DROP INDEX `stock_shop__new`,
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'undo step 15 of 26: done' AS `forgelua`;

-- ============================================================================
-- Undo step 14 of 26, switch: Let the new definition take over the unique constraint goods_word on goods
--   Id:           goods.goods_word/switch/take-over
--   Loses:        rows of goods that agree in what goods_word held apart: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 14 of 26: Let the new definition take over the unique constraint goods_word on goods' AS `forgelua`;
ALTER TABLE `goods`
  RENAME INDEX `goods_word` TO `goods_word__new`,
  ALGORITHM=INSTANT;
ALTER TABLE `goods`
  ADD UNIQUE KEY `goods_word` (`st__old`),
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'undo step 14 of 26: done' AS `forgelua`;

-- ============================================================================
-- Undo step 13 of 26, switch: Add the unique constraint goods_word__new on goods
--   Id:           goods.goods_word__new/switch/add-unique-constraint
-- ============================================================================
SELECT 'undo step 13 of 26: Add the unique constraint goods_word__new on goods' AS `forgelua`;
ALTER TABLE `goods`
  DROP INDEX `goods_word__new`,
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'undo step 13 of 26: done' AS `forgelua`;

-- ============================================================================
-- Undo step 12 of 26, switch: Let the new st of goods take over
--   Id:           goods.st/switch/swap
-- ============================================================================
SELECT 'undo step 12 of 26: Let the new st of goods take over' AS `forgelua`;
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
  RENAME INDEX `goods_idx` TO `goods_idx__new`,
  RENAME INDEX `goods_idx__old` TO `goods_idx`,
  ALGORITHM=INSTANT;
ALTER TABLE `goods`
  CHANGE COLUMN `st` `st__new` varchar(3) NULL INVISIBLE,
  RENAME COLUMN `st__old` TO `st`,
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
    IF @forgelua_backfill = 1 THEN SET NEW.`st` = OLD.`st`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`st__new` = OLD.`st__new`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (CAST(NEW.`st` AS BINARY) <=> CAST(OLD.`st` AS BINARY)) THEN
    SET NEW.`st__new` = NEW.`st`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`st__new` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'st__new', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'age', NEW.`age`, 'st', NEW.`st`, 'code', NEW.`code`, 'st__new', NEW.`st__new`), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`st__new` AS BINARY) <=> CAST(OLD.`st__new` AS BINARY)) THEN
    SET NEW.`st` = NEW.`st__new`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`st` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'st', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'age', NEW.`age`, 'st', NEW.`st`, 'code', NEW.`code`, 'st__new', NEW.`st__new`), forgelua_message);
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
  IF NEW.`st__new` IS NOT NULL THEN
    SET NEW.`st` = NEW.`st__new`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`st` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'st', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'age', NEW.`age`, 'st', NEW.`st`, 'code', NEW.`code`, 'st__new', NEW.`st__new`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`st__new` = NEW.`st`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`st__new` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'st__new', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'age', NEW.`age`, 'st', NEW.`st`, 'code', NEW.`code`, 'st__new', NEW.`st__new`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
UNLOCK TABLES;
SELECT 'undo step 12 of 26: done' AS `forgelua`;

-- ============================================================================
-- Undo step 11 of 26, switch: Add the unique constraint goods_code on goods
--   Id:           goods.goods_code/switch/add-unique-constraint
-- ============================================================================
SELECT 'undo step 11 of 26: Add the unique constraint goods_code on goods' AS `forgelua`;
ALTER TABLE `goods`
  DROP INDEX `goods_code`,
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'undo step 11 of 26: done' AS `forgelua`;

-- ============================================================================
-- Undo step 10 of 26, switch: Add the unique constraint goods_key on goods
--   Id:           goods.goods_key/switch/add-unique-constraint
-- ============================================================================
SELECT 'undo step 10 of 26: Add the unique constraint goods_key on goods' AS `forgelua`;
ALTER TABLE `goods`
  DROP INDEX `goods_key`,
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'undo step 10 of 26: done' AS `forgelua`;

-- ============================================================================
-- Undo step 9 of 26, switch: Drop the unique constraint goods_code on goods
--   Id:           goods.goods_code/switch/drop-unique-constraint
--   Loses:        rows of goods that agree in what goods_code held apart: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 9 of 26: Drop the unique constraint goods_code on goods' AS `forgelua`;
ALTER TABLE `goods`
  ADD UNIQUE KEY `goods_code` (`code`),
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'undo step 9 of 26: done' AS `forgelua`;

-- ============================================================================
-- Undo step 8 of 26, switch: Drop the unique constraint goods_key on goods
--   Id:           goods.goods_key/switch/drop-unique-constraint
--   Loses:        rows of goods that agree in what goods_key held apart: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 8 of 26: Drop the unique constraint goods_key on goods' AS `forgelua`;
ALTER TABLE `goods`
  ADD UNIQUE KEY `goods_key` (`age`),
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'undo step 8 of 26: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 26, migrate: Copy the rows of stock into stock__new
--   Id:           stock/migrate/copy
-- ============================================================================
SELECT 'undo step 7 of 26: Copy the rows of stock into stock__new' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 7 of 26: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 26, migrate: Repeat every write to stock on stock__new
--   Id:           stock/migrate/sync
-- ============================================================================
SELECT 'undo step 6 of 26: Repeat every write to stock on stock__new' AS `forgelua`;
DROP TRIGGER IF EXISTS `stock__sync_1e51_i`;
DROP TRIGGER IF EXISTS `stock__sync_1e51_u`;
DROP TRIGGER IF EXISTS `stock__sync_1e51_d`;
SELECT 'undo step 6 of 26: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 26, migrate: Add the index goods_idx__new on goods
--   Id:           goods.goods_idx__new/migrate/add-index
-- ============================================================================
SELECT 'undo step 5 of 26: Add the index goods_idx__new on goods' AS `forgelua`;
ALTER TABLE `goods`
  DROP INDEX `goods_idx__new`,
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'undo step 5 of 26: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 26, migrate: Convert st of goods into st__new
--   Id:           goods.st/migrate/backfill
-- ============================================================================
SELECT 'undo step 4 of 26: Convert st of goods into st__new' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 4 of 26: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 26, migrate: Keep st and st__new of goods equal
--   Id:           goods.st/migrate/sync
-- ============================================================================
SELECT 'undo step 3 of 26: Keep st and st__new of goods equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `goods__sync_i`;
DROP TRIGGER IF EXISTS `goods__sync_u`;
SELECT 'undo step 3 of 26: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 26, expand: Create stock__new in the new shape of stock
--   Id:           stock/expand/create-copy
-- ============================================================================
SELECT 'undo step 2 of 26: Create stock__new in the new shape of stock' AS `forgelua`;
DROP TABLE `stock__new`;
SELECT 'undo step 2 of 26: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 26, expand: Add st__new beside st in goods
--   Id:           goods.st/expand/add-column
-- ============================================================================
SELECT 'undo step 1 of 26: Add st__new beside st in goods' AS `forgelua`;
ALTER TABLE `goods`
  DROP COLUMN `st__new`,
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
SELECT 'undo step 1 of 26: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
