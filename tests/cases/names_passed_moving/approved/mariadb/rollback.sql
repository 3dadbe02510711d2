-- WARNING: rollback is destructive — tb data will be lost: rows of t that agree in what tb held apart: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — t.b data will be lost: values of bb that b cannot hold.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration names_passed_moving
-- A unique key becomes an index of its name, and an index a unique key, while their columns move
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
-- Check: step 18 must be done before this: Drop the old column b of u. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'u' AND COLUMN_NAME = 'b') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 18 must be done before this: Drop the old column b of u')), '1', @forgelua_actual);

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no two rows of t agree in (`b`) (b is bb by now). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM `t` WHERE bb IS NOT NULL GROUP BY bb HAVING COUNT(*) > 1) AS doubled) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no two rows of t agree in (`b`) (b is bb by now)')), '0', @forgelua_actual);

-- ============================================================================
-- Undo step 19 of 19, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 19 of 19: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 19 of 19: done' AS `forgelua`;

-- ============================================================================
-- Undo step 18 of 19, contract: Drop the old column b of u
--   Id:           u.bb/contract/drop-old
-- ============================================================================
SELECT 'undo step 18 of 19: Drop the old column b of u' AS `forgelua`;
ALTER TABLE `u`
  ADD COLUMN `b` int NULL,
  ALGORITHM=INSTANT;
SELECT 'undo step 18 of 19: done' AS `forgelua`;

