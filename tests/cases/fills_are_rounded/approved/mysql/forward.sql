-- Forward, every phase of migration fills_are_rounded
-- What is stored is not what was computed: numbers and moments are rounded, short texts padded
-- mysql 8.4; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: mysql --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 20 is destructive — word__old, rate__old, seen__old of moved as the old schema held it

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
-- Check: step 1 must not be done at this point: Create copied__new in the new shape of copied. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'copied__new' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 1 must not be done at this point: Create copied__new in the new shape of copied')), '0', @forgelua_actual);
-- Check: step 8 must not be done at this point: Keep gross of sales filled for new rows. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME = 'sales__sync_i') AND EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME = 'sales__sync_u') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 8 must not be done at this point: Keep gross of sales filled for new rows')), '0', @forgelua_actual);
-- Check: step 11 must not be done at this point: Change the type of flags.shown. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'flags' AND COLUMN_NAME = 'shown') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'flags' AND COLUMN_NAME = 'shown' AND DATA_TYPE = 'int' AND COLUMN_TYPE NOT LIKE '%unsigned%') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'flags' AND COLUMN_NAME = 'shown' AND COALESCE(COLUMN_DEFAULT, 'NULL') <> 'NULL') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 11 must not be done at this point: Change the type of flags.shown')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 22, expand: Create copied__new in the new shape of copied
--   Id:           copied/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 1 of 22: Create copied__new in the new shape of copied' AS `forgelua`;
-- Check: no trigger, policy, rule or statistics object of copied that this plan does not know: a copy would lose it. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE = 'copied' AND TRIGGER_NAME NOT LIKE '%\_\_sync%') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no trigger, policy, rule or statistics object of copied that this plan does not know: a copy would lose it')), '0', @forgelua_actual);
CREATE TABLE `copied__new` (
  `id` int NOT NULL,
  `share` decimal(12,2) NULL,
  `at` timestamp(6) NULL,
  `word` varchar(20) NULL,
  `whole` int NULL,
  `second` timestamp NULL,
  `code` char(8) NULL,
  PRIMARY KEY (`id`)
);
SELECT 'step 1 of 22: done' AS `forgelua`;

-- ============================================================================
-- Step 2 of 22, expand: Add word__new, rate__new, seen__new beside word, rate, seen in moved
--   Id:           moved.word/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column, unless it is invisible, as here
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
SELECT 'step 2 of 22: Add word__new, rate__new, seen__new beside word, rate, seen in moved' AS `forgelua`;
ALTER TABLE `moved`
  ADD COLUMN `word__new` char(5) NULL INVISIBLE AFTER `word`,
  ADD COLUMN `rate__new` decimal(12,1) NULL INVISIBLE AFTER `rate`,
  ADD COLUMN `seen__new` timestamp NULL INVISIBLE AFTER `seen`,
  ALGORITHM=INSTANT;
SELECT 'step 2 of 22: done' AS `forgelua`;

-- ============================================================================
-- Step 3 of 22, expand: Add gross to sales, empty and not insisting
--   Id:           sales.gross/expand/add-column
--   Why:          adding it with its values would rewrite or lock the table; empty, it costs nothing
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
SELECT 'step 3 of 22: Add gross to sales, empty and not insisting' AS `forgelua`;
ALTER TABLE `sales`
  ADD COLUMN `gross` decimal(12,2) NULL INVISIBLE,
  ALGORITHM=INSTANT;
SELECT 'step 3 of 22: done' AS `forgelua`;

