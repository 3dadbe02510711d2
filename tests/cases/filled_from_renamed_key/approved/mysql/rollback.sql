-- Rollback, every phase of migration filled_from_renamed_key
-- New columns are computed from keys that get another name in place, their own table's and another one's
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
-- Check: step 9 must be done before this: Drop the trigger that filled twice, organisation of users. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME = 'users__sync_i') AND NOT EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME = 'users__sync_u') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 9 must be done before this: Drop the trigger that filled twice, organisation of users')), '1', @forgelua_actual);
-- Check: step 8 must be done before this: Rename users.id to uid. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users' AND COLUMN_NAME = 'uid') AND NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users' AND COLUMN_NAME = 'id') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 8 must be done before this: Rename users.id to uid')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 10 of 10, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 10 of 10: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 10 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 9 of 10, contract: Drop the trigger that filled twice, organisation of users
--   Id:           users.twice/contract/stop-filling
-- ============================================================================
SELECT 'undo step 9 of 10: Drop the trigger that filled twice, organisation of users' AS `forgelua`;
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
CREATE TRIGGER `users__sync_u` BEFORE UPDATE ON `users` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`twice` IS NULL THEN
    SET NEW.`twice` = (SELECT uid * 2 FROM (SELECT NEW.`uid` AS `uid`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`twice` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'twice', CAST(NEW.`uid` AS CHAR), JSON_OBJECT('uid', NEW.`uid`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
    END IF;
  ELSEIF (NOT (NEW.`uid` <=> OLD.`uid`)) AND NOT (NOT (NEW.`twice` <=> OLD.`twice`)) THEN
    SET NEW.`twice` = (SELECT uid * 2 FROM (SELECT OLD.`uid` AS `uid`) AS forgelua_row);
    IF forgelua_failed OR NOT (NEW.`twice` <=> OLD.`twice`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`twice` = OLD.`twice`;
    ELSE
      SET NEW.`twice` = (SELECT uid * 2 FROM (SELECT NEW.`uid` AS `uid`) AS forgelua_row);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`twice` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'twice', CAST(NEW.`uid` AS CHAR), JSON_OBJECT('uid', NEW.`uid`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
      END IF;
    END IF;
  END IF;
  IF NEW.`organisation` IS NULL THEN
    SET NEW.`organisation` = (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.uid > 0) FROM (SELECT NEW.`uid` AS `uid`, NEW.`account_id` AS `account_id`, NEW.`organisation` AS `organisation`) AS `users`);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`organisation` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'organisation', CAST(NEW.`uid` AS CHAR), JSON_OBJECT('uid', NEW.`uid`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
    END IF;
  ELSEIF (NOT (NEW.`uid` <=> OLD.`uid`) OR NOT (NEW.`account_id` <=> OLD.`account_id`)) AND NOT (NOT (CAST(NEW.`organisation` AS BINARY) <=> CAST(OLD.`organisation` AS BINARY))) THEN
    SET NEW.`organisation` = (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.uid > 0) FROM (SELECT OLD.`uid` AS `uid`, OLD.`account_id` AS `account_id`, OLD.`organisation` AS `organisation`) AS `users`);
    IF forgelua_failed OR NOT (NEW.`organisation` <=> OLD.`organisation`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`organisation` = OLD.`organisation`;
    ELSE
      SET NEW.`organisation` = (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.uid > 0) FROM (SELECT NEW.`uid` AS `uid`, NEW.`account_id` AS `account_id`, NEW.`organisation` AS `organisation`) AS `users`);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`organisation` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'organisation', CAST(NEW.`uid` AS CHAR), JSON_OBJECT('uid', NEW.`uid`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
      END IF;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `users__sync_i` BEFORE INSERT ON `users` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`twice` IS NULL THEN
    SET NEW.`twice` = (SELECT uid * 2 FROM (SELECT NEW.`uid` AS `uid`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`twice` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'twice', CAST(NEW.`uid` AS CHAR), JSON_OBJECT('uid', NEW.`uid`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`organisation` IS NULL THEN
    SET NEW.`organisation` = (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.uid > 0) FROM (SELECT NEW.`uid` AS `uid`, NEW.`account_id` AS `account_id`, NEW.`organisation` AS `organisation`) AS `users`);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`organisation` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'organisation', CAST(NEW.`uid` AS CHAR), JSON_OBJECT('uid', NEW.`uid`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 9 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 8 of 10, switch: Rename users.id to uid
--   Id:           users.id/switch/rename
-- ============================================================================
SELECT 'undo step 8 of 10: Rename users.id to uid' AS `forgelua`;
DROP TRIGGER IF EXISTS `users__sync_i`;
DROP TRIGGER IF EXISTS `users__sync_u`;
ALTER TABLE `users`
  RENAME COLUMN `uid` TO `id`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
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
CREATE TRIGGER `users__sync_u` BEFORE UPDATE ON `users` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`twice` IS NULL THEN
    SET NEW.`twice` = (SELECT id * 2 FROM (SELECT NEW.`id` AS `id`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`twice` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'twice', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
    END IF;
  ELSEIF (NOT (NEW.`id` <=> OLD.`id`)) AND NOT (NOT (NEW.`twice` <=> OLD.`twice`)) THEN
    SET NEW.`twice` = (SELECT id * 2 FROM (SELECT OLD.`id` AS `id`) AS forgelua_row);
    IF forgelua_failed OR NOT (NEW.`twice` <=> OLD.`twice`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`twice` = OLD.`twice`;
    ELSE
      SET NEW.`twice` = (SELECT id * 2 FROM (SELECT NEW.`id` AS `id`) AS forgelua_row);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`twice` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'twice', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
      END IF;
    END IF;
  END IF;
  IF NEW.`organisation` IS NULL THEN
    SET NEW.`organisation` = (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.id > 0) FROM (SELECT NEW.`id` AS `id`, NEW.`account_id` AS `account_id`, NEW.`organisation` AS `organisation`) AS `users`);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`organisation` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'organisation', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
    END IF;
  ELSEIF (NOT (NEW.`id` <=> OLD.`id`) OR NOT (NEW.`account_id` <=> OLD.`account_id`)) AND NOT (NOT (CAST(NEW.`organisation` AS BINARY) <=> CAST(OLD.`organisation` AS BINARY))) THEN
    SET NEW.`organisation` = (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.id > 0) FROM (SELECT OLD.`id` AS `id`, OLD.`account_id` AS `account_id`, OLD.`organisation` AS `organisation`) AS `users`);
    IF forgelua_failed OR NOT (NEW.`organisation` <=> OLD.`organisation`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`organisation` = OLD.`organisation`;
    ELSE
      SET NEW.`organisation` = (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.id > 0) FROM (SELECT NEW.`id` AS `id`, NEW.`account_id` AS `account_id`, NEW.`organisation` AS `organisation`) AS `users`);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`organisation` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'organisation', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
      END IF;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `users__sync_i` BEFORE INSERT ON `users` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`twice` IS NULL THEN
    SET NEW.`twice` = (SELECT id * 2 FROM (SELECT NEW.`id` AS `id`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`twice` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'twice', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`organisation` IS NULL THEN
    SET NEW.`organisation` = (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.id > 0) FROM (SELECT NEW.`id` AS `id`, NEW.`account_id` AS `account_id`, NEW.`organisation` AS `organisation`) AS `users`);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`organisation` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'organisation', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 8 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 10, switch: Finish users.organisation
--   Id:           users.organisation/switch/not-null
-- ============================================================================
SELECT 'undo step 7 of 10: Finish users.organisation' AS `forgelua`;
ALTER TABLE `users`
  ALTER COLUMN `organisation` SET INVISIBLE,
  ALGORITHM=INSTANT;
SELECT 'undo step 7 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 10, switch: Finish users.twice
--   Id:           users.twice/switch/not-null
-- ============================================================================
SELECT 'undo step 6 of 10: Finish users.twice' AS `forgelua`;
ALTER TABLE `users`
  ALTER COLUMN `twice` SET INVISIBLE,
  ALGORITHM=INSTANT;
SELECT 'undo step 6 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 10, switch: Rename accounts.id to account
--   Id:           accounts.id/switch/rename
-- ============================================================================
SELECT 'undo step 5 of 10: Rename accounts.id to account' AS `forgelua`;
DROP TRIGGER IF EXISTS `users__sync_i`;
DROP TRIGGER IF EXISTS `users__sync_u`;
ALTER TABLE `accounts`
  RENAME COLUMN `account` TO `id`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
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
CREATE TRIGGER `users__sync_u` BEFORE UPDATE ON `users` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`twice` IS NULL THEN
    SET NEW.`twice` = (SELECT id * 2 FROM (SELECT NEW.`id` AS `id`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`twice` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'twice', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
    END IF;
  ELSEIF (NOT (NEW.`id` <=> OLD.`id`)) AND NOT (NOT (NEW.`twice` <=> OLD.`twice`)) THEN
    SET NEW.`twice` = (SELECT id * 2 FROM (SELECT OLD.`id` AS `id`) AS forgelua_row);
    IF forgelua_failed OR NOT (NEW.`twice` <=> OLD.`twice`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`twice` = OLD.`twice`;
    ELSE
      SET NEW.`twice` = (SELECT id * 2 FROM (SELECT NEW.`id` AS `id`) AS forgelua_row);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`twice` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'twice', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
      END IF;
    END IF;
  END IF;
  IF NEW.`organisation` IS NULL THEN
    SET NEW.`organisation` = (SELECT (SELECT a.organisation FROM accounts a WHERE a.id = users.account_id AND users.id > 0) FROM (SELECT NEW.`id` AS `id`, NEW.`account_id` AS `account_id`, NEW.`organisation` AS `organisation`) AS `users`);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`organisation` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'organisation', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
    END IF;
  ELSEIF (NOT (NEW.`id` <=> OLD.`id`) OR NOT (NEW.`account_id` <=> OLD.`account_id`)) AND NOT (NOT (CAST(NEW.`organisation` AS BINARY) <=> CAST(OLD.`organisation` AS BINARY))) THEN
    SET NEW.`organisation` = (SELECT (SELECT a.organisation FROM accounts a WHERE a.id = users.account_id AND users.id > 0) FROM (SELECT OLD.`id` AS `id`, OLD.`account_id` AS `account_id`, OLD.`organisation` AS `organisation`) AS `users`);
    IF forgelua_failed OR NOT (NEW.`organisation` <=> OLD.`organisation`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`organisation` = OLD.`organisation`;
    ELSE
      SET NEW.`organisation` = (SELECT (SELECT a.organisation FROM accounts a WHERE a.id = users.account_id AND users.id > 0) FROM (SELECT NEW.`id` AS `id`, NEW.`account_id` AS `account_id`, NEW.`organisation` AS `organisation`) AS `users`);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`organisation` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'organisation', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
      END IF;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `users__sync_i` BEFORE INSERT ON `users` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`twice` IS NULL THEN
    SET NEW.`twice` = (SELECT id * 2 FROM (SELECT NEW.`id` AS `id`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`twice` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'twice', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`organisation` IS NULL THEN
    SET NEW.`organisation` = (SELECT (SELECT a.organisation FROM accounts a WHERE a.id = users.account_id AND users.id > 0) FROM (SELECT NEW.`id` AS `id`, NEW.`account_id` AS `account_id`, NEW.`organisation` AS `organisation`) AS `users`);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`organisation` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('users__sync', 'organisation', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'account_id', NEW.`account_id`, 'name', NEW.`name`, 'twice', NEW.`twice`, 'organisation', NEW.`organisation`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 5 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 10, migrate: Backfill organisation of users
--   Id:           users.organisation/migrate/backfill
-- ============================================================================
SELECT 'undo step 4 of 10: Backfill organisation of users' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 4 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 10, migrate: Backfill twice of users
--   Id:           users.twice/migrate/backfill
-- ============================================================================
SELECT 'undo step 3 of 10: Backfill twice of users' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 3 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 10, migrate: Keep twice, organisation of users filled for new rows
--   Id:           users.twice/migrate/keep-filled
-- ============================================================================
SELECT 'undo step 2 of 10: Keep twice, organisation of users filled for new rows' AS `forgelua`;
DROP TRIGGER IF EXISTS `users__sync_i`;
DROP TRIGGER IF EXISTS `users__sync_u`;
SELECT 'undo step 2 of 10: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 10, expand: Add twice, organisation to users, empty and not insisting
--   Id:           users.twice/expand/add-column
-- ============================================================================
SELECT 'undo step 1 of 10: Add twice, organisation to users, empty and not insisting' AS `forgelua`;
ALTER TABLE `users`
  DROP COLUMN `organisation`,
  DROP COLUMN `twice`,
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
