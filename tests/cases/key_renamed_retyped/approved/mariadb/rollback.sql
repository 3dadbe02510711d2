-- WARNING: rollback is destructive — node.no data will be lost: values of node.no that int cannot hold: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — node.up__old data will be lost: values of up that up cannot hold.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration key_renamed_retyped
-- A composite key that its own table refers to: one column gets another name, the other another type
-- mariadb 10.11; strategy shadow_column; risk high; forgelua 0.1.0
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
-- Check: step 11 must be done before this: Drop the old column up__old of node. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'node' AND COLUMN_NAME = 'up__old') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 11 must be done before this: Drop the old column up__old of node')), '1', @forgelua_actual);
-- Check: step 8 must be done before this: Rename node.org to tenant. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'node' AND COLUMN_NAME = 'tenant') AND NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'node' AND COLUMN_NAME = 'org') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 8 must be done before this: Rename node.org to tenant')), '1', @forgelua_actual);

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: every no of node can be held as int. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `node` WHERE `no` < -2147483648 OR `no` > 2147483647) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every no of node can be held as int')), '0', @forgelua_actual);

-- ============================================================================
-- Undo step 12 of 12, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 12 of 12: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 12 of 12: done' AS `forgelua`;

-- ============================================================================
-- Undo step 11 of 12, contract: Drop the old column up__old of node
--   Id:           node.up/contract/drop-old
--   Loses:        values of up that up cannot hold
-- ============================================================================
SELECT 'undo step 11 of 12: Drop the old column up__old of node' AS `forgelua`;
ALTER TABLE `node`
  ADD COLUMN `up__old` int NULL AFTER `up`,
  ALGORITHM=INSTANT;
SELECT 'undo step 11 of 12: done' AS `forgelua`;

