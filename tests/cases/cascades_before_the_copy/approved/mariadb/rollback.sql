-- WARNING: rollback is destructive — parts data will be lost: values of parts that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration cascades_before_the_copy
-- A foreign key acts by itself on rows that have reached a copy before the others are copied
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
-- Check: step 11 must be done before this: Give parts_part_of_fkey of parts their names. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'parts' AND CONSTRAINT_NAME = 'parts_part_of_fkey' AND CONSTRAINT_TYPE = 'FOREIGN KEY') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 11 must be done before this: Give parts_part_of_fkey of parts their names')), '1', @forgelua_actual);
-- Check: step 9 must be done before this: Stop repeating writes to parts on parts__old. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME = 'parts__sync_d96c_i') AND NOT EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME = 'parts__sync_d96c_u') AND NOT EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME = 'parts__sync_d96c_d') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 9 must be done before this: Stop repeating writes to parts on parts__old')), '1', @forgelua_actual);
-- Check: the whole plan must be done before this: alter_column parts.id. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'parts' AND COLUMN_NAME = 'id') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'parts' AND COLUMN_NAME = 'id' AND DATA_TYPE = 'bigint' AND COLUMN_TYPE NOT LIKE '%unsigned%') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must be done before this: alter_column parts.id')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 12 of 12, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 12 of 12: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 12 of 12: done' AS `forgelua`;

-- ============================================================================
-- Undo step 11 of 12, contract: Give parts_part_of_fkey of parts their names
--   Id:           parts/contract/final-names
-- ============================================================================
SELECT 'undo step 11 of 12: Give parts_part_of_fkey of parts their names' AS `forgelua`;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `parts`
  ADD CONSTRAINT `parts_part_of_fkey__new` FOREIGN KEY (`part_of`) REFERENCES `parts` (`id`) ON DELETE SET NULL,
  DROP FOREIGN KEY `parts_part_of_fkey`,
  RENAME INDEX `parts_part_of_fkey` TO `parts_part_of_fkey__new`,
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `parts` AS c WHERE c.`part_of` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `parts` AS p WHERE p.`id` = c.`part_of`)) THEN
    ALTER TABLE `parts` DROP FOREIGN KEY `parts_part_of_fkey__new`, DROP INDEX `parts_part_of_fkey__new`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of parts have no match for foreign key parts_part_of_fkey__new';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'undo step 11 of 12: done' AS `forgelua`;

-- ============================================================================
-- Undo step 10 of 12, contract: Drop parts__old
--   Id:           parts/contract/drop-old
-- ============================================================================
SELECT 'undo step 10 of 12: Drop parts__old' AS `forgelua`;
CREATE TABLE `parts__old` (
  `id` int NOT NULL,
  `part_of` int NULL,
  PRIMARY KEY (`id`)
);
SELECT 'undo step 10 of 12: done' AS `forgelua`;

-- ============================================================================
-- Undo step 9 of 12, contract: Stop repeating writes to parts on parts__old
--   Id:           parts/contract/stop-sync
-- ============================================================================
SELECT 'undo step 9 of 12: Stop repeating writes to parts on parts__old' AS `forgelua`;
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
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'part_of', OLD.`part_of`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `parts__sync_d96c_u` AFTER UPDATE ON `parts` FOR EACH ROW
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
    UPDATE `parts__old` SET `id` = NEW.`id`, `part_of` = NEW.`part_of` WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `parts__old` (`id`, `part_of`) VALUES (NEW.`id`, NEW.`part_of`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `parts__old` SET `id` = NEW.`id`, `part_of` = NEW.`part_of` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `parts__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'part_of', NEW.`part_of`), forgelua_message);
    SET forgelua_held2 = NEW.`part_of`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held2 = NULL; END IF;
    DELETE FROM `parts__old` WHERE `id` = OLD.`id`;
    INSERT INTO `parts__old` (`id`, `part_of`) VALUES (NEW.`id`, forgelua_held2);
    IF forgelua_taken THEN
      UPDATE `parts__old` SET `id` = NEW.`id`, `part_of` = forgelua_held2 WHERE `id` = NEW.`id`;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `parts__sync_d96c_i` AFTER INSERT ON `parts` FOR EACH ROW
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
    INSERT INTO `parts__old` (`id`, `part_of`) VALUES (NEW.`id`, NEW.`part_of`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `parts__old` SET `id` = NEW.`id`, `part_of` = NEW.`part_of` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `parts__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'part_of', NEW.`part_of`), forgelua_message);
    SET forgelua_held2 = NEW.`part_of`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held2 = NULL; END IF;
    INSERT INTO `parts__old` (`id`, `part_of`) VALUES (NEW.`id`, forgelua_held2);
    IF forgelua_taken THEN
      UPDATE `parts__old` SET `id` = NEW.`id`, `part_of` = forgelua_held2 WHERE `id` = NEW.`id`;
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 9 of 12: done' AS `forgelua`;

