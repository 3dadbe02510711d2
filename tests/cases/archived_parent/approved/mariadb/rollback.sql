-- WARNING: rollback is destructive — items_ibfk_1 data will be lost: rows of items that point nowhere by items_ibfk_1: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — marks_ibfk_1 data will be lost: rows of marks that point nowhere by marks_ibfk_1: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — tags.kind data will be lost: values of sort that kind cannot hold: the way back stops at them until they are changed; they are named in forgelua_sync_errors.
-- WARNING: rollback is destructive — notes_ibfk_1 data will be lost: rows of notes that point nowhere by notes_ibfk_1: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — parts data will be lost: values of parts that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors.
-- WARNING: rollback is destructive — parts__old_ibfk_1 data will be lost: rows of parts that point nowhere: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — tags_ibfk_1 data will be lost: rows of tags that point nowhere by tags_ibfk_1: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — notes.kind data will be lost: values of sort that kind cannot hold.
-- WARNING: rollback is destructive — tags.kind data will be lost: values of sort that kind cannot hold.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration archived_parent
-- A table goes into an archive, others let go of their references to it: the way back finds its rows there
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
-- Check: step 34 must be done before this: Make tags.sort NOT NULL. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'tags' AND COLUMN_NAME = 'sort') AND NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'tags' AND COLUMN_NAME = 'sort' AND IS_NULLABLE = 'YES') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 34 must be done before this: Make tags.sort NOT NULL')), '1', @forgelua_actual);
-- Check: step 20 must be done before this: Drop the table kinds. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'kinds' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 20 must be done before this: Drop the table kinds')), '1', @forgelua_actual);

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: every sort of tags can be held as int. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `tags` WHERE `sort` < -2147483648 OR `sort` > 2147483647) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every sort of tags can be held as int')), '0', @forgelua_actual);
-- Check: no row of tags points at a missing row of kinds (kind is sort by now) (kinds is kinds__archive by now). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `tags` AS child_row WHERE child_row.sort IS NOT NULL AND NOT EXISTS (SELECT 1 FROM kinds__archive AS parent_row WHERE parent_row.`id` = child_row.sort)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of tags points at a missing row of kinds (kind is sort by now) (kinds is kinds__archive by now)')), '0', @forgelua_actual);
-- Check: no row of parts points at a missing row of kinds (kinds is kinds__archive by now). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `parts` AS child_row WHERE child_row.`kind` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM kinds__archive AS parent_row WHERE parent_row.`id` = child_row.`kind`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of parts points at a missing row of kinds (kinds is kinds__archive by now)')), '0', @forgelua_actual);
-- Check: no row of notes points at a missing row of kinds (kind is sort by now) (kinds is kinds__archive by now). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `notes` AS child_row WHERE child_row.sort IS NOT NULL AND NOT EXISTS (SELECT 1 FROM kinds__archive AS parent_row WHERE parent_row.`id` = child_row.sort)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of notes points at a missing row of kinds (kind is sort by now) (kinds is kinds__archive by now)')), '0', @forgelua_actual);
-- Check: no row of tags has NULL in kind (kind is sort by now). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `tags` WHERE sort IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of tags has NULL in kind (kind is sort by now)')), '0', @forgelua_actual);
-- Check: no row of marks points at a missing row of kinds (kinds is kinds__archive by now). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `marks` AS child_row WHERE child_row.`kind` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM kinds__archive AS parent_row WHERE parent_row.`id` = child_row.`kind`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of marks points at a missing row of kinds (kinds is kinds__archive by now)')), '0', @forgelua_actual);
-- Check: no row of items points at a missing row of kinds (kinds is kinds__archive by now). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `items` AS child_row WHERE child_row.`kind` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM kinds__archive AS parent_row WHERE parent_row.`id` = child_row.`kind`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of items points at a missing row of kinds (kinds is kinds__archive by now)')), '0', @forgelua_actual);

-- ============================================================================
-- Undo step 35 of 35, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 35 of 35: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 35 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 34 of 35, contract: Make tags.sort NOT NULL
--   Id:           tags.sort/contract/not-null
-- ============================================================================
SELECT 'undo step 34 of 35: Make tags.sort NOT NULL' AS `forgelua`;
ALTER TABLE `tags`
  MODIFY COLUMN `sort` bigint NULL,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 34 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 33 of 35, contract: Drop the old column kind of tags
