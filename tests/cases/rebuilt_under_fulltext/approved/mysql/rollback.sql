-- WARNING: rollback is destructive — notes.gone data will be lost: the values of notes.gone: the way back adds it again with NULL in every row.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration rebuilt_under_fulltext
-- What writes a table anew under FULLTEXT indexes, and under a SPATIAL one, can only copy it, or lets nobody write
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
-- Check: step 9 must be done before this: Drop notes.gone. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'notes' AND COLUMN_NAME = 'gone') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 9 must be done before this: Drop notes.gone')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 10 of 10, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 10 of 10: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 10 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 9 of 10, contract: Drop notes.gone
--   Id:           notes.gone/contract/drop-column
--   Loses:        the values of notes.gone: the way back adds it again with NULL in every row
-- ============================================================================
SELECT 'undo step 9 of 10: Drop notes.gone' AS `forgelua`;
ALTER TABLE `notes`
  ADD COLUMN `gone` int NULL,
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'undo step 9 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 8 of 10, contract: Drop the trigger that filled short of articles
--   Id:           articles.short/contract/stop-filling
-- ============================================================================
SELECT 'undo step 8 of 10: Drop the trigger that filled short of articles' AS `forgelua`;
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
CREATE TRIGGER `articles__sync_u` BEFORE UPDATE ON `articles` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`short` IS NULL THEN
    SET NEW.`short` = (SELECT COALESCE(SUBSTR(title, 1, 5), 'x') FROM (SELECT NEW.`title` AS `title`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`short` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('articles__sync', 'short', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'title', NEW.`title`, 'body', NEW.`body`, 'short', NEW.`short`), forgelua_message);
    END IF;
  ELSEIF (NOT (CAST(NEW.`title` AS BINARY) <=> CAST(OLD.`title` AS BINARY))) AND NOT (NOT (CAST(NEW.`short` AS BINARY) <=> CAST(OLD.`short` AS BINARY))) THEN
    SET NEW.`short` = (SELECT COALESCE(SUBSTR(title, 1, 5), 'x') FROM (SELECT OLD.`title` AS `title`) AS forgelua_row);
    IF forgelua_failed OR NOT (NEW.`short` <=> OLD.`short`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`short` = OLD.`short`;
    ELSE
      SET NEW.`short` = (SELECT COALESCE(SUBSTR(title, 1, 5), 'x') FROM (SELECT NEW.`title` AS `title`) AS forgelua_row);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`short` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('articles__sync', 'short', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'title', NEW.`title`, 'body', NEW.`body`, 'short', NEW.`short`), forgelua_message);
      END IF;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `articles__sync_i` BEFORE INSERT ON `articles` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`short` IS NULL THEN
    SET NEW.`short` = (SELECT COALESCE(SUBSTR(title, 1, 5), 'x') FROM (SELECT NEW.`title` AS `title`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`short` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('articles__sync', 'short', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'title', NEW.`title`, 'body', NEW.`body`, 'short', NEW.`short`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 8 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 10, contract: Set the default of articles.short
--   Id:           articles.short/contract/default
-- ============================================================================
SELECT 'undo step 7 of 10: Set the default of articles.short' AS `forgelua`;
ALTER TABLE `articles`
  MODIFY COLUMN `short` varchar(5) NOT NULL,
  ALGORITHM=INSTANT;
SELECT 'undo step 7 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 10, switch: Make rows_of.n NOT NULL
--   Id:           rows_of.n/switch/not-null
-- ============================================================================
SELECT 'undo step 6 of 10: Make rows_of.n NOT NULL' AS `forgelua`;
ALTER TABLE `rows_of`
  MODIFY COLUMN `n` int NULL,
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'undo step 6 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 10, switch: Make places.n NOT NULL
--   Id:           places.n/switch/not-null
-- ============================================================================
SELECT 'undo step 5 of 10: Make places.n NOT NULL' AS `forgelua`;
ALTER TABLE `places`
  MODIFY COLUMN `n` int NULL,
  ALGORITHM=INPLACE,
  LOCK=SHARED;
SELECT 'undo step 5 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 10, switch: Make articles.short NOT NULL
--   Id:           articles.short/switch/not-null
-- ============================================================================
SELECT 'undo step 4 of 10: Make articles.short NOT NULL' AS `forgelua`;
ALTER TABLE `articles`
  MODIFY COLUMN `short` varchar(5) NULL INVISIBLE,
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'undo step 4 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 10, migrate: Backfill short of articles
--   Id:           articles.short/migrate/backfill
-- ============================================================================
SELECT 'undo step 3 of 10: Backfill short of articles' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 3 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 10, migrate: Keep short of articles filled for new rows
--   Id:           articles.short/migrate/keep-filled
-- ============================================================================
SELECT 'undo step 2 of 10: Keep short of articles filled for new rows' AS `forgelua`;
DROP TRIGGER IF EXISTS `articles__sync_i`;
DROP TRIGGER IF EXISTS `articles__sync_u`;
SELECT 'undo step 2 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 10, expand: Add short to articles, empty and not insisting
--   Id:           articles.short/expand/add-column
-- ============================================================================
SELECT 'undo step 1 of 10: Add short to articles, empty and not insisting' AS `forgelua`;
ALTER TABLE `articles`
  DROP COLUMN `short`,
  ALGORITHM=COPY,
  LOCK=SHARED;
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
