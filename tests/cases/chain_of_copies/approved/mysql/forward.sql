-- Forward, every phase of migration chain_of_copies
-- Three tables that refer to each other in a chain are copied: on the way back each comes after what it refers to
-- mysql 8.4; strategy shadow_table; risk high; forgelua 0.1.0
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
-- Check: step 1 must not be done at this point: Create customers__new in the new shape of customers. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'customers__new' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 1 must not be done at this point: Create customers__new in the new shape of customers')), '0', @forgelua_actual);
-- Check: the whole plan must not be done at this point: alter_column customers.name. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'customers' AND COLUMN_NAME = 'name') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'customers' AND COLUMN_NAME = 'name' AND COLUMN_TYPE = 'varchar(40)') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must not be done at this point: alter_column customers.name')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 23, expand: Create customers__new in the new shape of customers
--   Id:           customers/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 1 of 23: Create customers__new in the new shape of customers' AS `forgelua`;
-- Check: no trigger, policy, rule or statistics object of customers that this plan does not know: a copy would lose it. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE = 'customers' AND TRIGGER_NAME NOT LIKE '%\_\_sync%') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no trigger, policy, rule or statistics object of customers that this plan does not know: a copy would lose it')), '0', @forgelua_actual);
CREATE TABLE `customers__new` (
  `id` bigint NOT NULL,
  `name` varchar(40) NOT NULL,
  PRIMARY KEY (`id`)
);
SELECT 'step 1 of 23: done' AS `forgelua`;

-- ============================================================================
-- Step 2 of 23, expand: Create items__new in the new shape of items
--   Id:           items/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 2 of 23: Create items__new in the new shape of items' AS `forgelua`;
-- Check: no trigger, policy, rule or statistics object of items that this plan does not know: a copy would lose it. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE = 'items' AND TRIGGER_NAME NOT LIKE '%\_\_sync%') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no trigger, policy, rule or statistics object of items that this plan does not know: a copy would lose it')), '0', @forgelua_actual);
CREATE TABLE `items__new` (
  `order_id` bigint NOT NULL,
  `line` int NOT NULL,
  `price` bigint NULL,
  PRIMARY KEY (`order_id`, `line`)
);
SELECT 'step 2 of 23: done' AS `forgelua`;

-- ============================================================================
-- Step 3 of 23, expand: Create orders__new in the new shape of orders
--   Id:           orders/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 3 of 23: Create orders__new in the new shape of orders' AS `forgelua`;
-- Check: no trigger, policy, rule or statistics object of orders that this plan does not know: a copy would lose it. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE = 'orders' AND TRIGGER_NAME NOT LIKE '%\_\_sync%') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no trigger, policy, rule or statistics object of orders that this plan does not know: a copy would lose it')), '0', @forgelua_actual);
CREATE TABLE `orders__new` (
  `id` bigint NOT NULL,
  `total` bigint NULL,
  `customer_id` bigint NOT NULL,
  PRIMARY KEY (`id`)
);
SELECT 'step 3 of 23: done' AS `forgelua`;