--   Id:           tags.sort/contract/drop-old
--   Loses:        values of sort that kind cannot hold
-- ============================================================================
SELECT 'undo step 33 of 35: Drop the old column kind of tags' AS `forgelua`;
ALTER TABLE `tags`
  ADD COLUMN `kind` int NULL,
  ALGORITHM=INSTANT;
SELECT 'undo step 33 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 32 of 35, contract: Stop keeping kind and sort of tags equal
--   Id:           tags.sort/contract/stop-sync
-- ============================================================================
SELECT 'undo step 32 of 35: Stop keeping kind and sort of tags equal' AS `forgelua`;
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
CREATE TRIGGER `tags__sync_u` BEFORE UPDATE ON `tags` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`kind` = OLD.`kind`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`sort` = OLD.`sort`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`sort` <=> OLD.`sort`) THEN
    SET NEW.`kind` = NEW.`sort`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`kind` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('tags__sync', 'kind', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'kind', NEW.`kind`, 'sort', NEW.`sort`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`kind` <=> OLD.`kind`) THEN
    SET NEW.`sort` = NEW.`kind`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`sort` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('tags__sync', 'sort', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'kind', NEW.`kind`, 'sort', NEW.`sort`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `tags__sync_i` BEFORE INSERT ON `tags` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`kind` IS NOT NULL THEN
    SET NEW.`sort` = NEW.`kind`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`sort` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('tags__sync', 'sort', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'kind', NEW.`kind`, 'sort', NEW.`sort`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`kind` = NEW.`sort`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`kind` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('tags__sync', 'kind', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'kind', NEW.`kind`, 'sort', NEW.`sort`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 32 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 31 of 35, contract: From here the way back computes kind of tags again
--   Id:           tags.sort/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
SELECT 'undo step 31 of 35: From here the way back computes kind of tags again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('tags.sort/contract/point-of-return', 'tags', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_held1 int DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'tags.sort/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `tags` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `tags` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `tags` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `tags` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `tags` SET `kind` = `sort` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND ((CASE WHEN (`kind`) = (`sort`) OR ((`kind`) IS NULL AND (`sort`) IS NULL) THEN 0 ELSE 1 END = 1));
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'tags.sort/contract/point-of-return';
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
              SELECT 'tags.sort/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'kind', `kind`, 'sort', `sort`), forgelua_message FROM `tags` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `tags` SET `kind` = `sort` WHERE `id` = forgelua_s1 AND ((CASE WHEN (`kind`) = (`sort`) OR ((`kind`) IS NULL AND (`sort`) IS NULL) THEN 0 ELSE 1 END = 1));
          SET forgelua_rows = ROW_COUNT();
        END;
        IF forgelua_skipped = 1 THEN
          BEGIN
            DECLARE CONTINUE HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 SET forgelua_failed = TRUE;
            SET forgelua_failed = FALSE, forgelua_held1 = NULL;
            SELECT `sort` INTO forgelua_held1 FROM `tags` WHERE `id` = forgelua_s1;
            IF forgelua_failed THEN SET forgelua_held1 = NULL; END IF;
            UPDATE `tags` SET `kind` = forgelua_held1 WHERE `id` = forgelua_s1 AND ((CASE WHEN (`kind`) = (`sort`) OR ((`kind`) IS NULL AND (`sort`) IS NULL) THEN 0 ELSE 1 END = 1));
          END;
        END IF;
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'tags.sort/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `tags` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'tags.sort/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 31 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 30 of 35, contract: Drop parts__old
--   Id:           parts/contract/drop-old
-- ============================================================================
SELECT 'undo step 30 of 35: Drop parts__old' AS `forgelua`;
CREATE TABLE `parts__old` (
  `id` int NOT NULL,
  `kind` int NULL,
  PRIMARY KEY (`id`)
);
SELECT 'undo step 30 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 29 of 35, contract: Stop repeating writes to parts on parts__old
--   Id:           parts/contract/stop-sync
-- ============================================================================
SELECT 'undo step 29 of 35: Stop repeating writes to parts on parts__old' AS `forgelua`;
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
CREATE TRIGGER `parts__sync_d96c_d` AFTER DELETE ON `parts` FOR EACH ROW
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
  DELETE FROM `parts__old` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'kind', OLD.`kind`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `parts__sync_d96c_u` AFTER UPDATE ON `parts` FOR EACH ROW
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
    UPDATE `parts__old` SET `id` = NEW.`id`, `kind` = NEW.`kind` WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `parts__old` (`id`, `kind`) VALUES (NEW.`id`, NEW.`kind`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `parts__old` SET `id` = NEW.`id`, `kind` = NEW.`kind` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `parts__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'kind', NEW.`kind`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `parts__sync_d96c_i` AFTER INSERT ON `parts` FOR EACH ROW
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
    INSERT INTO `parts__old` (`id`, `kind`) VALUES (NEW.`id`, NEW.`kind`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `parts__old` SET `id` = NEW.`id`, `kind` = NEW.`kind` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `parts__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'kind', NEW.`kind`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 29 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 28 of 35, contract: From here the way back copies parts into parts__old again
--   Id:           parts/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
SELECT 'undo step 28 of 35: From here the way back copies parts into parts__old again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('parts/contract/point-of-return', 'parts', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'parts/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `parts` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `parts` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `parts` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `parts` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      INSERT INTO `parts__old` (`id`, `kind`) SELECT `id`, `kind` FROM `parts` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `parts__old` AS forgelua_t WHERE forgelua_t.`id` = `parts`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'parts/contract/point-of-return';
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
              SELECT 'parts/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'kind', `kind`), forgelua_message FROM `parts` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          INSERT INTO `parts__old` (`id`, `kind`) SELECT `id`, `kind` FROM `parts` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `parts__old` AS forgelua_t WHERE forgelua_t.`id` = `parts`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'parts/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `parts` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'parts/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'undo step 28 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 27 of 35, contract: Drop the table a_kinds
--   Id:           a_kinds/contract/drop-table
-- ============================================================================
SELECT 'undo step 27 of 35: Drop the table a_kinds' AS `forgelua`;
CREATE TABLE `a_kinds` (
  `id` int NOT NULL,
  `name` varchar(9) NULL,
  PRIMARY KEY (`id`)
);
SELECT 'undo step 27 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 26 of 35, contract: Archive a_kinds into a_kinds__archive
--   Id:           a_kinds/contract/archive
-- ============================================================================
SELECT 'undo step 26 of 35: Archive a_kinds into a_kinds__archive' AS `forgelua`;
INSERT INTO `a_kinds` (`id`, `name`) SELECT `id`, `name` FROM `a_kinds__archive` WHERE NOT EXISTS (SELECT 1 FROM `a_kinds` AS there WHERE there.`id` = `a_kinds__archive`.`id`);
DROP TABLE `a_kinds__archive`;
SELECT 'undo step 26 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 25 of 35, contract: Drop the table old_items
--   Id:           old_items/contract/drop-table
-- ============================================================================
SELECT 'undo step 25 of 35: Drop the table old_items' AS `forgelua`;
CREATE TABLE `old_items` (
  `id` int NOT NULL,
  `kind` int NOT NULL,
  PRIMARY KEY (`id`),
  KEY `old_items_ibfk_1` (`kind`),
  CONSTRAINT `old_items_ibfk_1` FOREIGN KEY (`kind`) REFERENCES `a_kinds` (`id`)
);
SELECT 'undo step 25 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 24 of 35, contract: Archive old_items into old_items__archive
--   Id:           old_items/contract/archive
-- ============================================================================
SELECT 'undo step 24 of 35: Archive old_items into old_items__archive' AS `forgelua`;
INSERT INTO `old_items` (`id`, `kind`) SELECT `id`, `kind` FROM `old_items__archive` WHERE NOT EXISTS (SELECT 1 FROM `old_items` AS there WHERE there.`id` = `old_items__archive`.`id`);
DROP TABLE `old_items__archive`;
SELECT 'undo step 24 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 23 of 35, contract: Drop the old column kind of notes
--   Id:           notes.sort/contract/drop-old
--   Loses:        values of sort that kind cannot hold
-- ============================================================================
SELECT 'undo step 23 of 35: Drop the old column kind of notes' AS `forgelua`;
ALTER TABLE `notes`
  ADD COLUMN `kind` int NULL,
  ALGORITHM=INSTANT;
SELECT 'undo step 23 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 22 of 35, contract: Stop keeping kind and sort of notes equal
--   Id:           notes.sort/contract/stop-sync
-- ============================================================================
SELECT 'undo step 22 of 35: Stop keeping kind and sort of notes equal' AS `forgelua`;
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
CREATE TRIGGER `notes__sync_u` BEFORE UPDATE ON `notes` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`kind` = OLD.`kind`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`sort` = OLD.`sort`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`sort` <=> OLD.`sort`) THEN
    SET NEW.`kind` = NEW.`sort`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`kind` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('notes__sync', 'kind', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'kind', NEW.`kind`, 'sort', NEW.`sort`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`kind` <=> OLD.`kind`) THEN
    SET NEW.`sort` = NEW.`kind`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`sort` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('notes__sync', 'sort', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'kind', NEW.`kind`, 'sort', NEW.`sort`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `notes__sync_i` BEFORE INSERT ON `notes` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`kind` IS NOT NULL THEN
    SET NEW.`sort` = NEW.`kind`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`sort` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('notes__sync', 'sort', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'kind', NEW.`kind`, 'sort', NEW.`sort`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`kind` = NEW.`sort`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`kind` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('notes__sync', 'kind', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'kind', NEW.`kind`, 'sort', NEW.`sort`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 22 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 21 of 35, contract: From here the way back computes kind of notes again
--   Id:           notes.sort/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
SELECT 'undo step 21 of 35: From here the way back computes kind of notes again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('notes.sort/contract/point-of-return', 'notes', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_held1 int DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'notes.sort/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `notes` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `notes` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `notes` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `notes` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `notes` SET `kind` = `sort` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND ((CASE WHEN (`kind`) = (`sort`) OR ((`kind`) IS NULL AND (`sort`) IS NULL) THEN 0 ELSE 1 END = 1));
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'notes.sort/contract/point-of-return';
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
              SELECT 'notes.sort/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'kind', `kind`, 'sort', `sort`), forgelua_message FROM `notes` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `notes` SET `kind` = `sort` WHERE `id` = forgelua_s1 AND ((CASE WHEN (`kind`) = (`sort`) OR ((`kind`) IS NULL AND (`sort`) IS NULL) THEN 0 ELSE 1 END = 1));
          SET forgelua_rows = ROW_COUNT();
        END;
        IF forgelua_skipped = 1 THEN
          BEGIN
            DECLARE CONTINUE HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 SET forgelua_failed = TRUE;
            SET forgelua_failed = FALSE, forgelua_held1 = NULL;
            SELECT `sort` INTO forgelua_held1 FROM `notes` WHERE `id` = forgelua_s1;
            IF forgelua_failed THEN SET forgelua_held1 = NULL; END IF;
            UPDATE `notes` SET `kind` = forgelua_held1 WHERE `id` = forgelua_s1 AND ((CASE WHEN (`kind`) = (`sort`) OR ((`kind`) IS NULL AND (`sort`) IS NULL) THEN 0 ELSE 1 END = 1));
          END;
        END IF;
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'notes.sort/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `notes` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'notes.sort/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 21 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 20 of 35, contract: Drop the table kinds
--   Id:           kinds/contract/drop-table
-- ============================================================================
SELECT 'undo step 20 of 35: Drop the table kinds' AS `forgelua`;
CREATE TABLE `kinds` (
  `id` int NOT NULL,
  `name` varchar(9) NULL,
  PRIMARY KEY (`id`)
);
SELECT 'undo step 20 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 19 of 35, contract: Archive kinds into kinds__archive
--   Id:           kinds/contract/archive
-- ============================================================================
SELECT 'undo step 19 of 35: Archive kinds into kinds__archive' AS `forgelua`;
INSERT INTO `kinds` (`id`, `name`) SELECT `id`, `name` FROM `kinds__archive` WHERE NOT EXISTS (SELECT 1 FROM `kinds` AS there WHERE there.`id` = `kinds__archive`.`id`);
DROP TABLE `kinds__archive`;
SELECT 'undo step 19 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 18 of 35, switch: Let sort of tags lead
--   Id:           tags.sort/switch/swap
-- ============================================================================
SELECT 'undo step 18 of 35: Let sort of tags lead' AS `forgelua`;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
LOCK TABLES `tags` WRITE;
DROP TRIGGER IF EXISTS `tags__sync_i`;
DROP TRIGGER IF EXISTS `tags__sync_u`;
ALTER TABLE `tags`
  MODIFY COLUMN `sort` bigint NULL INVISIBLE,
  ALGORITHM=INSTANT;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `tags__sync_u` BEFORE UPDATE ON `tags` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`kind` = OLD.`kind`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`sort` = OLD.`sort`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`kind` <=> OLD.`kind`) THEN
    SET NEW.`sort` = NEW.`kind`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`sort` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('tags__sync', 'sort', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'kind', NEW.`kind`, 'sort', NEW.`sort`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`sort` <=> OLD.`sort`) THEN
    SET NEW.`kind` = NEW.`sort`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`kind` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('tags__sync', 'kind', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'kind', NEW.`kind`, 'sort', NEW.`sort`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `tags__sync_i` BEFORE INSERT ON `tags` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`sort` IS NOT NULL THEN
    SET NEW.`kind` = NEW.`sort`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`kind` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('tags__sync', 'kind', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'kind', NEW.`kind`, 'sort', NEW.`sort`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`sort` = NEW.`kind`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`sort` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('tags__sync', 'sort', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'kind', NEW.`kind`, 'sort', NEW.`sort`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
UNLOCK TABLES;
SELECT 'undo step 18 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 17 of 35, switch: Drop the foreign key tags_ibfk_1 on tags
--   Id:           tags.tags_ibfk_1/switch/drop-foreign-key
--   Loses:        rows of tags that point nowhere by tags_ibfk_1: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 17 of 35: Drop the foreign key tags_ibfk_1 on tags' AS `forgelua`;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `tags`
  ADD CONSTRAINT `tags_ibfk_1` FOREIGN KEY (`kind`) REFERENCES `kinds` (`id`),
  ADD KEY `tags_ibfk_1` (`kind`),
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `tags` AS c WHERE c.`kind` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `kinds` AS p WHERE p.`id` = c.`kind`)) THEN
    ALTER TABLE `tags` DROP FOREIGN KEY `tags_ibfk_1`, DROP INDEX `tags_ibfk_1`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of tags have no match for foreign key tags_ibfk_1';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'undo step 17 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 16 of 35, switch: Drop the foreign keys of parts__old that parts has no more
--   Id:           parts/switch/release-keys
--   Loses:        rows of parts that point nowhere: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 16 of 35: Drop the foreign keys of parts__old that parts has no more' AS `forgelua`;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `parts__old`
  ADD CONSTRAINT `parts__old_ibfk_1` FOREIGN KEY (`kind`) REFERENCES `kinds` (`id`),
  ADD KEY `parts__old_ibfk_1` (`kind`),
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `parts__old` AS c WHERE c.`kind` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `kinds` AS p WHERE p.`id` = c.`kind`)) THEN
    ALTER TABLE `parts__old` DROP FOREIGN KEY `parts__old_ibfk_1`, DROP INDEX `parts__old_ibfk_1`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of parts__old have no match for foreign key parts__old_ibfk_1';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'undo step 16 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 15 of 35, switch: Swap the copy of parts in
--   Id:           parts/switch/swap
--   Loses:        values of parts that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
-- ============================================================================
SELECT 'undo step 15 of 35: Swap the copy of parts in' AS `forgelua`;
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
CREATE TRIGGER `parts__sync_d457_d` AFTER DELETE ON `parts__old` FOR EACH ROW
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
  DELETE FROM `parts__new` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'kind', OLD.`kind`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `parts__sync_d457_u` AFTER UPDATE ON `parts__old` FOR EACH ROW
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
    UPDATE `parts__new` SET `id` = NEW.`id`, `kind` = NEW.`kind` WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `parts__new` (`id`, `kind`) VALUES (NEW.`id`, NEW.`kind`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `parts__new` SET `id` = NEW.`id`, `kind` = NEW.`kind` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `parts__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'kind', NEW.`kind`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `parts__sync_d457_i` AFTER INSERT ON `parts__old` FOR EACH ROW
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
    INSERT INTO `parts__new` (`id`, `kind`) VALUES (NEW.`id`, NEW.`kind`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `parts__new` SET `id` = NEW.`id`, `kind` = NEW.`kind` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `parts__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'kind', NEW.`kind`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
RENAME TABLE `parts` TO `parts__new`, `parts__old` TO `parts`;
DROP TRIGGER IF EXISTS `parts__sync_d96c_i`;
DROP TRIGGER IF EXISTS `parts__sync_d96c_u`;
DROP TRIGGER IF EXISTS `parts__sync_d96c_d`;
ALTER TABLE `parts`
  RENAME INDEX `parts__old_ibfk_1` TO `parts_ibfk_1`,
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'undo step 15 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 14 of 35, switch: Let sort of notes lead
--   Id:           notes.sort/switch/swap
-- ============================================================================
SELECT 'undo step 14 of 35: Let sort of notes lead' AS `forgelua`;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
LOCK TABLES `notes` WRITE;
DROP TRIGGER IF EXISTS `notes__sync_i`;
DROP TRIGGER IF EXISTS `notes__sync_u`;
ALTER TABLE `notes`
  MODIFY COLUMN `sort` bigint NULL INVISIBLE,
  ALGORITHM=INSTANT;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `notes__sync_u` BEFORE UPDATE ON `notes` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`kind` = OLD.`kind`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`sort` = OLD.`sort`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`kind` <=> OLD.`kind`) THEN
    SET NEW.`sort` = NEW.`kind`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`sort` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('notes__sync', 'sort', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'kind', NEW.`kind`, 'sort', NEW.`sort`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`sort` <=> OLD.`sort`) THEN
    SET NEW.`kind` = NEW.`sort`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`kind` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('notes__sync', 'kind', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'kind', NEW.`kind`, 'sort', NEW.`sort`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `notes__sync_i` BEFORE INSERT ON `notes` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`sort` IS NOT NULL THEN
    SET NEW.`kind` = NEW.`sort`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`kind` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('notes__sync', 'kind', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'kind', NEW.`kind`, 'sort', NEW.`sort`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`sort` = NEW.`kind`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`sort` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('notes__sync', 'sort', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'kind', NEW.`kind`, 'sort', NEW.`sort`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
UNLOCK TABLES;
SELECT 'undo step 14 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 13 of 35, switch: Drop the foreign key notes_ibfk_1 on notes
--   Id:           notes.notes_ibfk_1/switch/drop-foreign-key
--   Loses:        rows of notes that point nowhere by notes_ibfk_1: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 13 of 35: Drop the foreign key notes_ibfk_1 on notes' AS `forgelua`;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `notes`
  ADD CONSTRAINT `notes_ibfk_1` FOREIGN KEY (`kind`) REFERENCES `kinds` (`id`),
  ADD KEY `notes_ibfk_1` (`kind`),
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `notes` AS c WHERE c.`kind` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `kinds` AS p WHERE p.`id` = c.`kind`)) THEN
    ALTER TABLE `notes` DROP FOREIGN KEY `notes_ibfk_1`, DROP INDEX `notes_ibfk_1`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of notes have no match for foreign key notes_ibfk_1';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'undo step 13 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 12 of 35, migrate: Convert kind of tags into sort
--   Id:           tags.sort/migrate/backfill
-- ============================================================================
SELECT 'undo step 12 of 35: Convert kind of tags into sort' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 12 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 11 of 35, migrate: Keep kind and sort of tags equal
--   Id:           tags.sort/migrate/sync
-- ============================================================================
SELECT 'undo step 11 of 35: Keep kind and sort of tags equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `tags__sync_i`;
DROP TRIGGER IF EXISTS `tags__sync_u`;
SELECT 'undo step 11 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 10 of 35, migrate: Allow NULL in tags.kind for as long as both columns live
--   Id:           tags.kind/migrate/relax
--   Loses:        values of sort that kind cannot hold: the way back stops at them until they are changed; they are named in forgelua_sync_errors
-- ============================================================================
SELECT 'undo step 10 of 35: Allow NULL in tags.kind for as long as both columns live' AS `forgelua`;
ALTER TABLE `tags`
  MODIFY COLUMN `kind` int NOT NULL,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 10 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 9 of 35, migrate: Copy the rows of parts into parts__new
--   Id:           parts/migrate/copy
-- ============================================================================
SELECT 'undo step 9 of 35: Copy the rows of parts into parts__new' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 9 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 8 of 35, migrate: Repeat every write to parts on parts__new
--   Id:           parts/migrate/sync
-- ============================================================================
SELECT 'undo step 8 of 35: Repeat every write to parts on parts__new' AS `forgelua`;
DROP TRIGGER IF EXISTS `parts__sync_d457_i`;
DROP TRIGGER IF EXISTS `parts__sync_d457_u`;
DROP TRIGGER IF EXISTS `parts__sync_d457_d`;
SELECT 'undo step 8 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 35, migrate: Convert kind of notes into sort
--   Id:           notes.sort/migrate/backfill
-- ============================================================================
SELECT 'undo step 7 of 35: Convert kind of notes into sort' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 7 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 35, migrate: Keep kind and sort of notes equal
--   Id:           notes.sort/migrate/sync
-- ============================================================================
SELECT 'undo step 6 of 35: Keep kind and sort of notes equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `notes__sync_i`;
DROP TRIGGER IF EXISTS `notes__sync_u`;
SELECT 'undo step 6 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 35, expand: Add sort beside kind in tags
--   Id:           tags.sort/expand/add-column
-- ============================================================================
SELECT 'undo step 5 of 35: Add sort beside kind in tags' AS `forgelua`;
ALTER TABLE `tags`
  DROP COLUMN `sort`,
  ALGORITHM=INSTANT;
SELECT 'undo step 5 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 35, expand: Create parts__new in the new shape of parts
--   Id:           parts/expand/create-copy
-- ============================================================================
SELECT 'undo step 4 of 35: Create parts__new in the new shape of parts' AS `forgelua`;
DROP TABLE `parts__new`;
SELECT 'undo step 4 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 35, expand: Add sort beside kind in notes
--   Id:           notes.sort/expand/add-column
-- ============================================================================
SELECT 'undo step 3 of 35: Add sort beside kind in notes' AS `forgelua`;
ALTER TABLE `notes`
  DROP COLUMN `sort`,
  ALGORITHM=INSTANT;
SELECT 'undo step 3 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 35, expand: Drop the foreign key marks_ibfk_1 on marks
--   Id:           marks.marks_ibfk_1/expand/drop-foreign-key
--   Loses:        rows of marks that point nowhere by marks_ibfk_1: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 2 of 35: Drop the foreign key marks_ibfk_1 on marks' AS `forgelua`;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `marks`
  ADD CONSTRAINT `marks_ibfk_1` FOREIGN KEY (`kind`) REFERENCES `kinds` (`id`),
  ADD KEY `marks_ibfk_1` (`kind`),
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `marks` AS c WHERE c.`kind` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `kinds` AS p WHERE p.`id` = c.`kind`)) THEN
    ALTER TABLE `marks` DROP FOREIGN KEY `marks_ibfk_1`, DROP INDEX `marks_ibfk_1`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of marks have no match for foreign key marks_ibfk_1';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'undo step 2 of 35: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 35, expand: Drop the foreign key items_ibfk_1 on items
--   Id:           items.items_ibfk_1/expand/drop-foreign-key
--   Loses:        rows of items that point nowhere by items_ibfk_1: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 1 of 35: Drop the foreign key items_ibfk_1 on items' AS `forgelua`;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `items`
  ADD CONSTRAINT `items_ibfk_1` FOREIGN KEY (`kind`) REFERENCES `kinds` (`id`),
  ADD KEY `items_ibfk_1` (`kind`),
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `items` AS c WHERE c.`kind` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `kinds` AS p WHERE p.`id` = c.`kind`)) THEN
    ALTER TABLE `items` DROP FOREIGN KEY `items_ibfk_1`, DROP INDEX `items_ibfk_1`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of items have no match for foreign key items_ibfk_1';
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
SELECT 'undo step 1 of 35: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
