-- WARNING: rollback is destructive — goods data will be lost: the NULLs of goods.name: the way back leaves the values that the backfill gave them.
-- WARNING: rollback is destructive — goods data will be lost: the NULLs of goods.size: the way back leaves the values that the backfill gave them.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration fills_beside_values
-- What stands in one column stays where another one of the row is filled
-- mysql 8.4; strategy expand_migrate_contract; risk high; forgelua 0.1.0
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
-- Check: step 9 must be done before this: Drop the trigger that filled name, size, stars, kind of goods. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME = 'goods__sync_i') AND NOT EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME = 'goods__sync_u') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 9 must be done before this: Drop the trigger that filled name, size, stars, kind of goods')), '1', @forgelua_actual);
-- Check: step 8 must be done before this: Make goods.name NOT NULL; Make goods.size NOT NULL; Make goods.stars NOT NULL. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'goods' AND COLUMN_NAME = 'name') AND NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'goods' AND COLUMN_NAME = 'name' AND IS_NULLABLE = 'YES') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 8 must be done before this: Make goods.name NOT NULL; Make goods.size NOT NULL; Make goods.stars NOT NULL')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 10 of 10, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 10 of 10: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 10 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 9 of 10, contract: Drop the trigger that filled name, size, stars, kind of goods
--   Id:           goods.name/contract/stop-filling
-- ============================================================================
SELECT 'undo step 9 of 10: Drop the trigger that filled name, size, stars, kind of goods' AS `forgelua`;
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
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`name` IS NULL THEN
    SET NEW.`name` = (SELECT 'none');
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`name` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'name', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`, 'size', NEW.`size`, 'note', NEW.`note`, 'stars', NEW.`stars`, 'kind', NEW.`kind`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`size` IS NULL THEN
    SET NEW.`size` = (SELECT 77);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`size` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'size', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`, 'size', NEW.`size`, 'note', NEW.`note`, 'stars', NEW.`stars`, 'kind', NEW.`kind`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`stars` IS NULL THEN
    SET NEW.`stars` = (SELECT 5);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`stars` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'stars', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`, 'size', NEW.`size`, 'note', NEW.`note`, 'stars', NEW.`stars`, 'kind', NEW.`kind`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`kind` IS NULL THEN
    SET NEW.`kind` = NEW.`note`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`kind` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'kind', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`, 'size', NEW.`size`, 'note', NEW.`note`, 'stars', NEW.`stars`, 'kind', NEW.`kind`), forgelua_message);
    END IF;
  ELSEIF (NOT (CAST(NEW.`note` AS BINARY) <=> CAST(OLD.`note` AS BINARY))) AND NOT (NOT (CAST(NEW.`kind` AS BINARY) <=> CAST(OLD.`kind` AS BINARY))) THEN
    SET NEW.`kind` = OLD.`note`;
    IF forgelua_failed OR NOT (NEW.`kind` <=> OLD.`kind`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`kind` = OLD.`kind`;
    ELSE
      SET NEW.`kind` = NEW.`note`;
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`kind` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'kind', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`, 'size', NEW.`size`, 'note', NEW.`note`, 'stars', NEW.`stars`, 'kind', NEW.`kind`), forgelua_message);
      END IF;
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
  IF NEW.`name` IS NULL THEN
    SET NEW.`name` = (SELECT 'none');
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`name` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'name', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`, 'size', NEW.`size`, 'note', NEW.`note`, 'stars', NEW.`stars`, 'kind', NEW.`kind`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`size` IS NULL THEN
    SET NEW.`size` = (SELECT 77);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`size` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'size', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`, 'size', NEW.`size`, 'note', NEW.`note`, 'stars', NEW.`stars`, 'kind', NEW.`kind`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`stars` IS NULL THEN
    SET NEW.`stars` = (SELECT 5);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`stars` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'stars', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`, 'size', NEW.`size`, 'note', NEW.`note`, 'stars', NEW.`stars`, 'kind', NEW.`kind`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`kind` IS NULL THEN
    SET NEW.`kind` = NEW.`note`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`kind` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('goods__sync', 'kind', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'name', NEW.`name`, 'size', NEW.`size`, 'note', NEW.`note`, 'stars', NEW.`stars`, 'kind', NEW.`kind`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 9 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 8 of 10, switch: Make goods.name NOT NULL; Make goods.size NOT NULL; Make goods.stars NOT NULL
--   Id:           goods/switch/rewrite-once
-- ============================================================================
SELECT 'undo step 8 of 10: Make goods.name NOT NULL; Make goods.size NOT NULL; Make goods.stars NOT NULL' AS `forgelua`;
ALTER TABLE `goods`
  MODIFY COLUMN `stars` int NULL INVISIBLE,
  MODIFY COLUMN `size` int NULL,
  MODIFY COLUMN `name` varchar(20) NULL,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 8 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 10, switch: Finish goods.kind
--   Id:           goods.kind/switch/not-null
-- ============================================================================
SELECT 'undo step 7 of 10: Finish goods.kind' AS `forgelua`;
ALTER TABLE `goods`
  ALTER COLUMN `kind` SET INVISIBLE,
  ALGORITHM=INSTANT;
SELECT 'undo step 7 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 10, migrate: Backfill kind of goods
--   Id:           goods.kind/migrate/backfill
-- ============================================================================
SELECT 'undo step 6 of 10: Backfill kind of goods' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 6 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 10, migrate: Backfill stars of goods
--   Id:           goods.stars/migrate/backfill
-- ============================================================================
SELECT 'undo step 5 of 10: Backfill stars of goods' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 5 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 10, migrate: Backfill size of goods
--   Id:           goods.size/migrate/backfill
--   Loses:        the NULLs of goods.size: the way back leaves the values that the backfill gave them
-- ============================================================================
SELECT 'undo step 4 of 10: Backfill size of goods' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 4 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 10, migrate: Backfill name of goods
--   Id:           goods.name/migrate/backfill
--   Loses:        the NULLs of goods.name: the way back leaves the values that the backfill gave them
-- ============================================================================
SELECT 'undo step 3 of 10: Backfill name of goods' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 3 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 10, migrate: Keep name, size, stars, kind of goods filled for new rows
--   Id:           goods.name/migrate/keep-filled
-- ============================================================================
SELECT 'undo step 2 of 10: Keep name, size, stars, kind of goods filled for new rows' AS `forgelua`;
DROP TRIGGER IF EXISTS `goods__sync_i`;
DROP TRIGGER IF EXISTS `goods__sync_u`;
SELECT 'undo step 2 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 10, expand: Add stars, kind to goods, empty and not insisting
--   Id:           goods.stars/expand/add-column
-- ============================================================================
SELECT 'undo step 1 of 10: Add stars, kind to goods, empty and not insisting' AS `forgelua`;
ALTER TABLE `goods`
  DROP COLUMN `kind`,
  DROP COLUMN `stars`,
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
SELECT 'undo step 1 of 10: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