-- ============================================================================
-- Undo step 10 of 12, contract: Stop keeping up__old and up of node equal
--   Id:           node.up/contract/stop-sync
-- ============================================================================
SELECT 'undo step 10 of 12: Stop keeping up__old and up of node equal' AS `forgelua`;
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
CREATE TRIGGER `node__sync_u` BEFORE UPDATE ON `node` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`up__old` = OLD.`up__old`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`up` = OLD.`up`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`up` <=> OLD.`up`) THEN
    SET NEW.`up__old` = NEW.`up`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`up__old` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('node__sync', 'up__old', CONCAT_WS(',', NEW.`tenant`, NEW.`no`), JSON_OBJECT('tenant', NEW.`tenant`, 'no', NEW.`no`, 'up__old', NEW.`up__old`, 'up', NEW.`up`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`up__old` <=> OLD.`up__old`) THEN
    SET NEW.`up` = NEW.`up__old`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`up` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('node__sync', 'up', CONCAT_WS(',', NEW.`tenant`, NEW.`no`), JSON_OBJECT('tenant', NEW.`tenant`, 'no', NEW.`no`, 'up__old', NEW.`up__old`, 'up', NEW.`up`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `node__sync_i` BEFORE INSERT ON `node` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`up__old` IS NOT NULL THEN
    SET NEW.`up` = NEW.`up__old`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`up` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('node__sync', 'up', CONCAT_WS(',', NEW.`tenant`, NEW.`no`), JSON_OBJECT('tenant', NEW.`tenant`, 'no', NEW.`no`, 'up__old', NEW.`up__old`, 'up', NEW.`up`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`up__old` = NEW.`up`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`up__old` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('node__sync', 'up__old', CONCAT_WS(',', NEW.`tenant`, NEW.`no`), JSON_OBJECT('tenant', NEW.`tenant`, 'no', NEW.`no`, 'up__old', NEW.`up__old`, 'up', NEW.`up`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 10 of 12: done' AS `forgelua`;

-- ============================================================================
-- Undo step 9 of 12, contract: From here the way back computes up__old of node again
--   Id:           node.up/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
SELECT 'undo step 9 of 12: From here the way back computes up__old of node again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('node.up/contract/point-of-return', 'node', 40000, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_l2 bigint;
  DECLARE forgelua_s1 int;
  DECLARE forgelua_s2 bigint;
  DECLARE forgelua_e1 int;
  DECLARE forgelua_e2 bigint;
  DECLARE forgelua_held1 int DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'node.up/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
    SET forgelua_l2 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[1]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `tenant`, `no` INTO forgelua_s1, forgelua_s2 FROM `node` WHERE `tenant` >= forgelua_l1 AND (`tenant` > forgelua_l1 OR (`no` > forgelua_l2)) ORDER BY `tenant`, `no` LIMIT 1;
    ELSE
      SELECT `tenant`, `no` INTO forgelua_s1, forgelua_s2 FROM `node` ORDER BY `tenant`, `no` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(0.100); END IF;
    SELECT `tenant`, `no` INTO forgelua_e1, forgelua_e2 FROM `node` WHERE `tenant` >= forgelua_s1 AND (`tenant` > forgelua_s1 OR (`no` >= forgelua_s2)) ORDER BY `tenant`, `no` LIMIT 9999, 1;
    IF forgelua_none THEN
      SELECT `tenant`, `no` INTO forgelua_e1, forgelua_e2 FROM `node` ORDER BY `tenant` DESC, `no` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `node` SET `up__old` = `up` WHERE `tenant` >= forgelua_s1 AND (`tenant` > forgelua_s1 OR (`no` >= forgelua_s2)) AND `tenant` <= forgelua_e1 AND (`tenant` < forgelua_e1 OR (`no` <= forgelua_e2)) AND ((CASE WHEN (`up__old`) = (`up`) OR ((`up__old`) IS NULL AND (`up`) IS NULL) THEN 0 ELSE 1 END = 1));
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR), CAST(forgelua_e2 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'node.up/contract/point-of-return';
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
              SELECT 'node.up/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR), CAST(forgelua_s2 AS CHAR)), JSON_OBJECT('tenant', `tenant`, 'no', `no`, 'up__old', `up__old`, 'up', `up`), forgelua_message FROM `node` WHERE `tenant` = forgelua_s1 AND `no` = forgelua_s2;
          END;
          START TRANSACTION;
          UPDATE `node` SET `up__old` = `up` WHERE `tenant` = forgelua_s1 AND `no` = forgelua_s2 AND ((CASE WHEN (`up__old`) = (`up`) OR ((`up__old`) IS NULL AND (`up`) IS NULL) THEN 0 ELSE 1 END = 1));
          SET forgelua_rows = ROW_COUNT();
        END;
        IF forgelua_skipped = 1 THEN
          BEGIN
            DECLARE CONTINUE HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 SET forgelua_failed = TRUE;
            SET forgelua_failed = FALSE, forgelua_held1 = NULL;
            SELECT `up` INTO forgelua_held1 FROM `node` WHERE `tenant` = forgelua_s1 AND `no` = forgelua_s2;
            IF forgelua_failed THEN SET forgelua_held1 = NULL; END IF;
            UPDATE `node` SET `up__old` = forgelua_held1 WHERE `tenant` = forgelua_s1 AND `no` = forgelua_s2 AND ((CASE WHEN (`up__old`) = (`up`) OR ((`up__old`) IS NULL AND (`up`) IS NULL) THEN 0 ELSE 1 END = 1));
          END;
        END IF;
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR), CAST(forgelua_s2 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'node.up/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `tenant`, `no` INTO forgelua_s1, forgelua_s2 FROM `node` WHERE `tenant` >= forgelua_s1 AND (`tenant` > forgelua_s1 OR (`no` > forgelua_s2)) AND `tenant` <= forgelua_e1 AND (`tenant` < forgelua_e1 OR (`no` <= forgelua_e2)) ORDER BY `tenant`, `no` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1, forgelua_l2 = forgelua_e2;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'node.up/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 9 of 12: done' AS `forgelua`;

-- ============================================================================
-- Undo step 8 of 12, switch: Rename node.org to tenant
--   Id:           node.org/switch/rename
-- ============================================================================
SELECT 'undo step 8 of 12: Rename node.org to tenant' AS `forgelua`;
ALTER TABLE `node`
  RENAME COLUMN `tenant` TO `org`,
  ALGORITHM=INSTANT;
SELECT 'undo step 8 of 12: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 12, switch: Let the new up of node take over
--   Id:           node.up/switch/swap
-- ============================================================================
SELECT 'undo step 7 of 12: Let the new up of node take over' AS `forgelua`;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
LOCK TABLES `node` WRITE;
DROP TRIGGER IF EXISTS `node__sync_i`;
DROP TRIGGER IF EXISTS `node__sync_u`;
ALTER TABLE `node`
  CHANGE COLUMN `up` `up__new` bigint NULL INVISIBLE,
  RENAME COLUMN `up__old` TO `up`,
  ALGORITHM=INSTANT;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `node__sync_u` BEFORE UPDATE ON `node` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`up` = OLD.`up`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`up__new` = OLD.`up__new`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`up` <=> OLD.`up`) THEN
    SET NEW.`up__new` = NEW.`up`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`up__new` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('node__sync', 'up__new', CONCAT_WS(',', NEW.`org`, NEW.`no`), JSON_OBJECT('org', NEW.`org`, 'no', NEW.`no`, 'up', NEW.`up`, 'up__new', NEW.`up__new`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`up__new` <=> OLD.`up__new`) THEN
    SET NEW.`up` = NEW.`up__new`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`up` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('node__sync', 'up', CONCAT_WS(',', NEW.`org`, NEW.`no`), JSON_OBJECT('org', NEW.`org`, 'no', NEW.`no`, 'up', NEW.`up`, 'up__new', NEW.`up__new`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `node__sync_i` BEFORE INSERT ON `node` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`up__new` IS NOT NULL THEN
    SET NEW.`up` = NEW.`up__new`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`up` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('node__sync', 'up', CONCAT_WS(',', NEW.`org`, NEW.`no`), JSON_OBJECT('org', NEW.`org`, 'no', NEW.`no`, 'up', NEW.`up`, 'up__new', NEW.`up__new`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`up__new` = NEW.`up`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`up__new` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('node__sync', 'up__new', CONCAT_WS(',', NEW.`org`, NEW.`no`), JSON_OBJECT('org', NEW.`org`, 'no', NEW.`no`, 'up', NEW.`up`, 'up__new', NEW.`up__new`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
UNLOCK TABLES;
SELECT 'undo step 7 of 12: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 12, switch: Add the foreign key node_up on node
--   Id:           node.node_up/switch/add-foreign-key
-- ============================================================================
SELECT 'undo step 6 of 12: Add the foreign key node_up on node' AS `forgelua`;
ALTER TABLE `node`
  DROP FOREIGN KEY `node_up`,
  DROP INDEX `node_up`,
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'undo step 6 of 12: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 12, migrate: Convert up of node into up__new
--   Id:           node.up/migrate/backfill
-- ============================================================================
SELECT 'undo step 5 of 12: Convert up of node into up__new' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 5 of 12: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 12, migrate: Keep up and up__new of node equal
--   Id:           node.up/migrate/sync
-- ============================================================================
SELECT 'undo step 4 of 12: Keep up and up__new of node equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `node__sync_i`;
DROP TRIGGER IF EXISTS `node__sync_u`;
SELECT 'undo step 4 of 12: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 12, expand: Add up__new beside up in node
--   Id:           node.up/expand/add-column
-- ============================================================================
SELECT 'undo step 3 of 12: Add up__new beside up in node' AS `forgelua`;
ALTER TABLE `node`
  DROP COLUMN `up__new`,
  ALGORITHM=INSTANT;
SELECT 'undo step 3 of 12: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 12, expand: Change the type of node.no
--   Id:           node.no/expand/type
--   Loses:        values of node.no that int cannot hold: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 2 of 12: Change the type of node.no' AS `forgelua`;
ALTER TABLE `node`
  MODIFY COLUMN `no` int NOT NULL,
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'undo step 2 of 12: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 12, expand: Take the foreign key node_up of node away while node.no changes its type
--   Id:           node.node_up/expand/release-key
-- ============================================================================
SELECT 'undo step 1 of 12: Take the foreign key node_up of node away while node.no changes its type' AS `forgelua`;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `node`
  ADD CONSTRAINT `node_up` FOREIGN KEY (`org`, `up`) REFERENCES `node` (`org`, `no`),
  ADD KEY `node_up` (`org`, `up`),
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `node` AS c WHERE c.`org` IS NOT NULL AND c.`up` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `node` AS p WHERE p.`org` = c.`org` AND p.`no` = c.`up`)) THEN
    ALTER TABLE `node` DROP FOREIGN KEY `node_up`, DROP INDEX `node_up`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of node have no match for foreign key node_up';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
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
SELECT 'undo step 1 of 12: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