-- ============================================================================
-- Step 4 of 23, migrate: Repeat every write to customers on customers__new
--   Id:           customers/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Also locks:   customers__new
--   Note:         creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
SELECT 'step 4 of 23: Repeat every write to customers on customers__new' AS `forgelua`;
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
CREATE TRIGGER `customers__sync_1612_d` AFTER DELETE ON `customers` FOR EACH ROW
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
  DELETE FROM `customers__new` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('customers__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'name', OLD.`name`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `customers__sync_1612_u` AFTER UPDATE ON `customers` FOR EACH ROW
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
    UPDATE `customers__new` SET `id` = NEW.`id`, `name` = NEW.`name` WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `customers__new` (`id`, `name`) VALUES (NEW.`id`, NEW.`name`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `customers__new` SET `id` = NEW.`id`, `name` = NEW.`name` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `customers__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('customers__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `customers__sync_1612_i` AFTER INSERT ON `customers` FOR EACH ROW
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
    INSERT INTO `customers__new` (`id`, `name`) VALUES (NEW.`id`, NEW.`name`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `customers__new` SET `id` = NEW.`id`, `name` = NEW.`name` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `customers__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('customers__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 4 of 23: done' AS `forgelua`;

-- ============================================================================
-- Step 5 of 23, migrate: Copy the rows of customers into customers__new
--   Id:           customers/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; a transaction that updates several of them may meet a deadlock and must be ready to run again
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
SELECT 'step 5 of 23: Copy the rows of customers into customers__new' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('customers/migrate/copy', 'customers', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'customers/migrate/copy';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `customers` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `customers` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `customers` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `customers` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      INSERT INTO `customers__new` (`id`, `name`) SELECT `id`, `name` FROM `customers` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `customers__new` AS forgelua_t WHERE forgelua_t.`id` = `customers`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'customers/migrate/copy';
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
              SELECT 'customers/migrate/copy', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'name', `name`), forgelua_message FROM `customers` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          INSERT INTO `customers__new` (`id`, `name`) SELECT `id`, `name` FROM `customers` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `customers__new` AS forgelua_t WHERE forgelua_t.`id` = `customers`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'customers/migrate/copy';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `customers` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'customers/migrate/copy';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'step 5 of 23: done' AS `forgelua`;
-- Check: every row has an equal one in the copy. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT `id` AS `id`, `name` AS `name` FROM `customers`) AS source WHERE NOT EXISTS (SELECT 1 FROM `customers__new` AS copied WHERE copied.`id` = source.`id` AND (copied.`name` = source.`name` OR (copied.`name` IS NULL AND source.`name` IS NULL)))) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row has an equal one in the copy')), '0', @forgelua_actual);

-- ============================================================================
-- Step 6 of 23, migrate: Repeat every write to items on items__new
--   Id:           items/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Also locks:   items__new
--   Note:         creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
SELECT 'step 6 of 23: Repeat every write to items on items__new' AS `forgelua`;
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
CREATE TRIGGER `items__sync_c6cf_d` AFTER DELETE ON `items` FOR EACH ROW
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
  DELETE FROM `items__new` WHERE `order_id` = OLD.`order_id` AND `line` = OLD.`line`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('items__sync', '*', CONCAT_WS(',', OLD.`order_id`, OLD.`line`), JSON_OBJECT('order_id', OLD.`order_id`, 'line', OLD.`line`, 'price', OLD.`price`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `items__sync_c6cf_u` AFTER UPDATE ON `items` FOR EACH ROW
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
  IF NOT (OLD.`order_id` <=> NEW.`order_id` AND OLD.`line` <=> NEW.`line`) THEN
    UPDATE `items__new` SET `order_id` = NEW.`order_id`, `line` = NEW.`line`, `price` = NEW.`price` WHERE `order_id` = OLD.`order_id` AND `line` = OLD.`line`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `items__new` (`order_id`, `line`, `price`) VALUES (NEW.`order_id`, NEW.`line`, NEW.`price`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `items__new` SET `order_id` = NEW.`order_id`, `line` = NEW.`line`, `price` = NEW.`price` WHERE `order_id` = NEW.`order_id` AND `line` = NEW.`line`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `items__new` WHERE `order_id` = NEW.`order_id` AND `line` = NEW.`line`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('items__sync', '*', CONCAT_WS(',', NEW.`order_id`, NEW.`line`), JSON_OBJECT('order_id', NEW.`order_id`, 'line', NEW.`line`, 'price', NEW.`price`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `items__sync_c6cf_i` AFTER INSERT ON `items` FOR EACH ROW
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
    INSERT INTO `items__new` (`order_id`, `line`, `price`) VALUES (NEW.`order_id`, NEW.`line`, NEW.`price`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `items__new` SET `order_id` = NEW.`order_id`, `line` = NEW.`line`, `price` = NEW.`price` WHERE `order_id` = NEW.`order_id` AND `line` = NEW.`line`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `items__new` WHERE `order_id` = NEW.`order_id` AND `line` = NEW.`line`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('items__sync', '*', CONCAT_WS(',', NEW.`order_id`, NEW.`line`), JSON_OBJECT('order_id', NEW.`order_id`, 'line', NEW.`line`, 'price', NEW.`price`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 6 of 23: done' AS `forgelua`;

-- ============================================================================
-- Step 7 of 23, migrate: Copy the rows of items into items__new
--   Id:           items/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; a transaction that updates several of them may meet a deadlock and must be ready to run again
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
SELECT 'step 7 of 23: Copy the rows of items into items__new' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('items/migrate/copy', 'items', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_l2 int;
  DECLARE forgelua_s1 bigint;
  DECLARE forgelua_s2 int;
  DECLARE forgelua_e1 bigint;
  DECLARE forgelua_e2 int;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'items/migrate/copy';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
    SET forgelua_l2 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[1]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `order_id`, `line` INTO forgelua_s1, forgelua_s2 FROM `items` WHERE `order_id` >= forgelua_l1 AND (`order_id` > forgelua_l1 OR (`line` > forgelua_l2)) ORDER BY `order_id`, `line` LIMIT 1;
    ELSE
      SELECT `order_id`, `line` INTO forgelua_s1, forgelua_s2 FROM `items` ORDER BY `order_id`, `line` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `order_id`, `line` INTO forgelua_e1, forgelua_e2 FROM `items` WHERE `order_id` >= forgelua_s1 AND (`order_id` > forgelua_s1 OR (`line` >= forgelua_s2)) ORDER BY `order_id`, `line` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `order_id`, `line` INTO forgelua_e1, forgelua_e2 FROM `items` ORDER BY `order_id` DESC, `line` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      INSERT INTO `items__new` (`order_id`, `line`, `price`) SELECT `order_id`, `line`, `price` FROM `items` WHERE `order_id` >= forgelua_s1 AND (`order_id` > forgelua_s1 OR (`line` >= forgelua_s2)) AND `order_id` <= forgelua_e1 AND (`order_id` < forgelua_e1 OR (`line` <= forgelua_e2)) AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `items__new` AS forgelua_t WHERE forgelua_t.`order_id` = `items`.`order_id` AND forgelua_t.`line` = `items`.`line` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR), CAST(forgelua_e2 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'items/migrate/copy';
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
              SELECT 'items/migrate/copy', JSON_ARRAY(CAST(forgelua_s1 AS CHAR), CAST(forgelua_s2 AS CHAR)), JSON_OBJECT('order_id', `order_id`, 'line', `line`, 'price', `price`), forgelua_message FROM `items` WHERE `order_id` = forgelua_s1 AND `line` = forgelua_s2;
          END;
          START TRANSACTION;
          INSERT INTO `items__new` (`order_id`, `line`, `price`) SELECT `order_id`, `line`, `price` FROM `items` WHERE `order_id` = forgelua_s1 AND `line` = forgelua_s2 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `items__new` AS forgelua_t WHERE forgelua_t.`order_id` = `items`.`order_id` AND forgelua_t.`line` = `items`.`line` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR), CAST(forgelua_s2 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'items/migrate/copy';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `order_id`, `line` INTO forgelua_s1, forgelua_s2 FROM `items` WHERE `order_id` >= forgelua_s1 AND (`order_id` > forgelua_s1 OR (`line` > forgelua_s2)) AND `order_id` <= forgelua_e1 AND (`order_id` < forgelua_e1 OR (`line` <= forgelua_e2)) ORDER BY `order_id`, `line` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1, forgelua_l2 = forgelua_e2;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'items/migrate/copy';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'step 7 of 23: done' AS `forgelua`;
-- Check: every row has an equal one in the copy. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT `order_id` AS `order_id`, `line` AS `line`, `price` AS `price` FROM `items`) AS source WHERE NOT EXISTS (SELECT 1 FROM `items__new` AS copied WHERE copied.`order_id` = source.`order_id` AND copied.`line` = source.`line` AND (copied.`price` = source.`price` OR (copied.`price` IS NULL AND source.`price` IS NULL)))) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row has an equal one in the copy')), '0', @forgelua_actual);

-- ============================================================================
-- Step 8 of 23, migrate: Repeat every write to orders on orders__new
--   Id:           orders/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Also locks:   orders__new
--   Note:         creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
SELECT 'step 8 of 23: Repeat every write to orders on orders__new' AS `forgelua`;
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
CREATE TRIGGER `orders__sync_807c_d` AFTER DELETE ON `orders` FOR EACH ROW
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
  DELETE FROM `orders__new` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('orders__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'total', OLD.`total`, 'customer_id', OLD.`customer_id`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `orders__sync_807c_u` AFTER UPDATE ON `orders` FOR EACH ROW
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
    UPDATE `orders__new` SET `id` = NEW.`id`, `total` = NEW.`total`, `customer_id` = NEW.`customer_id` WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `orders__new` (`id`, `total`, `customer_id`) VALUES (NEW.`id`, NEW.`total`, NEW.`customer_id`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `orders__new` SET `id` = NEW.`id`, `total` = NEW.`total`, `customer_id` = NEW.`customer_id` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `orders__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('orders__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'total', NEW.`total`, 'customer_id', NEW.`customer_id`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `orders__sync_807c_i` AFTER INSERT ON `orders` FOR EACH ROW
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
    INSERT INTO `orders__new` (`id`, `total`, `customer_id`) VALUES (NEW.`id`, NEW.`total`, NEW.`customer_id`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `orders__new` SET `id` = NEW.`id`, `total` = NEW.`total`, `customer_id` = NEW.`customer_id` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `orders__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('orders__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'total', NEW.`total`, 'customer_id', NEW.`customer_id`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 8 of 23: done' AS `forgelua`;

-- ============================================================================
-- Step 9 of 23, migrate: Copy the rows of orders into orders__new
--   Id:           orders/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; a transaction that updates several of them may meet a deadlock and must be ready to run again
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
SELECT 'step 9 of 23: Copy the rows of orders into orders__new' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('orders/migrate/copy/stale', 'orders__new', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'orders/migrate/copy/stale';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `orders__new` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `orders__new` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `orders__new` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `orders__new` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      DO (SELECT COUNT(*) FROM `orders` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 LOCK IN SHARE MODE);
      DELETE FROM `orders__new` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT 1 FROM `orders` WHERE `orders__new`.`id` <=> (`id`) AND `orders__new`.`customer_id` <=> (`customer_id`) LOCK IN SHARE MODE);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'orders/migrate/copy/stale';
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
              SELECT 'orders/migrate/copy/stale', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'total', `total`, 'customer_id', `customer_id`), forgelua_message FROM `orders__new` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          DO (SELECT COUNT(*) FROM `orders` WHERE `id` = forgelua_s1 LOCK IN SHARE MODE);
      DELETE FROM `orders__new` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT 1 FROM `orders` WHERE `orders__new`.`id` <=> (`id`) AND `orders__new`.`customer_id` <=> (`customer_id`) LOCK IN SHARE MODE);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'orders/migrate/copy/stale';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `orders__new` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'orders/migrate/copy/stale';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('orders/migrate/copy', 'orders', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'orders/migrate/copy';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `orders` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `orders` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `orders` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `orders` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      INSERT INTO `orders__new` (`id`, `total`, `customer_id`) SELECT `id`, `total`, `customer_id` FROM `orders` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `orders__new` AS forgelua_t WHERE forgelua_t.`id` = `orders`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'orders/migrate/copy';
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
              SELECT 'orders/migrate/copy', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'total', `total`, 'customer_id', `customer_id`), forgelua_message FROM `orders` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          INSERT INTO `orders__new` (`id`, `total`, `customer_id`) SELECT `id`, `total`, `customer_id` FROM `orders` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `orders__new` AS forgelua_t WHERE forgelua_t.`id` = `orders`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'orders/migrate/copy';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `orders` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'orders/migrate/copy';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'step 9 of 23: done' AS `forgelua`;
-- Check: every row has an equal one in the copy. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT `id` AS `id`, `total` AS `total`, `customer_id` AS `customer_id` FROM `orders`) AS source WHERE NOT EXISTS (SELECT 1 FROM `orders__new` AS copied WHERE copied.`id` = source.`id` AND (copied.`total` = source.`total` OR (copied.`total` IS NULL AND source.`total` IS NULL)) AND (copied.`customer_id` = source.`customer_id` OR (copied.`customer_id` IS NULL AND source.`customer_id` IS NULL)))) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row has an equal one in the copy')), '0', @forgelua_actual);

-- ============================================================================
-- Step 10 of 23, switch: Make rows of orders__new anew that a foreign key's action on orders has changed
--   Id:           orders/switch/refresh
--   Why:          such an action fires no trigger, so the copy has not heard of it; run this again where the next script finds rows that point nowhere
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; a transaction that updates several of them may meet a deadlock and must be ready to run again
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill
-- ============================================================================
SELECT 'step 10 of 23: Make rows of orders__new anew that a foreign key''s action on orders has changed' AS `forgelua`;
-- Check: step 9 has come to its end: Copy the rows of orders into orders__new. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'orders/migrate/copy' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 9 has come to its end: Copy the rows of orders into orders__new')), '1', @forgelua_actual);
-- Check: no row of orders stands in forgelua_sync_errors (mend it in orders, then delete it from the log). Expects 0.
SELECT CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'orders__sync') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of orders stands in forgelua_sync_errors (mend it in orders, then delete it from the log)')), '0', @forgelua_actual);
-- Check: step 7 has come to its end: Copy the rows of items into items__new. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'items/migrate/copy' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 7 has come to its end: Copy the rows of items into items__new')), '1', @forgelua_actual);
-- Check: no row of items stands in forgelua_sync_errors (mend it in items, then delete it from the log). Expects 0.
SELECT CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'items__sync') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of items stands in forgelua_sync_errors (mend it in items, then delete it from the log)')), '0', @forgelua_actual);
-- Check: step 5 has come to its end: Copy the rows of customers into customers__new. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'customers/migrate/copy' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 5 has come to its end: Copy the rows of customers into customers__new')), '1', @forgelua_actual);
-- Check: no row of customers stands in forgelua_sync_errors (mend it in customers, then delete it from the log). Expects 0.
SELECT CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'customers__sync') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of customers stands in forgelua_sync_errors (mend it in customers, then delete it from the log)')), '0', @forgelua_actual);
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('orders/switch/refresh/stale', 'orders__new', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'orders/switch/refresh/stale';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `orders__new` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `orders__new` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `orders__new` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `orders__new` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      DO (SELECT COUNT(*) FROM `orders` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 LOCK IN SHARE MODE);
      DELETE FROM `orders__new` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT 1 FROM `orders` WHERE `orders__new`.`id` <=> (`id`) AND `orders__new`.`customer_id` <=> (`customer_id`) LOCK IN SHARE MODE);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'orders/switch/refresh/stale';
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
              SELECT 'orders/switch/refresh/stale', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'total', `total`, 'customer_id', `customer_id`), forgelua_message FROM `orders__new` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          DO (SELECT COUNT(*) FROM `orders` WHERE `id` = forgelua_s1 LOCK IN SHARE MODE);
      DELETE FROM `orders__new` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT 1 FROM `orders` WHERE `orders__new`.`id` <=> (`id`) AND `orders__new`.`customer_id` <=> (`customer_id`) LOCK IN SHARE MODE);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'orders/switch/refresh/stale';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `orders__new` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'orders/switch/refresh/stale';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('orders/switch/refresh', 'orders', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'orders/switch/refresh';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `orders` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `orders` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `orders` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `orders` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      INSERT INTO `orders__new` (`id`, `total`, `customer_id`) SELECT `id`, `total`, `customer_id` FROM `orders` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `orders__new` AS forgelua_t WHERE forgelua_t.`id` = `orders`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'orders/switch/refresh';
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
              SELECT 'orders/switch/refresh', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'total', `total`, 'customer_id', `customer_id`), forgelua_message FROM `orders` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          INSERT INTO `orders__new` (`id`, `total`, `customer_id`) SELECT `id`, `total`, `customer_id` FROM `orders` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `orders__new` AS forgelua_t WHERE forgelua_t.`id` = `orders`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'orders/switch/refresh';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `orders` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'orders/switch/refresh';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'step 10 of 23: done' AS `forgelua`;
-- Check: every row has an equal one in the copy. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT `id` AS `id`, `total` AS `total`, `customer_id` AS `customer_id` FROM `orders`) AS source WHERE NOT EXISTS (SELECT 1 FROM `orders__new` AS copied WHERE copied.`id` = source.`id` AND (copied.`total` = source.`total` OR (copied.`total` IS NULL AND source.`total` IS NULL)) AND (copied.`customer_id` = source.`customer_id` OR (copied.`customer_id` IS NULL AND source.`customer_id` IS NULL)))) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row has an equal one in the copy')), '0', @forgelua_actual);

