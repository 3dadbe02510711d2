-- WARNING: rollback is destructive — scores data will be lost: the NULLs of scores.base: the way back leaves the values that the backfill gave them.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration fills_read_old_values
-- Two columns are filled, one from what the other held before
-- mysql 8.4; strategy expand_migrate_contract; risk medium; forgelua 0.1.0
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
-- Check: step 7 must be done before this: Drop the trigger that filled base, bonus of scores. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME = 'scores__sync_i') AND NOT EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME = 'scores__sync_u') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 7 must be done before this: Drop the trigger that filled base, bonus of scores')), '1', @forgelua_actual);
-- Check: step 6 must be done before this: Make scores.base NOT NULL. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'scores' AND COLUMN_NAME = 'base') AND NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'scores' AND COLUMN_NAME = 'base' AND IS_NULLABLE = 'YES') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 6 must be done before this: Make scores.base NOT NULL')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 8 of 8, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 8 of 8: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 8 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 8, contract: Drop the trigger that filled base, bonus of scores
--   Id:           scores.base/contract/stop-filling
-- ============================================================================
SELECT 'undo step 7 of 8: Drop the trigger that filled base, bonus of scores' AS `forgelua`;
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
CREATE TRIGGER `scores__sync_u` BEFORE UPDATE ON `scores` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`bonus` IS NULL THEN
    SET NEW.`bonus` = (SELECT COALESCE(base, 0) + 1 FROM (SELECT NEW.`base` AS `base`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`bonus` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('scores__sync', 'bonus', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'base', NEW.`base`, 'note', NEW.`note`, 'bonus', NEW.`bonus`), forgelua_message);
    END IF;
  ELSEIF (NOT (NEW.`base` <=> OLD.`base`)) AND NOT (NOT (NEW.`bonus` <=> OLD.`bonus`)) THEN
    SET NEW.`bonus` = (SELECT COALESCE(base, 0) + 1 FROM (SELECT OLD.`base` AS `base`) AS forgelua_row);
    IF forgelua_failed OR NOT (NEW.`bonus` <=> OLD.`bonus`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`bonus` = OLD.`bonus`;
    ELSE
      SET NEW.`bonus` = (SELECT COALESCE(base, 0) + 1 FROM (SELECT NEW.`base` AS `base`) AS forgelua_row);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`bonus` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('scores__sync', 'bonus', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'base', NEW.`base`, 'note', NEW.`note`, 'bonus', NEW.`bonus`), forgelua_message);
      END IF;
    END IF;
  END IF;
  IF NEW.`base` IS NULL THEN
    SET NEW.`base` = (SELECT COALESCE(base, 100) FROM (SELECT NEW.`base` AS `base`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`base` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('scores__sync', 'base', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'base', NEW.`base`, 'note', NEW.`note`, 'bonus', NEW.`bonus`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `scores__sync_i` BEFORE INSERT ON `scores` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`bonus` IS NULL THEN
    SET NEW.`bonus` = (SELECT COALESCE(base, 0) + 1 FROM (SELECT NEW.`base` AS `base`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`bonus` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('scores__sync', 'bonus', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'base', NEW.`base`, 'note', NEW.`note`, 'bonus', NEW.`bonus`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`base` IS NULL THEN
    SET NEW.`base` = (SELECT COALESCE(base, 100) FROM (SELECT NEW.`base` AS `base`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`base` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('scores__sync', 'base', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'base', NEW.`base`, 'note', NEW.`note`, 'bonus', NEW.`bonus`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 7 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 8, switch: Make scores.base NOT NULL
--   Id:           scores.base/switch/not-null
-- ============================================================================
SELECT 'undo step 6 of 8: Make scores.base NOT NULL' AS `forgelua`;
ALTER TABLE `scores`
  MODIFY COLUMN `base` int NULL,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 6 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 8, switch: Finish scores.bonus
--   Id:           scores.bonus/switch/not-null
-- ============================================================================
SELECT 'undo step 5 of 8: Finish scores.bonus' AS `forgelua`;
ALTER TABLE `scores`
  ALTER COLUMN `bonus` SET INVISIBLE,
  ALGORITHM=INSTANT;
SELECT 'undo step 5 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 8, migrate: Backfill base of scores
--   Id:           scores.base/migrate/backfill
--   Loses:        the NULLs of scores.base: the way back leaves the values that the backfill gave them
-- ============================================================================
SELECT 'undo step 4 of 8: Backfill base of scores' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 4 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 8, migrate: Backfill bonus of scores
--   Id:           scores.bonus/migrate/backfill
-- ============================================================================
SELECT 'undo step 3 of 8: Backfill bonus of scores' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 3 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 8, migrate: Keep base, bonus of scores filled for new rows
--   Id:           scores.base/migrate/keep-filled
-- ============================================================================
SELECT 'undo step 2 of 8: Keep base, bonus of scores filled for new rows' AS `forgelua`;
DROP TRIGGER IF EXISTS `scores__sync_i`;
DROP TRIGGER IF EXISTS `scores__sync_u`;
SELECT 'undo step 2 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 8, expand: Add bonus to scores, empty and not insisting
--   Id:           scores.bonus/expand/add-column
-- ============================================================================
SELECT 'undo step 1 of 8: Add bonus to scores, empty and not insisting' AS `forgelua`;
ALTER TABLE `scores`
  DROP COLUMN `bonus`,
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
SELECT 'undo step 1 of 8: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
