-- Rollback, every phase of migration fills_read_other_rows
-- A column is filled from other rows of its own table, which is renamed, and one from another table, whose column is
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
-- Check: step 20 must be done before this: Drop the view that served the old name notes. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'notes' AND TABLE_TYPE = 'VIEW') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 20 must be done before this: Drop the view that served the old name notes')), '1', @forgelua_actual);
-- Check: step 18 must be done before this: Drop the old column code of kinds. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'kinds' AND COLUMN_NAME = 'code') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 18 must be done before this: Drop the old column code of kinds')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 21 of 21, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 21 of 21: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 21 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 20 of 21, contract: Drop the view that served the old name notes
--   Id:           remarks/contract/drop-old-name
-- ============================================================================
SELECT 'undo step 20 of 21: Drop the view that served the old name notes' AS `forgelua`;
CREATE VIEW `notes` AS SELECT `id`, `grp`, `place` FROM `remarks`;
SELECT 'undo step 20 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 19 of 21, contract: Drop the trigger that filled place of remarks
--   Id:           remarks.place/contract/stop-filling
-- ============================================================================
SELECT 'undo step 19 of 21: Drop the trigger that filled place of remarks' AS `forgelua`;
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
CREATE TRIGGER `notes__sync_u` BEFORE UPDATE ON `remarks` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`place` IS NULL THEN
    SET NEW.`place` = (SELECT (SELECT count(*) FROM remarks x WHERE x.grp = remarks.grp AND x.id < remarks.id) FROM (SELECT NEW.`id` AS `id`, NEW.`grp` AS `grp`) AS `remarks`);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`place` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('notes__sync', 'place', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'grp', NEW.`grp`, 'place', NEW.`place`), forgelua_message);
    END IF;
  ELSEIF (NOT (NEW.`id` <=> OLD.`id`) OR NOT (NEW.`grp` <=> OLD.`grp`)) AND NOT (NOT (NEW.`place` <=> OLD.`place`)) THEN
    SET NEW.`place` = (SELECT (SELECT count(*) FROM remarks x WHERE x.grp = remarks.grp AND x.id < remarks.id) FROM (SELECT OLD.`id` AS `id`, OLD.`grp` AS `grp`) AS `remarks`);
    IF forgelua_failed OR NOT (NEW.`place` <=> OLD.`place`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`place` = OLD.`place`;
    ELSE
      SET NEW.`place` = (SELECT (SELECT count(*) FROM remarks x WHERE x.grp = remarks.grp AND x.id < remarks.id) FROM (SELECT NEW.`id` AS `id`, NEW.`grp` AS `grp`) AS `remarks`);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`place` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('notes__sync', 'place', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'grp', NEW.`grp`, 'place', NEW.`place`), forgelua_message);
      END IF;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `notes__sync_i` BEFORE INSERT ON `remarks` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`place` IS NULL THEN
    SET NEW.`place` = (SELECT (SELECT count(*) FROM remarks x WHERE x.grp = remarks.grp AND x.id < remarks.id) FROM (SELECT NEW.`id` AS `id`, NEW.`grp` AS `grp`) AS `remarks`);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`place` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('notes__sync', 'place', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'grp', NEW.`grp`, 'place', NEW.`place`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 19 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 18 of 21, contract: Drop the old column code of kinds
--   Id:           kinds.abbr/contract/drop-old
-- ============================================================================
SELECT 'undo step 18 of 21: Drop the old column code of kinds' AS `forgelua`;
ALTER TABLE `kinds`
  ADD COLUMN `code` varchar(5) NULL,
  ALGORITHM=INSTANT;
SELECT 'undo step 18 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 17 of 21, contract: Stop keeping code and abbr of kinds equal
--   Id:           kinds.abbr/contract/stop-sync
-- ============================================================================
SELECT 'undo step 17 of 21: Stop keeping code and abbr of kinds equal' AS `forgelua`;
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
CREATE TRIGGER `kinds__sync_u` BEFORE UPDATE ON `kinds` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`code` = OLD.`code`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`abbr` = OLD.`abbr`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (CAST(NEW.`abbr` AS BINARY) <=> CAST(OLD.`abbr` AS BINARY)) THEN
    SET NEW.`code` = NEW.`abbr`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`code` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('kinds__sync', 'code', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code', NEW.`code`, 'abbr', NEW.`abbr`), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`code` AS BINARY) <=> CAST(OLD.`code` AS BINARY)) THEN
    SET NEW.`abbr` = NEW.`code`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`abbr` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('kinds__sync', 'abbr', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code', NEW.`code`, 'abbr', NEW.`abbr`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `kinds__sync_i` BEFORE INSERT ON `kinds` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`code` IS NOT NULL THEN
    SET NEW.`abbr` = NEW.`code`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`abbr` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('kinds__sync', 'abbr', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code', NEW.`code`, 'abbr', NEW.`abbr`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`code` = NEW.`abbr`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`code` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('kinds__sync', 'code', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code', NEW.`code`, 'abbr', NEW.`abbr`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 17 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 16 of 21, contract: From here the way back computes code of kinds again
--   Id:           kinds.abbr/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
SELECT 'undo step 16 of 21: From here the way back computes code of kinds again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('kinds.abbr/contract/point-of-return', 'kinds', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'kinds.abbr/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `kinds` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `kinds` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `kinds` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `kinds` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `kinds` SET `code` = `abbr` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND ((CASE WHEN (`code`) = (`abbr`) OR ((`code`) IS NULL AND (`abbr`) IS NULL) THEN 0 ELSE 1 END = 1));
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'kinds.abbr/contract/point-of-return';
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
              SELECT 'kinds.abbr/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'code', `code`, 'abbr', `abbr`), forgelua_message FROM `kinds` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `kinds` SET `code` = `abbr` WHERE `id` = forgelua_s1 AND ((CASE WHEN (`code`) = (`abbr`) OR ((`code`) IS NULL AND (`abbr`) IS NULL) THEN 0 ELSE 1 END = 1));
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'kinds.abbr/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `kinds` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'kinds.abbr/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 16 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 15 of 21, contract: Drop the trigger that filled kind of items
--   Id:           items.kind/contract/stop-filling
-- ============================================================================
SELECT 'undo step 15 of 21: Drop the trigger that filled kind of items' AS `forgelua`;
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
CREATE TRIGGER `items__sync_u` BEFORE UPDATE ON `items` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`kind` IS NULL THEN
    SET NEW.`kind` = (SELECT COALESCE((SELECT code FROM kinds WHERE kinds.id = items.kind_id), '-') FROM (SELECT NEW.`id` AS `id`, NEW.`kind_id` AS `kind_id`) AS `items`);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`kind` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('items__sync', 'kind', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'kind_id', NEW.`kind_id`, 'kind', NEW.`kind`), forgelua_message);
    END IF;
  ELSEIF (NOT (NEW.`id` <=> OLD.`id`) OR NOT (NEW.`kind_id` <=> OLD.`kind_id`)) AND NOT (NOT (CAST(NEW.`kind` AS BINARY) <=> CAST(OLD.`kind` AS BINARY))) THEN
    SET NEW.`kind` = (SELECT COALESCE((SELECT code FROM kinds WHERE kinds.id = items.kind_id), '-') FROM (SELECT OLD.`id` AS `id`, OLD.`kind_id` AS `kind_id`) AS `items`);
    IF forgelua_failed OR NOT (NEW.`kind` <=> OLD.`kind`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`kind` = OLD.`kind`;
    ELSE
      SET NEW.`kind` = (SELECT COALESCE((SELECT code FROM kinds WHERE kinds.id = items.kind_id), '-') FROM (SELECT NEW.`id` AS `id`, NEW.`kind_id` AS `kind_id`) AS `items`);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`kind` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('items__sync', 'kind', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'kind_id', NEW.`kind_id`, 'kind', NEW.`kind`), forgelua_message);
      END IF;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `items__sync_i` BEFORE INSERT ON `items` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`kind` IS NULL THEN
    SET NEW.`kind` = (SELECT COALESCE((SELECT code FROM kinds WHERE kinds.id = items.kind_id), '-') FROM (SELECT NEW.`id` AS `id`, NEW.`kind_id` AS `kind_id`) AS `items`);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`kind` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('items__sync', 'kind', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'kind_id', NEW.`kind_id`, 'kind', NEW.`kind`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 15 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 14 of 21, switch: Rename notes to remarks
--   Id:           notes/switch/rename-table
-- ============================================================================
SELECT 'undo step 14 of 21: Rename notes to remarks' AS `forgelua`;
CREATE OR REPLACE VIEW `notes` AS SELECT `id`, `grp`, `place` FROM `remarks`;
CREATE VIEW `remarks__view` AS SELECT `id`, `grp` FROM `notes`;
RENAME TABLE `notes` TO `notes__gone`, `remarks` TO `notes`, `remarks__view` TO `remarks`;
DROP VIEW `notes__gone`;
SELECT 'undo step 14 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 13 of 21, switch: Make notes.place NOT NULL
--   Id:           notes.place/switch/not-null
-- ============================================================================
SELECT 'undo step 13 of 21: Make notes.place NOT NULL' AS `forgelua`;
ALTER TABLE `notes`
  MODIFY COLUMN `place` int NULL INVISIBLE,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 13 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 12 of 21, switch: Let abbr of kinds lead
--   Id:           kinds.abbr/switch/swap
-- ============================================================================
SELECT 'undo step 12 of 21: Let abbr of kinds lead' AS `forgelua`;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
LOCK TABLES `kinds` WRITE;
DROP TRIGGER IF EXISTS `kinds__sync_i`;
DROP TRIGGER IF EXISTS `kinds__sync_u`;
ALTER TABLE `kinds`
  MODIFY COLUMN `abbr` varchar(5) NULL INVISIBLE,
  ALGORITHM=INSTANT;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `kinds__sync_u` BEFORE UPDATE ON `kinds` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`code` = OLD.`code`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`abbr` = OLD.`abbr`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (CAST(NEW.`code` AS BINARY) <=> CAST(OLD.`code` AS BINARY)) THEN
    SET NEW.`abbr` = NEW.`code`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`abbr` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('kinds__sync', 'abbr', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code', NEW.`code`, 'abbr', NEW.`abbr`), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`abbr` AS BINARY) <=> CAST(OLD.`abbr` AS BINARY)) THEN
    SET NEW.`code` = NEW.`abbr`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`code` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('kinds__sync', 'code', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code', NEW.`code`, 'abbr', NEW.`abbr`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `kinds__sync_i` BEFORE INSERT ON `kinds` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`abbr` IS NOT NULL THEN
    SET NEW.`code` = NEW.`abbr`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`code` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('kinds__sync', 'code', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code', NEW.`code`, 'abbr', NEW.`abbr`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`abbr` = NEW.`code`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`abbr` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('kinds__sync', 'abbr', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'code', NEW.`code`, 'abbr', NEW.`abbr`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
UNLOCK TABLES;
SELECT 'undo step 12 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 11 of 21, switch: Make items.kind NOT NULL
--   Id:           items.kind/switch/not-null
-- ============================================================================
SELECT 'undo step 11 of 21: Make items.kind NOT NULL' AS `forgelua`;
ALTER TABLE `items`
  MODIFY COLUMN `kind` varchar(5) NULL INVISIBLE,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 11 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 10 of 21, migrate: Backfill place of notes
--   Id:           notes.place/migrate/backfill
-- ============================================================================
SELECT 'undo step 10 of 21: Backfill place of notes' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 10 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 9 of 21, migrate: Keep place of notes filled for new rows
--   Id:           notes.place/migrate/keep-filled
-- ============================================================================
SELECT 'undo step 9 of 21: Keep place of notes filled for new rows' AS `forgelua`;
DROP TRIGGER IF EXISTS `notes__sync_i`;
DROP TRIGGER IF EXISTS `notes__sync_u`;
SELECT 'undo step 9 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 8 of 21, migrate: Convert code of kinds into abbr
--   Id:           kinds.abbr/migrate/backfill
-- ============================================================================
SELECT 'undo step 8 of 21: Convert code of kinds into abbr' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 8 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 21, migrate: Keep code and abbr of kinds equal
--   Id:           kinds.abbr/migrate/sync
-- ============================================================================
SELECT 'undo step 7 of 21: Keep code and abbr of kinds equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `kinds__sync_i`;
DROP TRIGGER IF EXISTS `kinds__sync_u`;
SELECT 'undo step 7 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 21, migrate: Backfill kind of items
--   Id:           items.kind/migrate/backfill
-- ============================================================================
SELECT 'undo step 6 of 21: Backfill kind of items' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 6 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 21, migrate: Keep kind of items filled for new rows
--   Id:           items.kind/migrate/keep-filled
-- ============================================================================
SELECT 'undo step 5 of 21: Keep kind of items filled for new rows' AS `forgelua`;
DROP TRIGGER IF EXISTS `items__sync_i`;
DROP TRIGGER IF EXISTS `items__sync_u`;
SELECT 'undo step 5 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 21, expand: Add place to notes, empty and not insisting
--   Id:           notes.place/expand/add-column
-- ============================================================================
SELECT 'undo step 4 of 21: Add place to notes, empty and not insisting' AS `forgelua`;
ALTER TABLE `notes`
  DROP COLUMN `place`,
  ALGORITHM=INSTANT;
SELECT 'undo step 4 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 21, expand: Serve notes under its new name remarks by a view
--   Id:           remarks/expand/view-under-new-name
-- ============================================================================
SELECT 'undo step 3 of 21: Serve notes under its new name remarks by a view' AS `forgelua`;
DROP VIEW `remarks`;
SELECT 'undo step 3 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 21, expand: Add abbr beside code in kinds
--   Id:           kinds.abbr/expand/add-column
-- ============================================================================
SELECT 'undo step 2 of 21: Add abbr beside code in kinds' AS `forgelua`;
ALTER TABLE `kinds`
  DROP COLUMN `abbr`,
  ALGORITHM=INSTANT;
SELECT 'undo step 2 of 21: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 21, expand: Add kind to items, empty and not insisting
--   Id:           items.kind/expand/add-column
-- ============================================================================
SELECT 'undo step 1 of 21: Add kind to items, empty and not insisting' AS `forgelua`;
ALTER TABLE `items`
  DROP COLUMN `kind`,
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
SELECT 'undo step 1 of 21: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