-- ============================================================================
-- Step 11 of 23, switch: Add the foreign key items__new_ibfk_1 on items__new
--   Id:           items__new.items__new_ibfk_1/switch/add-foreign-key
--   Why:          its rows are there now
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Also locks:   orders__new
--   Note:         an exclusive metadata lock for an instant at the start and the end; added with foreign_key_checks off, so that writes go on; the rows are looked at right after by a plain read, and the key goes again where they do not fit
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 11 of 23: Add the foreign key items__new_ibfk_1 on items__new' AS `forgelua`;
-- Check: no row of items__new points at a missing row of orders__new. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `items__new` AS child_row WHERE child_row.`order_id` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `orders__new` AS parent_row WHERE parent_row.`id` = child_row.`order_id`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of items__new points at a missing row of orders__new')), '0', @forgelua_actual);
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `items__new`
  ADD CONSTRAINT `items__new_ibfk_1` FOREIGN KEY (`order_id`) REFERENCES `orders__new` (`id`),
  ALGORITHM=INPLACE,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `items__new` AS c WHERE c.`order_id` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `orders__new` AS p WHERE p.`id` = c.`order_id`)) THEN
    ALTER TABLE `items__new` DROP FOREIGN KEY `items__new_ibfk_1`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of items__new have no match for foreign key items__new_ibfk_1';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'step 11 of 23: done' AS `forgelua`;