-- ============================================================================
-- Step 4 of 22, migrate: Repeat every write to copied on copied__new
--   Id:           copied/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Also locks:   copied__new
--   Note:         creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
SELECT 'step 4 of 22: Repeat every write to copied on copied__new' AS `forgelua`;
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
CREATE TRIGGER `copied__sync_7661_d` AFTER DELETE ON `copied` FOR EACH ROW
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
  DELETE FROM `copied__new` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('copied__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'share', OLD.`share`, 'at', OLD.`at`, 'word', OLD.`word`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `copied__sync_7661_u` AFTER UPDATE ON `copied` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_kept2 decimal(12,2) DEFAULT NULL;
  DECLARE forgelua_kept5 int DEFAULT NULL;
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
  IF NOT (NEW.`share` <=> OLD.`share`) OR NOT EXISTS (SELECT 1 FROM `copied__new` WHERE `id` = OLD.`id`) THEN
    SET forgelua_kept2 = (SELECT ROUND(share / 3, 2) FROM (SELECT NEW.`share` AS `share`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE, forgelua_kept2 = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('copied__sync', 'share', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'share', NEW.`share`, 'at', NEW.`at`, 'word', NEW.`word`), forgelua_message);
    END IF;
  ELSE
    SET forgelua_kept2 = (SELECT `share` FROM `copied__new` WHERE `id` = OLD.`id`);
  END IF;
  IF NOT (NEW.`share` <=> OLD.`share`) OR NOT EXISTS (SELECT 1 FROM `copied__new` WHERE `id` = OLD.`id`) THEN
    SET forgelua_kept5 = (SELECT share / 3 FROM (SELECT NEW.`share` AS `share`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE, forgelua_kept5 = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('copied__sync', 'whole', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'share', NEW.`share`, 'at', NEW.`at`, 'word', NEW.`word`), forgelua_message);
    END IF;
  ELSE
    SET forgelua_kept5 = (SELECT `whole` FROM `copied__new` WHERE `id` = OLD.`id`);
  END IF;
  IF NOT (OLD.`id` <=> NEW.`id`) THEN
    UPDATE `copied__new` SET `id` = NEW.`id`, `share` = forgelua_kept2, `at` = NEW.`at`, `word` = NEW.`word`, `whole` = forgelua_kept5, `second` = NEW.`at`, `code` = NEW.`word` WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `copied__new` (`id`, `share`, `at`, `word`, `whole`, `second`, `code`) VALUES (NEW.`id`, forgelua_kept2, NEW.`at`, NEW.`word`, forgelua_kept5, NEW.`at`, NEW.`word`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `copied__new` SET `id` = NEW.`id`, `share` = forgelua_kept2, `at` = NEW.`at`, `word` = NEW.`word`, `whole` = forgelua_kept5, `second` = NEW.`at`, `code` = NEW.`word` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `copied__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('copied__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'share', NEW.`share`, 'at', NEW.`at`, 'word', NEW.`word`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `copied__sync_7661_i` AFTER INSERT ON `copied` FOR EACH ROW
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
    INSERT INTO `copied__new` (`id`, `share`, `at`, `word`, `whole`, `second`, `code`) VALUES (NEW.`id`, (SELECT ROUND(share / 3, 2) FROM (SELECT NEW.`share` AS `share`) AS forgelua_row), NEW.`at`, NEW.`word`, (SELECT share / 3 FROM (SELECT NEW.`share` AS `share`) AS forgelua_row), NEW.`at`, NEW.`word`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `copied__new` SET `id` = NEW.`id`, `share` = (SELECT ROUND(share / 3, 2) FROM (SELECT NEW.`share` AS `share`) AS forgelua_row), `at` = NEW.`at`, `word` = NEW.`word`, `whole` = (SELECT share / 3 FROM (SELECT NEW.`share` AS `share`) AS forgelua_row), `second` = NEW.`at`, `code` = NEW.`word` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `copied__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('copied__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'share', NEW.`share`, 'at', NEW.`at`, 'word', NEW.`word`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 4 of 22: done' AS `forgelua`;

-- ============================================================================
-- Step 5 of 22, migrate: Copy the rows of copied into copied__new
--   Id:           copied/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; a transaction that updates several of them may meet a deadlock and must be ready to run again
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
SELECT 'step 5 of 22: Copy the rows of copied into copied__new' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('copied/migrate/copy', 'copied', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_l1 int;
  DECLARE forgelua_s1 int;
  DECLARE forgelua_e1 int;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'copied/migrate/copy';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `copied` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `copied` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `copied` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `copied` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      INSERT INTO `copied__new` (`id`, `share`, `at`, `word`, `whole`, `second`, `code`) SELECT `id`, ROUND(share / 3, 2), `at`, `word`, share / 3, at, word FROM `copied` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `copied__new` AS forgelua_t WHERE forgelua_t.`id` = `copied`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'copied/migrate/copy';
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
              SELECT 'copied/migrate/copy', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'share', `share`, 'at', `at`, 'word', `word`), forgelua_message FROM `copied` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          INSERT INTO `copied__new` (`id`, `share`, `at`, `word`, `whole`, `second`, `code`) SELECT `id`, ROUND(share / 3, 2), `at`, `word`, share / 3, at, word FROM `copied` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `copied__new` AS forgelua_t WHERE forgelua_t.`id` = `copied`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'copied/migrate/copy';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `copied` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'copied/migrate/copy';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'step 5 of 22: done' AS `forgelua`;
-- Check: every row has an equal one in the copy. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT `id` AS `id`, ROUND(ROUND(share / 3, 2), 2) AS `share`, `at` AS `at`, `word` AS `word`, ROUND(share / 3) AS `whole`, CAST(at AS DATETIME(0)) AS `second`, RTRIM(word) AS `code` FROM `copied`) AS source WHERE NOT EXISTS (SELECT 1 FROM `copied__new` AS copied WHERE copied.`id` = source.`id` AND (copied.`share` = source.`share` OR (copied.`share` IS NULL AND source.`share` IS NULL)) AND (copied.`at` = source.`at` OR (copied.`at` IS NULL AND source.`at` IS NULL)) AND (copied.`word` = source.`word` OR (copied.`word` IS NULL AND source.`word` IS NULL)) AND (copied.`whole` = source.`whole` OR (copied.`whole` IS NULL AND source.`whole` IS NULL)) AND (copied.`second` = source.`second` OR (copied.`second` IS NULL AND source.`second` IS NULL)) AND (copied.`code` = source.`code` OR (copied.`code` IS NULL AND source.`code` IS NULL)))) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row has an equal one in the copy')), '0', @forgelua_actual);

-- ============================================================================
-- Step 6 of 22, migrate: Keep word, rate, seen and word__new, rate__new, seen__new of moved equal
--   Id:           moved.word/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
SELECT 'step 6 of 22: Keep word, rate, seen and word__new, rate__new, seen__new of moved equal' AS `forgelua`;
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
CREATE TRIGGER `moved__sync_u` BEFORE UPDATE ON `moved` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`word` = OLD.`word`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`word__new` = OLD.`word__new`; END IF;
    IF @forgelua_backfill = 1 THEN SET NEW.`rate` = OLD.`rate`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`rate__new` = OLD.`rate__new`; END IF;
    IF @forgelua_backfill = 1 THEN SET NEW.`seen` = OLD.`seen`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`seen__new` = OLD.`seen__new`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (CAST(NEW.`word` AS BINARY) <=> CAST(OLD.`word` AS BINARY)) THEN
    SET NEW.`word__new` = (SELECT RTRIM(`word`) FROM (SELECT NEW.`word` AS `word`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`word__new` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('moved__sync', 'word__new', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'at', NEW.`at`, 'word', NEW.`word`, 'rate', NEW.`rate`, 'seen', NEW.`seen`, 'since', NEW.`since`, 'word__new', NEW.`word__new`, 'rate__new', NEW.`rate__new`, 'seen__new', NEW.`seen__new`), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`word__new` AS BINARY) <=> CAST(OLD.`word__new` AS BINARY)) THEN
    SET NEW.`word` = NEW.`word__new`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`word` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('moved__sync', 'word', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'at', NEW.`at`, 'word', NEW.`word`, 'rate', NEW.`rate`, 'seen', NEW.`seen`, 'since', NEW.`since`, 'word__new', NEW.`word__new`, 'rate__new', NEW.`rate__new`, 'seen__new', NEW.`seen__new`), forgelua_message);
    END IF;
  END IF;
  IF NOT (NEW.`rate` <=> OLD.`rate`) THEN
    SET NEW.`rate__new` = (SELECT ROUND(rate / 3, 1) FROM (SELECT NEW.`rate` AS `rate`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`rate__new` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('moved__sync', 'rate__new', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'at', NEW.`at`, 'word', NEW.`word`, 'rate', NEW.`rate`, 'seen', NEW.`seen`, 'since', NEW.`since`, 'word__new', NEW.`word__new`, 'rate__new', NEW.`rate__new`, 'seen__new', NEW.`seen__new`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`rate__new` <=> OLD.`rate__new`) THEN
    SET NEW.`rate` = NEW.`rate__new`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`rate` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('moved__sync', 'rate', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'at', NEW.`at`, 'word', NEW.`word`, 'rate', NEW.`rate`, 'seen', NEW.`seen`, 'since', NEW.`since`, 'word__new', NEW.`word__new`, 'rate__new', NEW.`rate__new`, 'seen__new', NEW.`seen__new`), forgelua_message);
    END IF;
  END IF;
  IF NOT (NEW.`seen` <=> OLD.`seen`) THEN
    SET NEW.`seen__new` = (SELECT coalesce(seen, CURRENT_TIMESTAMP) FROM (SELECT NEW.`seen` AS `seen`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`seen__new` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('moved__sync', 'seen__new', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'at', NEW.`at`, 'word', NEW.`word`, 'rate', NEW.`rate`, 'seen', NEW.`seen`, 'since', NEW.`since`, 'word__new', NEW.`word__new`, 'rate__new', NEW.`rate__new`, 'seen__new', NEW.`seen__new`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`seen__new` <=> OLD.`seen__new`) THEN
    SET NEW.`seen` = NEW.`seen__new`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`seen` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('moved__sync', 'seen', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'at', NEW.`at`, 'word', NEW.`word`, 'rate', NEW.`rate`, 'seen', NEW.`seen`, 'since', NEW.`since`, 'word__new', NEW.`word__new`, 'rate__new', NEW.`rate__new`, 'seen__new', NEW.`seen__new`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `moved__sync_i` BEFORE INSERT ON `moved` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`word__new` IS NOT NULL THEN
    SET NEW.`word` = NEW.`word__new`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`word` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('moved__sync', 'word', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'at', NEW.`at`, 'word', NEW.`word`, 'rate', NEW.`rate`, 'seen', NEW.`seen`, 'since', NEW.`since`, 'word__new', NEW.`word__new`, 'rate__new', NEW.`rate__new`, 'seen__new', NEW.`seen__new`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`word__new` = (SELECT RTRIM(`word`) FROM (SELECT NEW.`word` AS `word`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`word__new` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('moved__sync', 'word__new', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'at', NEW.`at`, 'word', NEW.`word`, 'rate', NEW.`rate`, 'seen', NEW.`seen`, 'since', NEW.`since`, 'word__new', NEW.`word__new`, 'rate__new', NEW.`rate__new`, 'seen__new', NEW.`seen__new`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`rate__new` IS NOT NULL THEN
    SET NEW.`rate` = NEW.`rate__new`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`rate` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('moved__sync', 'rate', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'at', NEW.`at`, 'word', NEW.`word`, 'rate', NEW.`rate`, 'seen', NEW.`seen`, 'since', NEW.`since`, 'word__new', NEW.`word__new`, 'rate__new', NEW.`rate__new`, 'seen__new', NEW.`seen__new`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`rate__new` = (SELECT ROUND(rate / 3, 1) FROM (SELECT NEW.`rate` AS `rate`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`rate__new` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('moved__sync', 'rate__new', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'at', NEW.`at`, 'word', NEW.`word`, 'rate', NEW.`rate`, 'seen', NEW.`seen`, 'since', NEW.`since`, 'word__new', NEW.`word__new`, 'rate__new', NEW.`rate__new`, 'seen__new', NEW.`seen__new`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`seen__new` IS NOT NULL THEN
    SET NEW.`seen` = NEW.`seen__new`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`seen` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('moved__sync', 'seen', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'at', NEW.`at`, 'word', NEW.`word`, 'rate', NEW.`rate`, 'seen', NEW.`seen`, 'since', NEW.`since`, 'word__new', NEW.`word__new`, 'rate__new', NEW.`rate__new`, 'seen__new', NEW.`seen__new`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`seen__new` = (SELECT coalesce(seen, CURRENT_TIMESTAMP) FROM (SELECT NEW.`seen` AS `seen`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`seen__new` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('moved__sync', 'seen__new', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'at', NEW.`at`, 'word', NEW.`word`, 'rate', NEW.`rate`, 'seen', NEW.`seen`, 'since', NEW.`since`, 'word__new', NEW.`word__new`, 'rate__new', NEW.`rate__new`, 'seen__new', NEW.`seen__new`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 6 of 22: done' AS `forgelua`;

-- ============================================================================
-- Step 7 of 22, migrate: Convert word, rate, seen of moved into word__new, rate__new, seen__new
--   Id:           moved.word/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; triggers of the application's own fire for every row
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
SELECT 'step 7 of 22: Convert word, rate, seen of moved into word__new, rate__new, seen__new' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('moved.word/migrate/backfill', 'moved', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
SET @forgelua_isolation = @@SESSION.transaction_isolation, SESSION transaction_isolation = 'READ-COMMITTED', @forgelua_backfill = 1;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'moved.word/migrate/backfill';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `moved` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `moved` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `moved` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `moved` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `moved` SET `word__new` = RTRIM(`word`), `rate__new` = ROUND(rate / 3, 1), `seen__new` = coalesce(seen, CURRENT_TIMESTAMP) WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND (`word__new` IS NULL OR `rate__new` IS NULL OR `seen__new` IS NULL);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'moved.word/migrate/backfill';
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
              SELECT 'moved.word/migrate/backfill', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'at', `at`, 'word', `word`, 'rate', `rate`, 'seen', `seen`, 'since', `since`, 'word__new', `word__new`, 'rate__new', `rate__new`, 'seen__new', `seen__new`), forgelua_message FROM `moved` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `moved` SET `word__new` = RTRIM(`word`), `rate__new` = ROUND(rate / 3, 1), `seen__new` = coalesce(seen, CURRENT_TIMESTAMP) WHERE `id` = forgelua_s1 AND (`word__new` IS NULL OR `rate__new` IS NULL OR `seen__new` IS NULL);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'moved.word/migrate/backfill';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `moved` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'moved.word/migrate/backfill';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 7 of 22: done' AS `forgelua`;
-- Check: every row holds the converted value. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `moved` WHERE (CASE WHEN (`word__new`) = (RTRIM(`word`)) OR ((`word__new`) IS NULL AND (RTRIM(`word`)) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (`rate__new`) = (ROUND(ROUND(rate / 3, 1), 1)) OR ((`rate__new`) IS NULL AND (ROUND(ROUND(rate / 3, 1), 1)) IS NULL) THEN 0 ELSE 1 END = 1) OR (`seen__new` IS NULL AND (coalesce(seen, CURRENT_TIMESTAMP)) IS NOT NULL)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row holds the converted value')), '0', @forgelua_actual);

-- ============================================================================
-- Step 8 of 22, migrate: Keep gross of sales filled for new rows
--   Id:           sales.gross/migrate/keep-filled
--   Why:          the deployed application does not write it; a trigger does, so that the backfill has an end
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger
-- ============================================================================
SELECT 'step 8 of 22: Keep gross of sales filled for new rows' AS `forgelua`;
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
CREATE TRIGGER `sales__sync_u` BEFORE UPDATE ON `sales` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`gross` IS NULL THEN
    SET NEW.`gross` = (SELECT ROUND(net * 1.19, 2) FROM (SELECT NEW.`net` AS `net`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`gross` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('sales__sync', 'gross', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'net', NEW.`net`, 'gross', NEW.`gross`), forgelua_message);
    END IF;
  ELSEIF (NOT (NEW.`net` <=> OLD.`net`)) AND NOT (NOT (NEW.`gross` <=> OLD.`gross`)) THEN
    SET NEW.`gross` = (SELECT ROUND(net * 1.19, 2) FROM (SELECT OLD.`net` AS `net`) AS forgelua_row);
    IF forgelua_failed OR NOT (NEW.`gross` <=> OLD.`gross`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`gross` = OLD.`gross`;
    ELSE
      SET NEW.`gross` = (SELECT ROUND(net * 1.19, 2) FROM (SELECT NEW.`net` AS `net`) AS forgelua_row);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`gross` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('sales__sync', 'gross', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'net', NEW.`net`, 'gross', NEW.`gross`), forgelua_message);
      END IF;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `sales__sync_i` BEFORE INSERT ON `sales` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`gross` IS NULL THEN
    SET NEW.`gross` = (SELECT ROUND(net * 1.19, 2) FROM (SELECT NEW.`net` AS `net`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`gross` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('sales__sync', 'gross', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'net', NEW.`net`, 'gross', NEW.`gross`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 8 of 22: done' AS `forgelua`;
-- Application: From here the new application may write gross itself; what it writes stands.

-- ============================================================================
-- Step 9 of 22, migrate: Backfill gross of sales
--   Id:           sales.gross/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; triggers of the application's own fire for every row
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, own values
-- ============================================================================
SELECT 'step 9 of 22: Backfill gross of sales' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('sales.gross/migrate/backfill', 'sales', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
SET @forgelua_isolation = @@SESSION.transaction_isolation, SESSION transaction_isolation = 'READ-COMMITTED', @forgelua_backfill = 1;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'sales.gross/migrate/backfill';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `sales` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `sales` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `sales` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `sales` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      UPDATE `sales` SET `gross` = ROUND(net * 1.19, 2) WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND (`gross` IS NULL);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'sales.gross/migrate/backfill';
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
              SELECT 'sales.gross/migrate/backfill', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'net', `net`, 'gross', `gross`), forgelua_message FROM `sales` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          UPDATE `sales` SET `gross` = ROUND(net * 1.19, 2) WHERE `id` = forgelua_s1 AND (`gross` IS NULL);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'sales.gross/migrate/backfill';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `sales` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'sales.gross/migrate/backfill';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 9 of 22: done' AS `forgelua`;

-- ============================================================================
-- Step 10 of 22, switch: Swap the copy of copied in
--   Id:           copied/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Also locks:   copied__old
--   Note:         creating and dropping a trigger waits for open transactions on the table; foreign keys of other tables and triggers follow the table; views keep naming the old name; creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
SELECT 'step 10 of 22: Swap the copy of copied in' AS `forgelua`;
-- Check: step 5 has come to its end: Copy the rows of copied into copied__new. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'copied/migrate/copy' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 5 has come to its end: Copy the rows of copied into copied__new')), '1', @forgelua_actual);
-- Check: no row of copied stands in forgelua_sync_errors (mend it in copied, then delete it from the log). Expects 0.
SELECT CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'copied__sync') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of copied stands in forgelua_sync_errors (mend it in copied, then delete it from the log)')), '0', @forgelua_actual);
-- Check: every row of copied__new is still in copied (TRUNCATE fires no trigger). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `copied__new` AS copied WHERE NOT EXISTS (SELECT 1 FROM `copied` AS source WHERE source.`id` = copied.`id`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row of copied__new is still in copied (TRUNCATE fires no trigger)')), '0', @forgelua_actual);
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
CREATE TRIGGER `copied__sync_7b76_d` AFTER DELETE ON `copied__new` FOR EACH ROW
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
  DELETE FROM `copied__old` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('copied__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'share', OLD.`share`, 'at', OLD.`at`, 'word', OLD.`word`, 'whole', OLD.`whole`, 'second', OLD.`second`, 'code', OLD.`code`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `copied__sync_7b76_u` AFTER UPDATE ON `copied__new` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_kept2 decimal(20,6) DEFAULT NULL;
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
  IF NOT (NEW.`share` <=> OLD.`share`) OR NOT EXISTS (SELECT 1 FROM `copied__old` WHERE `id` = OLD.`id`) THEN
    SET forgelua_kept2 = (SELECT (`share`) FROM (SELECT NEW.`share` AS `share`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE, forgelua_kept2 = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('copied__sync', 'share', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'share', NEW.`share`, 'at', NEW.`at`, 'word', NEW.`word`, 'whole', NEW.`whole`, 'second', NEW.`second`, 'code', NEW.`code`), forgelua_message);
    END IF;
  ELSE
    SET forgelua_kept2 = (SELECT `share` FROM `copied__old` WHERE `id` = OLD.`id`);
  END IF;
  IF NOT (OLD.`id` <=> NEW.`id`) THEN
    UPDATE `copied__old` SET `id` = NEW.`id`, `share` = forgelua_kept2, `at` = NEW.`at`, `word` = NEW.`word` WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `copied__old` (`id`, `share`, `at`, `word`) VALUES (NEW.`id`, forgelua_kept2, NEW.`at`, NEW.`word`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `copied__old` SET `id` = NEW.`id`, `share` = forgelua_kept2, `at` = NEW.`at`, `word` = NEW.`word` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `copied__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('copied__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'share', NEW.`share`, 'at', NEW.`at`, 'word', NEW.`word`, 'whole', NEW.`whole`, 'second', NEW.`second`, 'code', NEW.`code`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `copied__sync_7b76_i` AFTER INSERT ON `copied__new` FOR EACH ROW
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
    INSERT INTO `copied__old` (`id`, `share`, `at`, `word`) VALUES (NEW.`id`, (SELECT (`share`) FROM (SELECT NEW.`share` AS `share`) AS forgelua_row), NEW.`at`, NEW.`word`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `copied__old` SET `id` = NEW.`id`, `share` = (SELECT (`share`) FROM (SELECT NEW.`share` AS `share`) AS forgelua_row), `at` = NEW.`at`, `word` = NEW.`word` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `copied__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('copied__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'share', NEW.`share`, 'at', NEW.`at`, 'word', NEW.`word`, 'whole', NEW.`whole`, 'second', NEW.`second`, 'code', NEW.`code`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `copied__sync_2_u` BEFORE UPDATE ON `copied__new` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`whole` IS NULL THEN
    SET NEW.`whole` = (SELECT share / 3 FROM (SELECT NEW.`share` AS `share`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`whole` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('copied__sync_2', 'whole', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'share', NEW.`share`, 'at', NEW.`at`, 'word', NEW.`word`, 'whole', NEW.`whole`, 'second', NEW.`second`, 'code', NEW.`code`), forgelua_message);
    END IF;
  ELSEIF (NOT (NEW.`share` <=> OLD.`share`)) AND NOT (NOT (NEW.`whole` <=> OLD.`whole`)) THEN
    SET NEW.`whole` = (SELECT share / 3 FROM (SELECT OLD.`share` AS `share`) AS forgelua_row);
    IF forgelua_failed OR NOT (NEW.`whole` <=> OLD.`whole`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`whole` = OLD.`whole`;
    ELSE
      SET NEW.`whole` = (SELECT share / 3 FROM (SELECT NEW.`share` AS `share`) AS forgelua_row);
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`whole` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('copied__sync_2', 'whole', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'share', NEW.`share`, 'at', NEW.`at`, 'word', NEW.`word`, 'whole', NEW.`whole`, 'second', NEW.`second`, 'code', NEW.`code`), forgelua_message);
      END IF;
    END IF;
  END IF;
  IF NEW.`second` IS NULL THEN
    SET NEW.`second` = NEW.`at`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`second` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('copied__sync_2', 'second', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'share', NEW.`share`, 'at', NEW.`at`, 'word', NEW.`word`, 'whole', NEW.`whole`, 'second', NEW.`second`, 'code', NEW.`code`), forgelua_message);
    END IF;
  ELSEIF (NOT (NEW.`at` <=> OLD.`at`)) AND NOT (NOT (NEW.`second` <=> OLD.`second`)) THEN
    SET NEW.`second` = OLD.`at`;
    IF forgelua_failed OR NOT (NEW.`second` <=> OLD.`second`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`second` = OLD.`second`;
    ELSE
      SET NEW.`second` = NEW.`at`;
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`second` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('copied__sync_2', 'second', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'share', NEW.`share`, 'at', NEW.`at`, 'word', NEW.`word`, 'whole', NEW.`whole`, 'second', NEW.`second`, 'code', NEW.`code`), forgelua_message);
      END IF;
    END IF;
  END IF;
  IF NEW.`code` IS NULL THEN
    SET NEW.`code` = NEW.`word`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`code` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('copied__sync_2', 'code', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'share', NEW.`share`, 'at', NEW.`at`, 'word', NEW.`word`, 'whole', NEW.`whole`, 'second', NEW.`second`, 'code', NEW.`code`), forgelua_message);
    END IF;
  ELSEIF (NOT (CAST(NEW.`word` AS BINARY) <=> CAST(OLD.`word` AS BINARY))) AND NOT (NOT (CAST(NEW.`code` AS BINARY) <=> CAST(OLD.`code` AS BINARY))) THEN
    SET NEW.`code` = OLD.`word`;
    IF forgelua_failed OR NOT (NEW.`code` <=> OLD.`code`) THEN
      SET forgelua_failed = FALSE;
      SET NEW.`code` = OLD.`code`;
    ELSE
      SET NEW.`code` = NEW.`word`;
      IF forgelua_failed THEN
        SET forgelua_failed = FALSE;
        SET NEW.`code` = NULL;
        INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('copied__sync_2', 'code', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'share', NEW.`share`, 'at', NEW.`at`, 'word', NEW.`word`, 'whole', NEW.`whole`, 'second', NEW.`second`, 'code', NEW.`code`), forgelua_message);
      END IF;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `copied__sync_2_i` BEFORE INSERT ON `copied__new` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`whole` IS NULL THEN
    SET NEW.`whole` = (SELECT share / 3 FROM (SELECT NEW.`share` AS `share`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`whole` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('copied__sync_2', 'whole', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'share', NEW.`share`, 'at', NEW.`at`, 'word', NEW.`word`, 'whole', NEW.`whole`, 'second', NEW.`second`, 'code', NEW.`code`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`second` IS NULL THEN
    SET NEW.`second` = NEW.`at`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`second` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('copied__sync_2', 'second', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'share', NEW.`share`, 'at', NEW.`at`, 'word', NEW.`word`, 'whole', NEW.`whole`, 'second', NEW.`second`, 'code', NEW.`code`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`code` IS NULL THEN
    SET NEW.`code` = NEW.`word`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`code` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('copied__sync_2', 'code', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'share', NEW.`share`, 'at', NEW.`at`, 'word', NEW.`word`, 'whole', NEW.`whole`, 'second', NEW.`second`, 'code', NEW.`code`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
RENAME TABLE `copied` TO `copied__old`, `copied__new` TO `copied`;
DROP TRIGGER IF EXISTS `copied__sync_7661_i`;
DROP TRIGGER IF EXISTS `copied__sync_7661_u`;
DROP TRIGGER IF EXISTS `copied__sync_7661_d`;
SELECT 'step 10 of 22: done' AS `forgelua`;
-- Application: Deploy the application that uses copied as the new schema has it.

-- ============================================================================
-- Step 11 of 22, switch: Change the type of flags.shown
--   Id:           flags.shown/switch/type
--   Why:          the engine does this in place
--   Lock:         SHARED_NO_WRITE metadata lock, blocks writes for as long as the step runs (unknown), ALGORITHM=COPY, rewrites the table, scans the table
--   Note:         a replica replays it in one piece and lags for as long
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     loses values of flags.shown that tinyint(1) cannot hold: the way back stops at them until they are changed
--   Hazards:      type
-- ============================================================================
SELECT 'step 11 of 22: Change the type of flags.shown' AS `forgelua`;
ALTER TABLE `flags`
  MODIFY COLUMN `shown` int NOT NULL DEFAULT 0,
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'step 11 of 22: done' AS `forgelua`;

-- ============================================================================
-- Step 12 of 22, switch: Let the new word, rate, seen of moved take over
--   Id:           moved.word/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table; creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; writes of values that the new type of moved.rate, moved.seen cannot hold fail from here; both applications find the column under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
SELECT 'step 12 of 22: Let the new word, rate, seen of moved take over' AS `forgelua`;
-- Check: step 7 has come to its end: Convert word, rate, seen of moved into word__new, rate__new, seen__new. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'moved.word/migrate/backfill' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 7 has come to its end: Convert word, rate, seen of moved into word__new, rate__new, seen__new')), '1', @forgelua_actual);
-- Check: no value of moved stands in forgelua_sync_errors (mend it in moved, then delete it from the log). Expects 0.
SELECT CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'moved__sync' AND column_name IN ('word__new', 'rate__new', 'seen__new')) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no value of moved stands in forgelua_sync_errors (mend it in moved, then delete it from the log)')), '0', @forgelua_actual);
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
LOCK TABLES `moved` WRITE;
DROP TRIGGER IF EXISTS `moved__sync_i`;
DROP TRIGGER IF EXISTS `moved__sync_u`;
ALTER TABLE `moved`
  RENAME COLUMN `word` TO `word__old`,
  RENAME COLUMN `rate` TO `rate__old`,
  RENAME COLUMN `seen` TO `seen__old`,
  CHANGE COLUMN `word__new` `word` char(5) NULL,
  CHANGE COLUMN `rate__new` `rate` decimal(12,1) NULL,
  CHANGE COLUMN `seen__new` `seen` timestamp NULL,
  ALGORITHM=INSTANT;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `moved__sync_u` BEFORE UPDATE ON `moved` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN
    IF @forgelua_backfill = 1 THEN SET NEW.`word__old` = OLD.`word__old`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`word` = OLD.`word`; END IF;
    IF @forgelua_backfill = 1 THEN SET NEW.`rate__old` = OLD.`rate__old`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`rate` = OLD.`rate`; END IF;
    IF @forgelua_backfill = 1 THEN SET NEW.`seen__old` = OLD.`seen__old`; END IF;
    IF @forgelua_backfill = 2 THEN SET NEW.`seen` = OLD.`seen`; END IF;
    LEAVE forgelua_sync;
  END IF;
  IF NOT (CAST(NEW.`word` AS BINARY) <=> CAST(OLD.`word` AS BINARY)) THEN
    SET NEW.`word__old` = NEW.`word`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`word__old` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('moved__sync', 'word__old', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'at', NEW.`at`, 'word__old', NEW.`word__old`, 'rate__old', NEW.`rate__old`, 'seen__old', NEW.`seen__old`, 'since', NEW.`since`, 'word', NEW.`word`, 'rate', NEW.`rate`, 'seen', NEW.`seen`), forgelua_message);
    END IF;
  ELSEIF NOT (CAST(NEW.`word__old` AS BINARY) <=> CAST(OLD.`word__old` AS BINARY)) THEN
    SET NEW.`word` = (SELECT RTRIM(word__old) FROM (SELECT NEW.`word__old` AS `word__old`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`word` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('moved__sync', 'word', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'at', NEW.`at`, 'word__old', NEW.`word__old`, 'rate__old', NEW.`rate__old`, 'seen__old', NEW.`seen__old`, 'since', NEW.`since`, 'word', NEW.`word`, 'rate', NEW.`rate`, 'seen', NEW.`seen`), forgelua_message);
    END IF;
  END IF;
  IF NOT (NEW.`rate` <=> OLD.`rate`) THEN
    SET NEW.`rate__old` = NEW.`rate`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`rate__old` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('moved__sync', 'rate__old', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'at', NEW.`at`, 'word__old', NEW.`word__old`, 'rate__old', NEW.`rate__old`, 'seen__old', NEW.`seen__old`, 'since', NEW.`since`, 'word', NEW.`word`, 'rate', NEW.`rate`, 'seen', NEW.`seen`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`rate__old` <=> OLD.`rate__old`) THEN
    SET NEW.`rate` = (SELECT ROUND(rate__old / 3, 1) FROM (SELECT NEW.`rate__old` AS `rate__old`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`rate` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('moved__sync', 'rate', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'at', NEW.`at`, 'word__old', NEW.`word__old`, 'rate__old', NEW.`rate__old`, 'seen__old', NEW.`seen__old`, 'since', NEW.`since`, 'word', NEW.`word`, 'rate', NEW.`rate`, 'seen', NEW.`seen`), forgelua_message);
    END IF;
  END IF;
  IF NOT (NEW.`seen` <=> OLD.`seen`) THEN
    SET NEW.`seen__old` = NEW.`seen`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`seen__old` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('moved__sync', 'seen__old', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'at', NEW.`at`, 'word__old', NEW.`word__old`, 'rate__old', NEW.`rate__old`, 'seen__old', NEW.`seen__old`, 'since', NEW.`since`, 'word', NEW.`word`, 'rate', NEW.`rate`, 'seen', NEW.`seen`), forgelua_message);
    END IF;
  ELSEIF NOT (NEW.`seen__old` <=> OLD.`seen__old`) THEN
    SET NEW.`seen` = (SELECT coalesce(seen__old, CURRENT_TIMESTAMP) FROM (SELECT NEW.`seen__old` AS `seen__old`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`seen` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('moved__sync', 'seen', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'at', NEW.`at`, 'word__old', NEW.`word__old`, 'rate__old', NEW.`rate__old`, 'seen__old', NEW.`seen__old`, 'since', NEW.`since`, 'word', NEW.`word`, 'rate', NEW.`rate`, 'seen', NEW.`seen`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `moved__sync_i` BEFORE INSERT ON `moved` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`word__old` IS NOT NULL THEN
    SET NEW.`word` = (SELECT RTRIM(word__old) FROM (SELECT NEW.`word__old` AS `word__old`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`word` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('moved__sync', 'word', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'at', NEW.`at`, 'word__old', NEW.`word__old`, 'rate__old', NEW.`rate__old`, 'seen__old', NEW.`seen__old`, 'since', NEW.`since`, 'word', NEW.`word`, 'rate', NEW.`rate`, 'seen', NEW.`seen`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`word__old` = NEW.`word`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`word__old` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('moved__sync', 'word__old', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'at', NEW.`at`, 'word__old', NEW.`word__old`, 'rate__old', NEW.`rate__old`, 'seen__old', NEW.`seen__old`, 'since', NEW.`since`, 'word', NEW.`word`, 'rate', NEW.`rate`, 'seen', NEW.`seen`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`rate__old` IS NOT NULL THEN
    SET NEW.`rate` = (SELECT ROUND(rate__old / 3, 1) FROM (SELECT NEW.`rate__old` AS `rate__old`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`rate` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('moved__sync', 'rate', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'at', NEW.`at`, 'word__old', NEW.`word__old`, 'rate__old', NEW.`rate__old`, 'seen__old', NEW.`seen__old`, 'since', NEW.`since`, 'word', NEW.`word`, 'rate', NEW.`rate`, 'seen', NEW.`seen`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`rate__old` = NEW.`rate`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`rate__old` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('moved__sync', 'rate__old', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'at', NEW.`at`, 'word__old', NEW.`word__old`, 'rate__old', NEW.`rate__old`, 'seen__old', NEW.`seen__old`, 'since', NEW.`since`, 'word', NEW.`word`, 'rate', NEW.`rate`, 'seen', NEW.`seen`), forgelua_message);
    END IF;
  END IF;
  IF NEW.`seen__old` IS NOT NULL THEN
    SET NEW.`seen` = (SELECT coalesce(seen__old, CURRENT_TIMESTAMP) FROM (SELECT NEW.`seen__old` AS `seen__old`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`seen` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('moved__sync', 'seen', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'at', NEW.`at`, 'word__old', NEW.`word__old`, 'rate__old', NEW.`rate__old`, 'seen__old', NEW.`seen__old`, 'since', NEW.`since`, 'word', NEW.`word`, 'rate', NEW.`rate`, 'seen', NEW.`seen`), forgelua_message);
    END IF;
  ELSE
    SET NEW.`seen__old` = NEW.`seen`;
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`seen__old` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('moved__sync', 'seen__old', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'at', NEW.`at`, 'word__old', NEW.`word__old`, 'rate__old', NEW.`rate__old`, 'seen__old', NEW.`seen__old`, 'since', NEW.`since`, 'word', NEW.`word`, 'rate', NEW.`rate`, 'seen', NEW.`seen`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
UNLOCK TABLES;
SELECT 'step 12 of 22: done' AS `forgelua`;
-- Application: Deploy the application that uses word, rate, seen as the new schema has it.

-- ============================================================================
-- Step 13 of 22, switch: Finish sales.gross
--   Id:           sales.gross/switch/not-null
--   Why:          every row has a value by now; from here the schema says so
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 13 of 22: Finish sales.gross' AS `forgelua`;
-- Check: step 9 has come to its end: Backfill gross of sales. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'sales.gross/migrate/backfill' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 9 has come to its end: Backfill gross of sales')), '1', @forgelua_actual);
ALTER TABLE `sales`
  ALTER COLUMN `gross` SET VISIBLE,
  ALGORITHM=INSTANT;
SELECT 'step 13 of 22: done' AS `forgelua`;

-- ============================================================================
-- Step 14 of 22, contract: From here the way back copies copied into copied__old again
--   Id:           copied/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 14 of 22: From here the way back copies copied into copied__old again' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 14 of 22: done' AS `forgelua`;

-- ============================================================================
-- Step 15 of 22, contract: Drop the trigger that filled whole, second, code of copied
--   Id:           copied/contract/stop-filling
--   Why:          every application writes these columns by itself now
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; rows of an application that leaves the column out are no longer filled
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 15 of 22: Drop the trigger that filled whole, second, code of copied' AS `forgelua`;
DROP TRIGGER IF EXISTS `copied__sync_2_i`;
DROP TRIGGER IF EXISTS `copied__sync_2_u`;
SELECT 'step 15 of 22: done' AS `forgelua`;
-- Application: Check that every deployed version writes whole, second, code.

-- ============================================================================
-- Step 16 of 22, contract: Stop repeating writes to copied on copied__old
--   Id:           copied/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 16 of 22: Stop repeating writes to copied on copied__old' AS `forgelua`;
DROP TRIGGER IF EXISTS `copied__sync_7b76_i`;
DROP TRIGGER IF EXISTS `copied__sync_7b76_u`;
DROP TRIGGER IF EXISTS `copied__sync_7b76_d`;
SELECT 'step 16 of 22: done' AS `forgelua`;

-- ============================================================================
-- Step 17 of 22, contract: Drop copied__old
--   Id:           copied/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses values of copied.share that do not come back unchanged
--   Hazards:      drop
-- ============================================================================
SELECT 'step 17 of 22: Drop copied__old' AS `forgelua`;
DROP TABLE `copied__old`;
SELECT 'step 17 of 22: done' AS `forgelua`;

-- ============================================================================
-- Step 18 of 22, contract: From here the way back computes word__old, rate__old, seen__old of moved again
--   Id:           moved.word/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 18 of 22: From here the way back computes word__old, rate__old, seen__old of moved again' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 18 of 22: done' AS `forgelua`;

-- ============================================================================
-- Step 19 of 22, contract: Stop keeping word__old, rate__old, seen__old and word, rate, seen of moved equal
--   Id:           moved.word/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table
--   Estimate:     under 1 s
--   Applications: old works, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 19 of 22: Stop keeping word__old, rate__old, seen__old and word, rate, seen of moved equal' AS `forgelua`;
DROP TRIGGER IF EXISTS `moved__sync_i`;
DROP TRIGGER IF EXISTS `moved__sync_u`;
SELECT 'step 19 of 22: done' AS `forgelua`;

-- ============================================================================
-- Step 20 of 22, contract: Drop the old column word__old, rate__old, seen__old of moved
--   Id:           moved.word/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old works, new works; the column's name stays
--   Way back:     loses values of rate that do not come back from rate unchanged; values of seen that do not come back from seen unchanged
--   Hazards:      drop
-- ============================================================================
SELECT 'step 20 of 22: Drop the old column word__old, rate__old, seen__old of moved' AS `forgelua`;
ALTER TABLE `moved`
  DROP COLUMN `word__old`,
  ALGORITHM=INSTANT;
ALTER TABLE `moved`
  DROP COLUMN `rate__old`,
  ALGORITHM=INSTANT;
ALTER TABLE `moved`
  DROP COLUMN `seen__old`,
  ALGORITHM=INSTANT;
SELECT 'step 20 of 22: done' AS `forgelua`;
-- Application: Check that no application, report or job names word__old, rate__old, seen__old any more.

-- ============================================================================
-- Step 21 of 22, contract: Drop the trigger that filled gross of sales
--   Id:           sales.gross/contract/stop-filling
--   Why:          every application writes the column by itself now
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; rows of an application that leaves the column out are no longer filled
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 21 of 22: Drop the trigger that filled gross of sales' AS `forgelua`;
DROP TRIGGER IF EXISTS `sales__sync_i`;
DROP TRIGGER IF EXISTS `sales__sync_u`;
SELECT 'step 21 of 22: done' AS `forgelua`;
-- Application: Check that every deployed version writes gross.

-- ============================================================================
-- Step 22 of 22, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 22 of 22: Remove the progress and error tables' AS `forgelua`;
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
SELECT 'step 22 of 22: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'forward: done' AS `forgelua`;