-- ============================================================================
-- Undo step 8 of 12, contract: From here the way back copies parts into parts__old again
--   Id:           parts/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
SELECT 'undo step 8 of 12: From here the way back copies parts into parts__old again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('parts/contract/point-of-return', 'parts', 20000, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_held2 int DEFAULT NULL;
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
    IF forgelua_begun THEN DO SLEEP(0.100); END IF;
    SELECT `id` INTO forgelua_e1 FROM `parts` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 9999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `parts` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      INSERT INTO `parts__old` (`id`, `part_of`) SELECT `id`, `part_of` FROM `parts` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `parts__old` AS forgelua_t WHERE forgelua_t.`id` = `parts`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
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
              SELECT 'parts/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'part_of', `part_of`), forgelua_message FROM `parts` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          INSERT INTO `parts__old` (`id`, `part_of`) SELECT `id`, `part_of` FROM `parts` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `parts__old` AS forgelua_t WHERE forgelua_t.`id` = `parts`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        IF forgelua_skipped = 1 THEN
          BEGIN
            DECLARE CONTINUE HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 SET forgelua_failed = TRUE;
            SET forgelua_failed = FALSE, forgelua_held2 = NULL;
            SELECT `part_of` INTO forgelua_held2 FROM `parts` WHERE `id` = forgelua_s1;
            IF forgelua_failed THEN SET forgelua_held2 = NULL; END IF;
            INSERT INTO `parts__old` (`id`, `part_of`) SELECT `id`, forgelua_held2 FROM `parts` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `parts__old` AS forgelua_t WHERE forgelua_t.`id` = `parts`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          END;
        END IF;
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
SELECT 'undo step 8 of 12: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 12, contract: Drop the foreign keys of parts__old within the set that goes
--   Id:           parts/contract/cut-links
-- ============================================================================
SELECT 'undo step 7 of 12: Drop the foreign keys of parts__old within the set that goes' AS `forgelua`;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `parts__old`
  ADD CONSTRAINT `parts_part_of_fkey` FOREIGN KEY (`part_of`) REFERENCES `parts__old` (`id`) ON DELETE SET NULL,
  ADD KEY `parts_part_of_fkey` (`part_of`),
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `parts__old` AS c WHERE c.`part_of` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `parts__old` AS p WHERE p.`id` = c.`part_of`)) THEN
    ALTER TABLE `parts__old` DROP FOREIGN KEY `parts_part_of_fkey`, DROP INDEX `parts_part_of_fkey`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of parts__old have no match for foreign key parts_part_of_fkey';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'undo step 7 of 12: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 12, switch: Swap the copy of parts in
--   Id:           parts/switch/swap
--   Loses:        values of parts that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
-- ============================================================================
SELECT 'undo step 6 of 12: Swap the copy of parts in' AS `forgelua`;
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
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'part_of', OLD.`part_of`), forgelua_message);
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
    UPDATE `parts__new` SET `id` = NEW.`id`, `part_of` = NEW.`part_of` WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `parts__new` (`id`, `part_of`) VALUES (NEW.`id`, NEW.`part_of`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `parts__new` SET `id` = NEW.`id`, `part_of` = NEW.`part_of` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `parts__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'part_of', NEW.`part_of`), forgelua_message);
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
    INSERT INTO `parts__new` (`id`, `part_of`) VALUES (NEW.`id`, NEW.`part_of`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `parts__new` SET `id` = NEW.`id`, `part_of` = NEW.`part_of` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `parts__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('parts__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'part_of', NEW.`part_of`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
RENAME TABLE `parts` TO `parts__new`, `parts__old` TO `parts`;
DROP TRIGGER IF EXISTS `parts__sync_d96c_i`;
DROP TRIGGER IF EXISTS `parts__sync_d96c_u`;
DROP TRIGGER IF EXISTS `parts__sync_d96c_d`;
SELECT 'undo step 6 of 12: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 12, switch: Add the foreign key parts_part_of_fkey__new on parts__new
--   Id:           parts__new.parts_part_of_fkey__new/switch/add-foreign-key
-- ============================================================================
SELECT 'undo step 5 of 12: Add the foreign key parts_part_of_fkey__new on parts__new' AS `forgelua`;
ALTER TABLE `parts__new`
  DROP FOREIGN KEY `parts_part_of_fkey__new`,
  DROP INDEX `parts_part_of_fkey__new`,
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'undo step 5 of 12: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 12, switch: Make rows of parts__new anew that a foreign key's action on parts has changed
--   Id:           parts/switch/refresh
-- ============================================================================
SELECT 'undo step 4 of 12: Make rows of parts__new anew that a foreign key''s action on parts has changed' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 4 of 12: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 12, migrate: Copy the rows of parts into parts__new
--   Id:           parts/migrate/copy
-- ============================================================================
SELECT 'undo step 3 of 12: Copy the rows of parts into parts__new' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 3 of 12: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 12, migrate: Repeat every write to parts on parts__new
--   Id:           parts/migrate/sync
-- ============================================================================
SELECT 'undo step 2 of 12: Repeat every write to parts on parts__new' AS `forgelua`;
DROP TRIGGER IF EXISTS `parts__sync_d457_i`;
DROP TRIGGER IF EXISTS `parts__sync_d457_u`;
DROP TRIGGER IF EXISTS `parts__sync_d457_d`;
SELECT 'undo step 2 of 12: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 12, expand: Create parts__new in the new shape of parts
--   Id:           parts/expand/create-copy
-- ============================================================================
SELECT 'undo step 1 of 12: Create parts__new in the new shape of parts' AS `forgelua`;
DROP TABLE `parts__new`;
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