-- ============================================================================
-- Step 12 of 23, switch: Add the foreign key orders__new_ibfk_1 on orders__new
--   Id:           orders__new.orders__new_ibfk_1/switch/add-foreign-key
--   Why:          its rows are there now
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Also locks:   customers__new
--   Note:         an exclusive metadata lock for an instant at the start and the end; added with foreign_key_checks off, so that writes go on; the rows are looked at right after by a plain read, and the key goes again where they do not fit; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 12 of 23: Add the foreign key orders__new_ibfk_1 on orders__new' AS `forgelua`;
-- Check: no row of orders__new points at a missing row of customers__new. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `orders__new` AS child_row WHERE child_row.`customer_id` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `customers__new` AS parent_row WHERE parent_row.`id` = child_row.`customer_id`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of orders__new points at a missing row of customers__new')), '0', @forgelua_actual);
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `orders__new`
  ADD CONSTRAINT `orders__new_ibfk_1` FOREIGN KEY (`customer_id`) REFERENCES `customers__new` (`id`) ON DELETE CASCADE,
  ADD KEY `orders__new_ibfk_1` (`customer_id`),
  ALGORITHM=INPLACE,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `orders__new` AS c WHERE c.`customer_id` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `customers__new` AS p WHERE p.`id` = c.`customer_id`)) THEN
    ALTER TABLE `orders__new` DROP FOREIGN KEY `orders__new_ibfk_1`, DROP INDEX `orders__new_ibfk_1`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of orders__new have no match for foreign key orders__new_ibfk_1';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'step 12 of 23: done' AS `forgelua`;