-- ============================================================================
-- Undo step 17 of 19, contract: Stop keeping b and bb of u equal
--   Id:           u.bb/contract/stop-sync
-- ============================================================================
SELECT 'undo step 17 of 19: Stop keeping b and bb of u equal' AS `forgelua`;
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
CREATE TRIGGER `u__sync_u` BEFORE UPDATE ON `u` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`b` = OLD.`b`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`bb` = OLD.`bb`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`bb` <=> OLD.`bb`) THEN
    SET NEW.`b` = NEW.`bb`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`b` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('u__sync', 'b', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'b', NEW.`b`, 'bb', NEW.`bb`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`b` <=> OLD.`b`) THEN
    SET NEW.`bb` = NEW.`b`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`bb` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('u__sync', 'bb', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'b', NEW.`b`, 'bb', NEW.`bb`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `u__sync_i` BEFORE INSERT ON `u` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`b` IS NOT NULL THEN
    SET NEW.`bb` = NEW.`b`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`bb` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('u__sync', 'bb', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'b', NEW.`b`, 'bb', NEW.`bb`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`b` = NEW.`bb`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`b` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('u__sync', 'b', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'b', NEW.`b`, 'bb', NEW.`bb`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 17 of 19: done' AS `forgelua`;

-- ============================================================================
-- Undo step 16 of 19, contract: From here the way back computes b of u again
--   Id:           u.bb/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
SELECT 'undo step 16 of 19: From here the way back computes b of u again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('u.bb/contract/point-of-return', 'u', 40000, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'u.bb/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `u` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `u` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(0.100); END IF;
    SELECT `id` INTO forgelua_e1 FROM `u` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 9999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `u` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `u` SET `b` = `bb` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND ((CASE WHEN (`b`) = (`bb`) OR ((`b`) IS NULL AND (`bb`) IS NULL) THEN 0 ELSE 1 END = 1));
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'u.bb/contract/point-of-return';
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
              SELECT 'u.bb/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'b', `b`, 'bb', `bb`), forgelua_message FROM `u` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `u` SET `b` = `bb` WHERE `id` = forgelua_s1 AND ((CASE WHEN (`b`) = (`bb`) OR ((`b`) IS NULL AND (`bb`) IS NULL) THEN 0 ELSE 1 END = 1));
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'u.bb/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `u` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'u.bb/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 16 of 19: done' AS `forgelua`;

-- ============================================================================
-- Undo step 15 of 19, contract: Drop what hangs on the old column b of u
--   Id:           u.bb/contract/drop-old-members
-- ============================================================================
SELECT 'undo step 15 of 19: Drop what hangs on the old column b of u' AS `forgelua`;
ALTER TABLE `u`
  ADD KEY `ub__old` (`b`),
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'undo step 15 of 19: done' AS `forgelua`;

-- ============================================================================
-- Undo step 14 of 19, contract: Drop the old column b of t
--   Id:           t.bb/contract/drop-old
--   Loses:        values of bb that b cannot hold
-- ============================================================================
SELECT 'undo step 14 of 19: Drop the old column b of t' AS `forgelua`;
ALTER TABLE `t`
  ADD COLUMN `b` int NULL,
  ALGORITHM=INSTANT;
SELECT 'undo step 14 of 19: done' AS `forgelua`;

-- ============================================================================
-- Undo step 13 of 19, contract: Stop keeping b and bb of t equal
--   Id:           t.bb/contract/stop-sync
-- ============================================================================
SELECT 'undo step 13 of 19: Stop keeping b and bb of t equal' AS `forgelua`;
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
CREATE TRIGGER `t__sync_u` BEFORE UPDATE ON `t` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`b` = OLD.`b`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`bb` = OLD.`bb`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`bb` <=> OLD.`bb`) THEN
    SET NEW.`b` = NEW.`bb`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`b` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'b', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'b', NEW.`b`, 'bb', NEW.`bb`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`b` <=> OLD.`b`) THEN
    SET NEW.`bb` = NEW.`b`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`bb` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'bb', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'b', NEW.`b`, 'bb', NEW.`bb`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `t__sync_i` BEFORE INSERT ON `t` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`b` IS NOT NULL THEN
    SET NEW.`bb` = NEW.`b`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`bb` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'bb', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'b', NEW.`b`, 'bb', NEW.`bb`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`b` = NEW.`bb`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`b` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'b', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'b', NEW.`b`, 'bb', NEW.`bb`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 13 of 19: done' AS `forgelua`;

-- ============================================================================
-- Undo step 12 of 19, contract: From here the way back computes b of t again
--   Id:           t.bb/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
SELECT 'undo step 12 of 19: From here the way back computes b of t again' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('t.bb/contract/point-of-return', 't', 40000, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 't.bb/contract/point-of-return';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `t` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `t` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(0.100); END IF;
    SELECT `id` INTO forgelua_e1 FROM `t` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 9999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `t` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `t` SET `b` = `bb` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND ((CASE WHEN (`b`) = (`bb`) OR ((`b`) IS NULL AND (`bb`) IS NULL) THEN 0 ELSE 1 END = 1));
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 't.bb/contract/point-of-return';
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
              SELECT 't.bb/contract/point-of-return', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'b', `b`, 'bb', `bb`), forgelua_message FROM `t` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `t` SET `b` = `bb` WHERE `id` = forgelua_s1 AND ((CASE WHEN (`b`) = (`bb`) OR ((`b`) IS NULL AND (`bb`) IS NULL) THEN 0 ELSE 1 END = 1));
          SET forgelua_rows = ROW_COUNT();
        END;
        IF forgelua_skipped = 1 THEN
          BEGIN
            DECLARE CONTINUE HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 SET forgelua_failed = TRUE;
            SET forgelua_failed = FALSE, forgelua_held1 = NULL;
            SELECT `bb` INTO forgelua_held1 FROM `t` WHERE `id` = forgelua_s1;
            IF forgelua_failed THEN SET forgelua_held1 = NULL; END IF;
            UPDATE `t` SET `b` = forgelua_held1 WHERE `id` = forgelua_s1 AND ((CASE WHEN (`b`) = (`bb`) OR ((`b`) IS NULL AND (`bb`) IS NULL) THEN 0 ELSE 1 END = 1));
          END;
        END IF;
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 't.bb/contract/point-of-return';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `t` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 't.bb/contract/point-of-return';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'undo step 12 of 19: done' AS `forgelua`;

-- ============================================================================
-- Undo step 11 of 19, switch: Let bb of u lead
--   Id:           u.bb/switch/swap
-- ============================================================================
SELECT 'undo step 11 of 19: Let bb of u lead' AS `forgelua`;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
LOCK TABLES `u` WRITE;
DROP TRIGGER IF EXISTS `u__sync_i`;
DROP TRIGGER IF EXISTS `u__sync_u`;
ALTER TABLE `u`
  RENAME INDEX `ub` TO `ub__new`,
  RENAME INDEX `ub__old` TO `ub`,
  ALGORITHM=INSTANT;
ALTER TABLE `u`
  MODIFY COLUMN `bb` int NULL INVISIBLE,
  ALGORITHM=INSTANT;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `u__sync_u` BEFORE UPDATE ON `u` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`b` = OLD.`b`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`bb` = OLD.`bb`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`b` <=> OLD.`b`) THEN
    SET NEW.`bb` = NEW.`b`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`bb` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('u__sync', 'bb', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'b', NEW.`b`, 'bb', NEW.`bb`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`bb` <=> OLD.`bb`) THEN
    SET NEW.`b` = NEW.`bb`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`b` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('u__sync', 'b', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'b', NEW.`b`, 'bb', NEW.`bb`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `u__sync_i` BEFORE INSERT ON `u` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`bb` IS NOT NULL THEN
    SET NEW.`b` = NEW.`bb`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`b` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('u__sync', 'b', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'b', NEW.`b`, 'bb', NEW.`bb`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`bb` = NEW.`b`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`bb` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('u__sync', 'bb', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'b', NEW.`b`, 'bb', NEW.`bb`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
UNLOCK TABLES;
SELECT 'undo step 11 of 19: done' AS `forgelua`;

-- ============================================================================
-- Undo step 10 of 19, switch: Add the unique constraint ub__new on u
--   Id:           u.ub__new/switch/add-unique-constraint
-- ============================================================================
SELECT 'undo step 10 of 19: Add the unique constraint ub__new on u' AS `forgelua`;
ALTER TABLE `u`
  DROP INDEX `ub__new`,
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'undo step 10 of 19: done' AS `forgelua`;

-- ============================================================================
-- Undo step 9 of 19, switch: Let bb of t lead
--   Id:           t.bb/switch/swap
-- ============================================================================
SELECT 'undo step 9 of 19: Let bb of t lead' AS `forgelua`;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
LOCK TABLES `t` WRITE;
DROP TRIGGER IF EXISTS `t__sync_i`;
DROP TRIGGER IF EXISTS `t__sync_u`;
ALTER TABLE `t`
  RENAME INDEX `tb` TO `tb__new`,
  ALGORITHM=INSTANT;
ALTER TABLE `t`
  MODIFY COLUMN `bb` bigint NULL INVISIBLE,
  ALGORITHM=INSTANT;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `t__sync_u` BEFORE UPDATE ON `t` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`b` = OLD.`b`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`bb` = OLD.`bb`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (NEW.`b` <=> OLD.`b`) THEN
    SET NEW.`bb` = NEW.`b`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`bb` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'bb', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'b', NEW.`b`, 'bb', NEW.`bb`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`bb` <=> OLD.`bb`) THEN
    SET NEW.`b` = NEW.`bb`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`b` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'b', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'b', NEW.`b`, 'bb', NEW.`bb`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `t__sync_i` BEFORE INSERT ON `t` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`bb` IS NOT NULL THEN
    SET NEW.`b` = NEW.`bb`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`b` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'b', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'b', NEW.`b`, 'bb', NEW.`bb`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`bb` = NEW.`b`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`bb` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('t__sync', 'bb', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'b', NEW.`b`, 'bb', NEW.`bb`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
UNLOCK TABLES;
SELECT 'undo step 9 of 19: done' AS `forgelua`;

-- ============================================================================
-- Undo step 8 of 19, switch: Drop the unique constraint tb on t
--   Id:           t.tb/switch/drop-unique-constraint
--   Loses:        rows of t that agree in what tb held apart: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 8 of 19: Drop the unique constraint tb on t' AS `forgelua`;
ALTER TABLE `t`
  ADD UNIQUE KEY `tb` (`b`),
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'undo step 8 of 19: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 19, migrate: Convert b of u into bb
--   Id:           u.bb/migrate/backfill
-- ============================================================================
SELECT 'undo step 7 of 19: Convert b of u into bb' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 7 of 19: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 19, migrate: Keep b and bb of u equal
--   Id:           u.bb/migrate/sync
-- ============================================================================
SELECT 'undo step 6 of 19: Keep b and bb of u equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `u__sync_i`;
DROP TRIGGER IF EXISTS `u__sync_u`;
SELECT 'undo step 6 of 19: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 19, migrate: Add the index tb__new on t
--   Id:           t.tb__new/migrate/add-index
-- ============================================================================
SELECT 'undo step 5 of 19: Add the index tb__new on t' AS `forgelua`;
ALTER TABLE `t`
  DROP INDEX `tb__new`,
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'undo step 5 of 19: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 19, migrate: Convert b of t into bb
--   Id:           t.bb/migrate/backfill
-- ============================================================================
SELECT 'undo step 4 of 19: Convert b of t into bb' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 4 of 19: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 19, migrate: Keep b and bb of t equal
--   Id:           t.bb/migrate/sync
-- ============================================================================
SELECT 'undo step 3 of 19: Keep b and bb of t equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `t__sync_i`;
DROP TRIGGER IF EXISTS `t__sync_u`;
SELECT 'undo step 3 of 19: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 19, expand: Add bb beside b in u
--   Id:           u.bb/expand/add-column
-- ============================================================================
SELECT 'undo step 2 of 19: Add bb beside b in u' AS `forgelua`;
ALTER TABLE `u`
  DROP COLUMN `bb`,
  ALGORITHM=INSTANT;
SELECT 'undo step 2 of 19: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 19, expand: Add bb beside b in t
--   Id:           t.bb/expand/add-column
-- ============================================================================
SELECT 'undo step 1 of 19: Add bb beside b in t' AS `forgelua`;
ALTER TABLE `t`
  DROP COLUMN `bb`,
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
SELECT 'undo step 1 of 19: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