-- ============================================================================
-- Step 13 of 23, switch: Flip customers, items, orders to their copies, together
--   Id:           customers, items, orders/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Also locks:   orders, orders__new, customers__old, customers, items__old, orders__old
--   Note:         creating and dropping a trigger waits for open transactions on the table; foreign keys of other tables and triggers follow the table; views keep naming the old name; added with foreign_key_checks off, so that writes go on; the rows are looked at right after by a plain read, and the key goes again where they do not fit; added with foreign_key_checks off, so that writes go on; the rows are looked at right after by a plain read, and the key goes again where they do not fit; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers; creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name
--   Way back:     loses values of customers that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors; values of items that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors; values of orders that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
--   Hazards:      swap
-- ============================================================================
SELECT 'step 13 of 23: Flip customers, items, orders to their copies, together' AS `forgelua`;
-- Check: every row of customers__new is still in customers (TRUNCATE fires no trigger). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `customers__new` AS copied WHERE NOT EXISTS (SELECT 1 FROM `customers` AS source WHERE source.`id` = copied.`id`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row of customers__new is still in customers (TRUNCATE fires no trigger)')), '0', @forgelua_actual);
-- Check: every row of items__new is still in items (TRUNCATE fires no trigger). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `items__new` AS copied WHERE NOT EXISTS (SELECT 1 FROM `items` AS source WHERE source.`order_id` = copied.`order_id` AND source.`line` = copied.`line`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row of items__new is still in items (TRUNCATE fires no trigger)')), '0', @forgelua_actual);
-- Check: every row of orders__new is still in orders (TRUNCATE fires no trigger). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `orders__new` AS copied WHERE NOT EXISTS (SELECT 1 FROM `orders` AS source WHERE source.`id` = copied.`id`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row of orders__new is still in orders (TRUNCATE fires no trigger)')), '0', @forgelua_actual);
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
CREATE TRIGGER `customers__sync_1b27_d` AFTER DELETE ON `customers__new` FOR EACH ROW
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
  DELETE FROM `customers__old` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('customers__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'name', OLD.`name`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `customers__sync_1b27_u` AFTER UPDATE ON `customers__new` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_held2 varchar(20) DEFAULT NULL;
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
    UPDATE `customers__old` SET `id` = NEW.`id`, `name` = NEW.`name` WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `customers__old` (`id`, `name`) VALUES (NEW.`id`, NEW.`name`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `customers__old` SET `id` = NEW.`id`, `name` = NEW.`name` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `customers__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('customers__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`), forgelua_message);
    SET forgelua_held2 = NEW.`name`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held2 = ''; END IF;
    DELETE FROM `customers__old` WHERE `id` = OLD.`id`;
    INSERT INTO `customers__old` (`id`, `name`) VALUES (NEW.`id`, forgelua_held2);
    IF forgelua_taken THEN
      UPDATE `customers__old` SET `id` = NEW.`id`, `name` = forgelua_held2 WHERE `id` = NEW.`id`;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `customers__sync_1b27_i` AFTER INSERT ON `customers__new` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_held2 varchar(20) DEFAULT NULL;
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
    INSERT INTO `customers__old` (`id`, `name`) VALUES (NEW.`id`, NEW.`name`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `customers__old` SET `id` = NEW.`id`, `name` = NEW.`name` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `customers__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('customers__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`), forgelua_message);
    SET forgelua_held2 = NEW.`name`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held2 = ''; END IF;
    INSERT INTO `customers__old` (`id`, `name`) VALUES (NEW.`id`, forgelua_held2);
    IF forgelua_taken THEN
      UPDATE `customers__old` SET `id` = NEW.`id`, `name` = forgelua_held2 WHERE `id` = NEW.`id`;
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `items__sync_cbe4_d` AFTER DELETE ON `items__new` FOR EACH ROW
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
  DELETE FROM `items__old` WHERE `order_id` = OLD.`order_id` AND `line` = OLD.`line`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('items__sync', '*', CONCAT_WS(',', OLD.`order_id`, OLD.`line`), JSON_OBJECT('order_id', OLD.`order_id`, 'line', OLD.`line`, 'price', OLD.`price`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `items__sync_cbe4_u` AFTER UPDATE ON `items__new` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_held3 int DEFAULT NULL;
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
  IF NOT (OLD.`order_id` <=> NEW.`order_id` AND OLD.`line` <=> NEW.`line`) THEN
    UPDATE `items__old` SET `order_id` = NEW.`order_id`, `line` = NEW.`line`, `price` = NEW.`price` WHERE `order_id` = OLD.`order_id` AND `line` = OLD.`line`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `items__old` (`order_id`, `line`, `price`) VALUES (NEW.`order_id`, NEW.`line`, NEW.`price`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `items__old` SET `order_id` = NEW.`order_id`, `line` = NEW.`line`, `price` = NEW.`price` WHERE `order_id` = NEW.`order_id` AND `line` = NEW.`line`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `items__old` WHERE `order_id` = NEW.`order_id` AND `line` = NEW.`line`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('items__sync', '*', CONCAT_WS(',', NEW.`order_id`, NEW.`line`), JSON_OBJECT('order_id', NEW.`order_id`, 'line', NEW.`line`, 'price', NEW.`price`), forgelua_message);
    SET forgelua_held3 = NEW.`price`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held3 = NULL; END IF;
    DELETE FROM `items__old` WHERE `order_id` = OLD.`order_id` AND `line` = OLD.`line`;
    INSERT INTO `items__old` (`order_id`, `line`, `price`) VALUES (NEW.`order_id`, NEW.`line`, forgelua_held3);
    IF forgelua_taken THEN
      UPDATE `items__old` SET `order_id` = NEW.`order_id`, `line` = NEW.`line`, `price` = forgelua_held3 WHERE `order_id` = NEW.`order_id` AND `line` = NEW.`line`;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `items__sync_cbe4_i` AFTER INSERT ON `items__new` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_held3 int DEFAULT NULL;
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
    INSERT INTO `items__old` (`order_id`, `line`, `price`) VALUES (NEW.`order_id`, NEW.`line`, NEW.`price`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `items__old` SET `order_id` = NEW.`order_id`, `line` = NEW.`line`, `price` = NEW.`price` WHERE `order_id` = NEW.`order_id` AND `line` = NEW.`line`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `items__old` WHERE `order_id` = NEW.`order_id` AND `line` = NEW.`line`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('items__sync', '*', CONCAT_WS(',', NEW.`order_id`, NEW.`line`), JSON_OBJECT('order_id', NEW.`order_id`, 'line', NEW.`line`, 'price', NEW.`price`), forgelua_message);
    SET forgelua_held3 = NEW.`price`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held3 = NULL; END IF;
    INSERT INTO `items__old` (`order_id`, `line`, `price`) VALUES (NEW.`order_id`, NEW.`line`, forgelua_held3);
    IF forgelua_taken THEN
      UPDATE `items__old` SET `order_id` = NEW.`order_id`, `line` = NEW.`line`, `price` = forgelua_held3 WHERE `order_id` = NEW.`order_id` AND `line` = NEW.`line`;
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `orders__sync_8591_d` AFTER DELETE ON `orders__new` FOR EACH ROW
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
  DELETE FROM `orders__old` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('orders__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'total', OLD.`total`, 'customer_id', OLD.`customer_id`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `orders__sync_8591_u` AFTER UPDATE ON `orders__new` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_held2 int DEFAULT NULL;
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
    UPDATE `orders__old` SET `id` = NEW.`id`, `total` = NEW.`total`, `customer_id` = NEW.`customer_id` WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `orders__old` (`id`, `total`, `customer_id`) VALUES (NEW.`id`, NEW.`total`, NEW.`customer_id`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `orders__old` SET `id` = NEW.`id`, `total` = NEW.`total`, `customer_id` = NEW.`customer_id` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `orders__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('orders__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'total', NEW.`total`, 'customer_id', NEW.`customer_id`), forgelua_message);
    SET forgelua_held2 = NEW.`total`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held2 = NULL; END IF;
    DELETE FROM `orders__old` WHERE `id` = OLD.`id`;
    INSERT INTO `orders__old` (`id`, `total`, `customer_id`) VALUES (NEW.`id`, forgelua_held2, NEW.`customer_id`);
    IF forgelua_taken THEN
      UPDATE `orders__old` SET `id` = NEW.`id`, `total` = forgelua_held2, `customer_id` = NEW.`customer_id` WHERE `id` = NEW.`id`;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `orders__sync_8591_i` AFTER INSERT ON `orders__new` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_held2 int DEFAULT NULL;
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
    INSERT INTO `orders__old` (`id`, `total`, `customer_id`) VALUES (NEW.`id`, NEW.`total`, NEW.`customer_id`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `orders__old` SET `id` = NEW.`id`, `total` = NEW.`total`, `customer_id` = NEW.`customer_id` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `orders__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('orders__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'total', NEW.`total`, 'customer_id', NEW.`customer_id`), forgelua_message);
    SET forgelua_held2 = NEW.`total`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held2 = NULL; END IF;
    INSERT INTO `orders__old` (`id`, `total`, `customer_id`) VALUES (NEW.`id`, forgelua_held2, NEW.`customer_id`);
    IF forgelua_taken THEN
      UPDATE `orders__old` SET `id` = NEW.`id`, `total` = forgelua_held2, `customer_id` = NEW.`customer_id` WHERE `id` = NEW.`id`;
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
RENAME TABLE `customers` TO `customers__old`, `customers__new` TO `customers`, `items` TO `items__old`, `items__new` TO `items`, `orders` TO `orders__old`, `orders__new` TO `orders`;
DROP TRIGGER IF EXISTS `customers__sync_1612_i`;
DROP TRIGGER IF EXISTS `customers__sync_1612_u`;
DROP TRIGGER IF EXISTS `customers__sync_1612_d`;
DROP TRIGGER IF EXISTS `items__sync_c6cf_i`;
DROP TRIGGER IF EXISTS `items__sync_c6cf_u`;
DROP TRIGGER IF EXISTS `items__sync_c6cf_d`;
DROP TRIGGER IF EXISTS `orders__sync_807c_i`;
DROP TRIGGER IF EXISTS `orders__sync_807c_u`;
DROP TRIGGER IF EXISTS `orders__sync_807c_d`;
ALTER TABLE `orders__old`
  RENAME INDEX `orders_ibfk_1` TO `orders__old_ibfk_1`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
ALTER TABLE `orders`
  RENAME INDEX `orders__new_ibfk_1` TO `orders_ibfk_1`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 13 of 23: done' AS `forgelua`;
-- Application: Deploy the application that uses customers, items, orders as the new schema has it.

-- ============================================================================
-- Step 14 of 23, contract: Drop the foreign keys of items__old within the set that goes
--   Id:           items/contract/cut-links
--   Why:          the tables that they refer to go as well
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Also locks:   orders__old
--   Note:         an exclusive metadata lock for an instant at the start and the end
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 14 of 23: Drop the foreign keys of items__old within the set that goes' AS `forgelua`;
ALTER TABLE `items__old`
  DROP FOREIGN KEY `items__old_ibfk_1`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 14 of 23: done' AS `forgelua`;

-- ============================================================================
-- Step 15 of 23, contract: Drop the foreign keys of orders__old within the set that goes
--   Id:           orders/contract/cut-links
--   Why:          the tables that they refer to go as well
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Also locks:   customers__old
--   Note:         an exclusive metadata lock for an instant at the start and the end
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 15 of 23: Drop the foreign keys of orders__old within the set that goes' AS `forgelua`;
ALTER TABLE `orders__old`
  DROP FOREIGN KEY `orders__old_ibfk_1`,
  DROP INDEX `orders__old_ibfk_1`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 15 of 23: done' AS `forgelua`;

-- ============================================================================
-- Step 16 of 23, contract: From here the way back copies customers into customers__old again
--   Id:           customers/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 16 of 23: From here the way back copies customers into customers__old again' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 16 of 23: done' AS `forgelua`;

-- ============================================================================
-- Step 17 of 23, contract: From here the way back copies items into items__old again
--   Id:           items/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 17 of 23: From here the way back copies items into items__old again' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 17 of 23: done' AS `forgelua`;

-- ============================================================================
-- Step 18 of 23, contract: From here the way back copies orders into orders__old again
--   Id:           orders/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 18 of 23: From here the way back copies orders into orders__old again' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 18 of 23: done' AS `forgelua`;

-- ============================================================================
-- Step 19 of 23, contract: Stop repeating writes to customers on customers__old
--   Id:           customers/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 19 of 23: Stop repeating writes to customers on customers__old' AS `forgelua`;
DROP TRIGGER IF EXISTS `customers__sync_1b27_i`;
DROP TRIGGER IF EXISTS `customers__sync_1b27_u`;
DROP TRIGGER IF EXISTS `customers__sync_1b27_d`;
SELECT 'step 19 of 23: done' AS `forgelua`;

-- ============================================================================
-- Step 20 of 23, contract: Stop repeating writes to items on items__old
--   Id:           items/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 20 of 23: Stop repeating writes to items on items__old' AS `forgelua`;
DROP TRIGGER IF EXISTS `items__sync_cbe4_i`;
DROP TRIGGER IF EXISTS `items__sync_cbe4_u`;
DROP TRIGGER IF EXISTS `items__sync_cbe4_d`;
SELECT 'step 20 of 23: done' AS `forgelua`;

-- ============================================================================
-- Step 21 of 23, contract: Stop repeating writes to orders on orders__old
--   Id:           orders/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 21 of 23: Stop repeating writes to orders on orders__old' AS `forgelua`;
DROP TRIGGER IF EXISTS `orders__sync_8591_i`;
DROP TRIGGER IF EXISTS `orders__sync_8591_u`;
DROP TRIGGER IF EXISTS `orders__sync_8591_d`;
SELECT 'step 21 of 23: done' AS `forgelua`;

-- ============================================================================
-- Step 22 of 23, contract: Drop customers__old, items__old, orders__old
--   Id:           customers, items, orders/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
SELECT 'step 22 of 23: Drop customers__old, items__old, orders__old' AS `forgelua`;
DROP TABLE `customers__old`;
DROP TABLE `items__old`;
DROP TABLE `orders__old`;
SELECT 'step 22 of 23: done' AS `forgelua`;

-- ============================================================================
-- Step 23 of 23, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 23 of 23: Remove the progress and error tables' AS `forgelua`;
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
SELECT 'step 23 of 23: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'forward: done' AS `forgelua`;
