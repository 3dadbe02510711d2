-- Forward, every phase of migration mutual_keys_in_one_sitting
-- Tables that refer to each other grow in development, and a column of one of them is computed anew
-- mysql 8.4; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: mysql --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.

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
-- Check: step 1 must not be done at this point: Serve people under its new name staff by a view. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'staff' AND TABLE_TYPE = 'VIEW') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 1 must not be done at this point: Serve people under its new name staff by a view')), '0', @forgelua_actual);
-- Check: step 16 must not be done at this point: Flip depts, people, skills to their copies, together. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME = 'depts__sync_2_i') AND EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME = 'depts__sync_2_u') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 16 must not be done at this point: Flip depts, people, skills to their copies, together')), '0', @forgelua_actual);
-- Check: the whole plan must not be done at this point: alter_column depts.id. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'depts' AND COLUMN_NAME = 'id') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'depts' AND COLUMN_NAME = 'id' AND DATA_TYPE = 'bigint' AND COLUMN_TYPE NOT LIKE '%unsigned%') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must not be done at this point: alter_column depts.id')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 30, expand: Serve people under its new name staff by a view
--   Id:           staff/expand/view-under-new-name
--   Why:          the new application can say the new name before the table has it
--   Lock:         EXCLUSIVE metadata lock on the view, blocks DDL for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; reads and writes through the view reach the table; a column added later is not in it
--   Way back:     yes, nothing is lost
--   Hazards:      view bridge
-- ============================================================================
SELECT 'step 1 of 30: Serve people under its new name staff by a view' AS `forgelua`;
CREATE VIEW `staff` AS SELECT `id`, `dept_id`, `boss` FROM `people`;
SELECT 'step 1 of 30: done' AS `forgelua`;

-- ============================================================================
-- Step 2 of 30, expand: Create depts__new in the new shape of depts
--   Id:           depts/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 2 of 30: Create depts__new in the new shape of depts' AS `forgelua`;
-- Check: no trigger, policy, rule or statistics object of depts that this plan does not know: a copy would lose it. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE = 'depts' AND TRIGGER_NAME NOT LIKE '%\_\_sync%') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no trigger, policy, rule or statistics object of depts that this plan does not know: a copy would lose it')), '0', @forgelua_actual);
CREATE TABLE `depts__new` (
  `id` bigint NOT NULL,
  `head` bigint NULL,
  `title` varchar(19) NOT NULL DEFAULT '?',
  PRIMARY KEY (`id`)
);
SELECT 'step 2 of 30: done' AS `forgelua`;

-- ============================================================================
-- Step 3 of 30, expand: Create people__new in the new shape of people
--   Id:           people/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 3 of 30: Create people__new in the new shape of people' AS `forgelua`;
-- Check: no trigger, policy, rule or statistics object of people that this plan does not know: a copy would lose it. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE = 'people' AND TRIGGER_NAME NOT LIKE '%\_\_sync%') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no trigger, policy, rule or statistics object of people that this plan does not know: a copy would lose it')), '0', @forgelua_actual);
CREATE TABLE `people__new` (
  `id` bigint NOT NULL,
  `dept_id` bigint NOT NULL,
  `boss` bigint NULL,
  PRIMARY KEY (`id`)
);
SELECT 'step 3 of 30: done' AS `forgelua`;

-- ============================================================================
-- Step 4 of 30, expand: Create skills__new in the new shape of skills
--   Id:           skills/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 4 of 30: Create skills__new in the new shape of skills' AS `forgelua`;
-- Check: no trigger, policy, rule or statistics object of skills that this plan does not know: a copy would lose it. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE = 'skills' AND TRIGGER_NAME NOT LIKE '%\_\_sync%') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no trigger, policy, rule or statistics object of skills that this plan does not know: a copy would lose it')), '0', @forgelua_actual);
CREATE TABLE `skills__new` (
  `person_id` bigint NOT NULL,
  `skill` varchar(20) NOT NULL,
  PRIMARY KEY (`person_id`, `skill`)
);
SELECT 'step 4 of 30: done' AS `forgelua`;

-- ============================================================================
-- Step 5 of 30, migrate: Repeat every write to depts on depts__new
--   Id:           depts/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Also locks:   depts__new
--   Note:         creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
SELECT 'step 5 of 30: Repeat every write to depts on depts__new' AS `forgelua`;
-- Check: every row of depts gives title a value. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `depts` WHERE (COALESCE(title, 'none')) IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row of depts gives title a value')), '0', @forgelua_actual);
-- Check: no row of depts points at a missing row of staff. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT `head` AS `head` FROM `depts`) AS child_row WHERE child_row.`head` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM (SELECT `id` AS `id` FROM `people`) AS parent_row WHERE parent_row.`id` = child_row.`head`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of depts points at a missing row of staff')), '0', @forgelua_actual);
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
CREATE TRIGGER `depts__sync_210d_d` AFTER DELETE ON `depts` FOR EACH ROW
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
  DELETE FROM `depts__new` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('depts__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'head', OLD.`head`, 'title', OLD.`title`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `depts__sync_210d_u` AFTER UPDATE ON `depts` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_kept3 varchar(19) DEFAULT NULL;
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
  IF NOT (CAST(NEW.`title` AS BINARY) <=> CAST(OLD.`title` AS BINARY)) OR NOT EXISTS (SELECT 1 FROM `depts__new` WHERE `id` = OLD.`id`) THEN
    SET forgelua_kept3 = (SELECT COALESCE(title, 'none') FROM (SELECT NEW.`title` AS `title`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE, forgelua_kept3 = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('depts__sync', 'title', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'head', NEW.`head`, 'title', NEW.`title`), forgelua_message);
    END IF;
  ELSE
    SET forgelua_kept3 = (SELECT `title` FROM `depts__new` WHERE `id` = OLD.`id`);
  END IF;
  IF NOT (OLD.`id` <=> NEW.`id`) THEN
    UPDATE `depts__new` SET `id` = NEW.`id`, `head` = NEW.`head`, `title` = forgelua_kept3 WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `depts__new` (`id`, `head`, `title`) VALUES (NEW.`id`, NEW.`head`, forgelua_kept3);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `depts__new` SET `id` = NEW.`id`, `head` = NEW.`head`, `title` = forgelua_kept3 WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `depts__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('depts__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'head', NEW.`head`, 'title', NEW.`title`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `depts__sync_210d_i` AFTER INSERT ON `depts` FOR EACH ROW
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
    INSERT INTO `depts__new` (`id`, `head`, `title`) VALUES (NEW.`id`, NEW.`head`, (SELECT COALESCE(title, 'none') FROM (SELECT NEW.`title` AS `title`) AS forgelua_row));
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `depts__new` SET `id` = NEW.`id`, `head` = NEW.`head`, `title` = (SELECT COALESCE(title, 'none') FROM (SELECT NEW.`title` AS `title`) AS forgelua_row) WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `depts__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('depts__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'head', NEW.`head`, 'title', NEW.`title`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 5 of 30: done' AS `forgelua`;

-- ============================================================================
-- Step 6 of 30, migrate: Copy the rows of depts into depts__new
--   Id:           depts/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; a transaction that updates several of them may meet a deadlock and must be ready to run again
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
SELECT 'step 6 of 30: Copy the rows of depts into depts__new' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('depts/migrate/copy', 'depts', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'depts/migrate/copy';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `depts` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `depts` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `depts` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `depts` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      INSERT INTO `depts__new` (`id`, `head`, `title`) SELECT `id`, `head`, COALESCE(title, 'none') FROM `depts` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `depts__new` AS forgelua_t WHERE forgelua_t.`id` = `depts`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'depts/migrate/copy';
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
              SELECT 'depts/migrate/copy', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'head', `head`, 'title', `title`), forgelua_message FROM `depts` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          INSERT INTO `depts__new` (`id`, `head`, `title`) SELECT `id`, `head`, COALESCE(title, 'none') FROM `depts` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `depts__new` AS forgelua_t WHERE forgelua_t.`id` = `depts`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'depts/migrate/copy';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `depts` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'depts/migrate/copy';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'step 6 of 30: done' AS `forgelua`;
-- Check: every row has an equal one in the copy. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT `id` AS `id`, `head` AS `head`, COALESCE(title, 'none') AS `title` FROM `depts`) AS source WHERE NOT EXISTS (SELECT 1 FROM `depts__new` AS copied WHERE copied.`id` = source.`id` AND (copied.`head` = source.`head` OR (copied.`head` IS NULL AND source.`head` IS NULL)) AND (copied.`title` = source.`title` OR (copied.`title` IS NULL AND source.`title` IS NULL)))) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row has an equal one in the copy')), '0', @forgelua_actual);

-- ============================================================================
-- Step 7 of 30, migrate: Repeat every write to people on people__new
--   Id:           people/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Also locks:   people__new
--   Note:         creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
SELECT 'step 7 of 30: Repeat every write to people on people__new' AS `forgelua`;
-- Check: no row of people points at a missing row of depts. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT `dept_id` AS `dept_id` FROM `people`) AS child_row WHERE child_row.`dept_id` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM (SELECT `id` AS `id` FROM `depts`) AS parent_row WHERE parent_row.`id` = child_row.`dept_id`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of people points at a missing row of depts')), '0', @forgelua_actual);
-- Check: no row of people points at a missing row of staff. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT `boss` AS `boss` FROM `people`) AS child_row WHERE child_row.`boss` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM (SELECT `id` AS `id` FROM `people`) AS parent_row WHERE parent_row.`id` = child_row.`boss`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of people points at a missing row of staff')), '0', @forgelua_actual);
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
CREATE TRIGGER `people__sync_3272_d` AFTER DELETE ON `people` FOR EACH ROW
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
  DELETE FROM `people__new` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('people__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'dept_id', OLD.`dept_id`, 'boss', OLD.`boss`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `people__sync_3272_u` AFTER UPDATE ON `people` FOR EACH ROW
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
    UPDATE `people__new` SET `id` = NEW.`id`, `dept_id` = NEW.`dept_id`, `boss` = NEW.`boss` WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `people__new` (`id`, `dept_id`, `boss`) VALUES (NEW.`id`, NEW.`dept_id`, NEW.`boss`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `people__new` SET `id` = NEW.`id`, `dept_id` = NEW.`dept_id`, `boss` = NEW.`boss` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `people__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('people__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'dept_id', NEW.`dept_id`, 'boss', NEW.`boss`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `people__sync_3272_i` AFTER INSERT ON `people` FOR EACH ROW
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
    INSERT INTO `people__new` (`id`, `dept_id`, `boss`) VALUES (NEW.`id`, NEW.`dept_id`, NEW.`boss`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `people__new` SET `id` = NEW.`id`, `dept_id` = NEW.`dept_id`, `boss` = NEW.`boss` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `people__new` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('people__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'dept_id', NEW.`dept_id`, 'boss', NEW.`boss`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 7 of 30: done' AS `forgelua`;

-- ============================================================================
-- Step 8 of 30, migrate: Copy the rows of people into people__new
--   Id:           people/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; a transaction that updates several of them may meet a deadlock and must be ready to run again
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
SELECT 'step 8 of 30: Copy the rows of people into people__new' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('people/migrate/copy', 'people', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'people/migrate/copy';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `people` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `people` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `id` INTO forgelua_e1 FROM `people` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `people` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      INSERT INTO `people__new` (`id`, `dept_id`, `boss`) SELECT `id`, `dept_id`, `boss` FROM `people` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `people__new` AS forgelua_t WHERE forgelua_t.`id` = `people`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'people/migrate/copy';
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
              SELECT 'people/migrate/copy', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'dept_id', `dept_id`, 'boss', `boss`), forgelua_message FROM `people` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          INSERT INTO `people__new` (`id`, `dept_id`, `boss`) SELECT `id`, `dept_id`, `boss` FROM `people` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `people__new` AS forgelua_t WHERE forgelua_t.`id` = `people`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'people/migrate/copy';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `people` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'people/migrate/copy';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'step 8 of 30: done' AS `forgelua`;
-- Check: every row has an equal one in the copy. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT `id` AS `id`, `dept_id` AS `dept_id`, `boss` AS `boss` FROM `people`) AS source WHERE NOT EXISTS (SELECT 1 FROM `people__new` AS copied WHERE copied.`id` = source.`id` AND (copied.`dept_id` = source.`dept_id` OR (copied.`dept_id` IS NULL AND source.`dept_id` IS NULL)) AND (copied.`boss` = source.`boss` OR (copied.`boss` IS NULL AND source.`boss` IS NULL)))) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row has an equal one in the copy')), '0', @forgelua_actual);

-- ============================================================================
-- Step 9 of 30, migrate: Repeat every write to skills on skills__new
--   Id:           skills/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Also locks:   skills__new
--   Note:         creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
SELECT 'step 9 of 30: Repeat every write to skills on skills__new' AS `forgelua`;
-- Check: no row of skills points at a missing row of staff. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT `person_id` AS `person_id` FROM `skills`) AS child_row WHERE child_row.`person_id` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM (SELECT `id` AS `id` FROM `people`) AS parent_row WHERE parent_row.`id` = child_row.`person_id`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of skills points at a missing row of staff')), '0', @forgelua_actual);
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
CREATE TRIGGER `skills__sync_f83f_d` AFTER DELETE ON `skills` FOR EACH ROW
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
  DELETE FROM `skills__new` WHERE `person_id` = OLD.`person_id` AND `skill` = OLD.`skill`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('skills__sync', '*', CONCAT_WS(',', OLD.`person_id`, OLD.`skill`), JSON_OBJECT('person_id', OLD.`person_id`, 'skill', OLD.`skill`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `skills__sync_f83f_u` AFTER UPDATE ON `skills` FOR EACH ROW
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
  IF NOT (OLD.`person_id` <=> NEW.`person_id` AND OLD.`skill` <=> NEW.`skill`) THEN
    UPDATE `skills__new` SET `person_id` = NEW.`person_id`, `skill` = NEW.`skill` WHERE `person_id` = OLD.`person_id` AND `skill` = OLD.`skill`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `skills__new` (`person_id`, `skill`) VALUES (NEW.`person_id`, NEW.`skill`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `skills__new` SET `person_id` = NEW.`person_id`, `skill` = NEW.`skill` WHERE `person_id` = NEW.`person_id` AND `skill` = NEW.`skill`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `skills__new` WHERE `person_id` = NEW.`person_id` AND `skill` = NEW.`skill`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('skills__sync', '*', CONCAT_WS(',', NEW.`person_id`, NEW.`skill`), JSON_OBJECT('person_id', NEW.`person_id`, 'skill', NEW.`skill`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `skills__sync_f83f_i` AFTER INSERT ON `skills` FOR EACH ROW
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
    INSERT INTO `skills__new` (`person_id`, `skill`) VALUES (NEW.`person_id`, NEW.`skill`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `skills__new` SET `person_id` = NEW.`person_id`, `skill` = NEW.`skill` WHERE `person_id` = NEW.`person_id` AND `skill` = NEW.`skill`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `skills__new` WHERE `person_id` = NEW.`person_id` AND `skill` = NEW.`skill`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('skills__sync', '*', CONCAT_WS(',', NEW.`person_id`, NEW.`skill`), JSON_OBJECT('person_id', NEW.`person_id`, 'skill', NEW.`skill`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 9 of 30: done' AS `forgelua`;

-- ============================================================================
-- Step 10 of 30, migrate: Copy the rows of skills into skills__new
--   Id:           skills/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; a transaction that updates several of them may meet a deadlock and must be ready to run again
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
SELECT 'step 10 of 30: Copy the rows of skills into skills__new' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('skills/migrate/copy/stale', 'skills__new', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_l1 bigint;
  DECLARE forgelua_l2 varchar(20);
  DECLARE forgelua_s1 bigint;
  DECLARE forgelua_s2 varchar(20);
  DECLARE forgelua_e1 bigint;
  DECLARE forgelua_e2 varchar(20);
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'skills/migrate/copy/stale';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
    SET forgelua_l2 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[1]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `person_id`, `skill` INTO forgelua_s1, forgelua_s2 FROM `skills__new` WHERE `person_id` >= forgelua_l1 AND (`person_id` > forgelua_l1 OR (`skill` > forgelua_l2)) ORDER BY `person_id`, `skill` LIMIT 1;
    ELSE
      SELECT `person_id`, `skill` INTO forgelua_s1, forgelua_s2 FROM `skills__new` ORDER BY `person_id`, `skill` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `person_id`, `skill` INTO forgelua_e1, forgelua_e2 FROM `skills__new` WHERE `person_id` >= forgelua_s1 AND (`person_id` > forgelua_s1 OR (`skill` >= forgelua_s2)) ORDER BY `person_id`, `skill` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `person_id`, `skill` INTO forgelua_e1, forgelua_e2 FROM `skills__new` ORDER BY `person_id` DESC, `skill` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      DO (SELECT COUNT(*) FROM `skills` WHERE `person_id` >= forgelua_s1 AND (`person_id` > forgelua_s1 OR (`skill` >= forgelua_s2)) AND `person_id` <= forgelua_e1 AND (`person_id` < forgelua_e1 OR (`skill` <= forgelua_e2)) LOCK IN SHARE MODE);
      DELETE FROM `skills__new` WHERE `person_id` >= forgelua_s1 AND (`person_id` > forgelua_s1 OR (`skill` >= forgelua_s2)) AND `person_id` <= forgelua_e1 AND (`person_id` < forgelua_e1 OR (`skill` <= forgelua_e2)) AND NOT EXISTS (SELECT 1 FROM `skills` WHERE `skills__new`.`person_id` <=> (`person_id`) AND `skills__new`.`skill` <=> (`skill`) LOCK IN SHARE MODE);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR), CAST(forgelua_e2 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'skills/migrate/copy/stale';
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
              SELECT 'skills/migrate/copy/stale', JSON_ARRAY(CAST(forgelua_s1 AS CHAR), CAST(forgelua_s2 AS CHAR)), JSON_OBJECT('person_id', `person_id`, 'skill', `skill`), forgelua_message FROM `skills__new` WHERE `person_id` = forgelua_s1 AND `skill` = forgelua_s2;
          END;
          START TRANSACTION;
          DO (SELECT COUNT(*) FROM `skills` WHERE `person_id` = forgelua_s1 AND `skill` = forgelua_s2 LOCK IN SHARE MODE);
      DELETE FROM `skills__new` WHERE `person_id` = forgelua_s1 AND `skill` = forgelua_s2 AND NOT EXISTS (SELECT 1 FROM `skills` WHERE `skills__new`.`person_id` <=> (`person_id`) AND `skills__new`.`skill` <=> (`skill`) LOCK IN SHARE MODE);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR), CAST(forgelua_s2 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'skills/migrate/copy/stale';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `person_id`, `skill` INTO forgelua_s1, forgelua_s2 FROM `skills__new` WHERE `person_id` >= forgelua_s1 AND (`person_id` > forgelua_s1 OR (`skill` > forgelua_s2)) AND `person_id` <= forgelua_e1 AND (`person_id` < forgelua_e1 OR (`skill` <= forgelua_e2)) ORDER BY `person_id`, `skill` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1, forgelua_l2 = forgelua_e2;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'skills/migrate/copy/stale';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('skills/migrate/copy', 'skills', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_l2 varchar(20);
  DECLARE forgelua_s1 int;
  DECLARE forgelua_s2 varchar(20);
  DECLARE forgelua_e1 int;
  DECLARE forgelua_e2 varchar(20);
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'skills/migrate/copy';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
    SET forgelua_l2 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[1]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `person_id`, `skill` INTO forgelua_s1, forgelua_s2 FROM `skills` WHERE `person_id` >= forgelua_l1 AND (`person_id` > forgelua_l1 OR (`skill` > forgelua_l2)) ORDER BY `person_id`, `skill` LIMIT 1;
    ELSE
      SELECT `person_id`, `skill` INTO forgelua_s1, forgelua_s2 FROM `skills` ORDER BY `person_id`, `skill` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `person_id`, `skill` INTO forgelua_e1, forgelua_e2 FROM `skills` WHERE `person_id` >= forgelua_s1 AND (`person_id` > forgelua_s1 OR (`skill` >= forgelua_s2)) ORDER BY `person_id`, `skill` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `person_id`, `skill` INTO forgelua_e1, forgelua_e2 FROM `skills` ORDER BY `person_id` DESC, `skill` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      INSERT INTO `skills__new` (`person_id`, `skill`) SELECT `person_id`, `skill` FROM `skills` WHERE `person_id` >= forgelua_s1 AND (`person_id` > forgelua_s1 OR (`skill` >= forgelua_s2)) AND `person_id` <= forgelua_e1 AND (`person_id` < forgelua_e1 OR (`skill` <= forgelua_e2)) AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `skills__new` AS forgelua_t WHERE forgelua_t.`person_id` = `skills`.`person_id` AND forgelua_t.`skill` = `skills`.`skill` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR), CAST(forgelua_e2 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'skills/migrate/copy';
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
              SELECT 'skills/migrate/copy', JSON_ARRAY(CAST(forgelua_s1 AS CHAR), CAST(forgelua_s2 AS CHAR)), JSON_OBJECT('person_id', `person_id`, 'skill', `skill`), forgelua_message FROM `skills` WHERE `person_id` = forgelua_s1 AND `skill` = forgelua_s2;
          END;
          START TRANSACTION;
          INSERT INTO `skills__new` (`person_id`, `skill`) SELECT `person_id`, `skill` FROM `skills` WHERE `person_id` = forgelua_s1 AND `skill` = forgelua_s2 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `skills__new` AS forgelua_t WHERE forgelua_t.`person_id` = `skills`.`person_id` AND forgelua_t.`skill` = `skills`.`skill` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR), CAST(forgelua_s2 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'skills/migrate/copy';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `person_id`, `skill` INTO forgelua_s1, forgelua_s2 FROM `skills` WHERE `person_id` >= forgelua_s1 AND (`person_id` > forgelua_s1 OR (`skill` > forgelua_s2)) AND `person_id` <= forgelua_e1 AND (`person_id` < forgelua_e1 OR (`skill` <= forgelua_e2)) ORDER BY `person_id`, `skill` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1, forgelua_l2 = forgelua_e2;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'skills/migrate/copy';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'step 10 of 30: done' AS `forgelua`;
-- Check: every row has an equal one in the copy. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT `person_id` AS `person_id`, `skill` AS `skill` FROM `skills`) AS source WHERE NOT EXISTS (SELECT 1 FROM `skills__new` AS copied WHERE copied.`person_id` = source.`person_id` AND copied.`skill` = source.`skill`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row has an equal one in the copy')), '0', @forgelua_actual);

-- ============================================================================
-- Step 11 of 30, switch: Make rows of skills__new anew that a foreign key's action on skills has changed
--   Id:           skills/switch/refresh
--   Why:          such an action fires no trigger, so the copy has not heard of it; run this again where the next script finds rows that point nowhere
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; a transaction that updates several of them may meet a deadlock and must be ready to run again
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill
-- ============================================================================
SELECT 'step 11 of 30: Make rows of skills__new anew that a foreign key''s action on skills has changed' AS `forgelua`;
-- Check: step 10 has come to its end: Copy the rows of skills into skills__new. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'skills/migrate/copy' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 10 has come to its end: Copy the rows of skills into skills__new')), '1', @forgelua_actual);
-- Check: no row of skills stands in forgelua_sync_errors (mend it in skills, then delete it from the log). Expects 0.
SELECT CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'skills__sync') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of skills stands in forgelua_sync_errors (mend it in skills, then delete it from the log)')), '0', @forgelua_actual);
-- Check: step 8 has come to its end: Copy the rows of people into people__new. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'people/migrate/copy' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 8 has come to its end: Copy the rows of people into people__new')), '1', @forgelua_actual);
-- Check: no row of people stands in forgelua_sync_errors (mend it in people, then delete it from the log). Expects 0.
SELECT CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'people__sync') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of people stands in forgelua_sync_errors (mend it in people, then delete it from the log)')), '0', @forgelua_actual);
-- Check: step 6 has come to its end: Copy the rows of depts into depts__new. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'depts/migrate/copy' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 6 has come to its end: Copy the rows of depts into depts__new')), '1', @forgelua_actual);
-- Check: no row of depts stands in forgelua_sync_errors (mend it in depts, then delete it from the log). Expects 0.
SELECT CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'depts__sync') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of depts stands in forgelua_sync_errors (mend it in depts, then delete it from the log)')), '0', @forgelua_actual);
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('skills/switch/refresh/stale', 'skills__new', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_l1 bigint;
  DECLARE forgelua_l2 varchar(20);
  DECLARE forgelua_s1 bigint;
  DECLARE forgelua_s2 varchar(20);
  DECLARE forgelua_e1 bigint;
  DECLARE forgelua_e2 varchar(20);
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'skills/switch/refresh/stale';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
    SET forgelua_l2 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[1]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `person_id`, `skill` INTO forgelua_s1, forgelua_s2 FROM `skills__new` WHERE `person_id` >= forgelua_l1 AND (`person_id` > forgelua_l1 OR (`skill` > forgelua_l2)) ORDER BY `person_id`, `skill` LIMIT 1;
    ELSE
      SELECT `person_id`, `skill` INTO forgelua_s1, forgelua_s2 FROM `skills__new` ORDER BY `person_id`, `skill` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `person_id`, `skill` INTO forgelua_e1, forgelua_e2 FROM `skills__new` WHERE `person_id` >= forgelua_s1 AND (`person_id` > forgelua_s1 OR (`skill` >= forgelua_s2)) ORDER BY `person_id`, `skill` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `person_id`, `skill` INTO forgelua_e1, forgelua_e2 FROM `skills__new` ORDER BY `person_id` DESC, `skill` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      DO (SELECT COUNT(*) FROM `skills` WHERE `person_id` >= forgelua_s1 AND (`person_id` > forgelua_s1 OR (`skill` >= forgelua_s2)) AND `person_id` <= forgelua_e1 AND (`person_id` < forgelua_e1 OR (`skill` <= forgelua_e2)) LOCK IN SHARE MODE);
      DELETE FROM `skills__new` WHERE `person_id` >= forgelua_s1 AND (`person_id` > forgelua_s1 OR (`skill` >= forgelua_s2)) AND `person_id` <= forgelua_e1 AND (`person_id` < forgelua_e1 OR (`skill` <= forgelua_e2)) AND NOT EXISTS (SELECT 1 FROM `skills` WHERE `skills__new`.`person_id` <=> (`person_id`) AND `skills__new`.`skill` <=> (`skill`) LOCK IN SHARE MODE);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR), CAST(forgelua_e2 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'skills/switch/refresh/stale';
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
              SELECT 'skills/switch/refresh/stale', JSON_ARRAY(CAST(forgelua_s1 AS CHAR), CAST(forgelua_s2 AS CHAR)), JSON_OBJECT('person_id', `person_id`, 'skill', `skill`), forgelua_message FROM `skills__new` WHERE `person_id` = forgelua_s1 AND `skill` = forgelua_s2;
          END;
          START TRANSACTION;
          DO (SELECT COUNT(*) FROM `skills` WHERE `person_id` = forgelua_s1 AND `skill` = forgelua_s2 LOCK IN SHARE MODE);
      DELETE FROM `skills__new` WHERE `person_id` = forgelua_s1 AND `skill` = forgelua_s2 AND NOT EXISTS (SELECT 1 FROM `skills` WHERE `skills__new`.`person_id` <=> (`person_id`) AND `skills__new`.`skill` <=> (`skill`) LOCK IN SHARE MODE);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR), CAST(forgelua_s2 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'skills/switch/refresh/stale';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `person_id`, `skill` INTO forgelua_s1, forgelua_s2 FROM `skills__new` WHERE `person_id` >= forgelua_s1 AND (`person_id` > forgelua_s1 OR (`skill` > forgelua_s2)) AND `person_id` <= forgelua_e1 AND (`person_id` < forgelua_e1 OR (`skill` <= forgelua_e2)) ORDER BY `person_id`, `skill` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1, forgelua_l2 = forgelua_e2;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'skills/switch/refresh/stale';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('skills/switch/refresh', 'skills', NULL, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_l2 varchar(20);
  DECLARE forgelua_s1 int;
  DECLARE forgelua_s2 varchar(20);
  DECLARE forgelua_e1 int;
  DECLARE forgelua_e2 varchar(20);
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'skills/switch/refresh';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
    SET forgelua_l2 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[1]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `person_id`, `skill` INTO forgelua_s1, forgelua_s2 FROM `skills` WHERE `person_id` >= forgelua_l1 AND (`person_id` > forgelua_l1 OR (`skill` > forgelua_l2)) ORDER BY `person_id`, `skill` LIMIT 1;
    ELSE
      SELECT `person_id`, `skill` INTO forgelua_s1, forgelua_s2 FROM `skills` ORDER BY `person_id`, `skill` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(1.000); END IF;
    SELECT `person_id`, `skill` INTO forgelua_e1, forgelua_e2 FROM `skills` WHERE `person_id` >= forgelua_s1 AND (`person_id` > forgelua_s1 OR (`skill` >= forgelua_s2)) ORDER BY `person_id`, `skill` LIMIT 99999, 1;
    IF forgelua_none THEN
      SELECT `person_id`, `skill` INTO forgelua_e1, forgelua_e2 FROM `skills` ORDER BY `person_id` DESC, `skill` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      INSERT INTO `skills__new` (`person_id`, `skill`) SELECT `person_id`, `skill` FROM `skills` WHERE `person_id` >= forgelua_s1 AND (`person_id` > forgelua_s1 OR (`skill` >= forgelua_s2)) AND `person_id` <= forgelua_e1 AND (`person_id` < forgelua_e1 OR (`skill` <= forgelua_e2)) AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `skills__new` AS forgelua_t WHERE forgelua_t.`person_id` = `skills`.`person_id` AND forgelua_t.`skill` = `skills`.`skill` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR), CAST(forgelua_e2 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'skills/switch/refresh';
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
              SELECT 'skills/switch/refresh', JSON_ARRAY(CAST(forgelua_s1 AS CHAR), CAST(forgelua_s2 AS CHAR)), JSON_OBJECT('person_id', `person_id`, 'skill', `skill`), forgelua_message FROM `skills` WHERE `person_id` = forgelua_s1 AND `skill` = forgelua_s2;
          END;
          START TRANSACTION;
          INSERT INTO `skills__new` (`person_id`, `skill`) SELECT `person_id`, `skill` FROM `skills` WHERE `person_id` = forgelua_s1 AND `skill` = forgelua_s2 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `skills__new` AS forgelua_t WHERE forgelua_t.`person_id` = `skills`.`person_id` AND forgelua_t.`skill` = `skills`.`skill` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR), CAST(forgelua_s2 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'skills/switch/refresh';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `person_id`, `skill` INTO forgelua_s1, forgelua_s2 FROM `skills` WHERE `person_id` >= forgelua_s1 AND (`person_id` > forgelua_s1 OR (`skill` > forgelua_s2)) AND `person_id` <= forgelua_e1 AND (`person_id` < forgelua_e1 OR (`skill` <= forgelua_e2)) ORDER BY `person_id`, `skill` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1, forgelua_l2 = forgelua_e2;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'skills/switch/refresh';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION transaction_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'step 11 of 30: done' AS `forgelua`;
-- Check: every row has an equal one in the copy. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT `person_id` AS `person_id`, `skill` AS `skill` FROM `skills`) AS source WHERE NOT EXISTS (SELECT 1 FROM `skills__new` AS copied WHERE copied.`person_id` = source.`person_id` AND copied.`skill` = source.`skill`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row has an equal one in the copy')), '0', @forgelua_actual);

-- ============================================================================
-- Step 12 of 30, switch: Add the foreign key depts__new_ibfk_1 on depts__new
--   Id:           depts__new.depts__new_ibfk_1/switch/add-foreign-key
--   Why:          its rows are there now
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Also locks:   people__new
--   Note:         an exclusive metadata lock for an instant at the start and the end; added with foreign_key_checks off, so that writes go on; the rows are looked at right after by a plain read, and the key goes again where they do not fit
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 12 of 30: Add the foreign key depts__new_ibfk_1 on depts__new' AS `forgelua`;
-- Check: no row of depts__new points at a missing row of people__new. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `depts__new` AS child_row WHERE child_row.`head` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `people__new` AS parent_row WHERE parent_row.`id` = child_row.`head`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of depts__new points at a missing row of people__new')), '0', @forgelua_actual);
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `depts__new`
  ADD CONSTRAINT `depts__new_ibfk_1` FOREIGN KEY (`head`) REFERENCES `people__new` (`id`),
  ADD KEY `depts__new_ibfk_1` (`head`),
  ALGORITHM=INPLACE,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `depts__new` AS c WHERE c.`head` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `people__new` AS p WHERE p.`id` = c.`head`)) THEN
    ALTER TABLE `depts__new` DROP FOREIGN KEY `depts__new_ibfk_1`, DROP INDEX `depts__new_ibfk_1`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of depts__new have no match for foreign key depts__new_ibfk_1';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'step 12 of 30: done' AS `forgelua`;

-- ============================================================================
-- Step 13 of 30, switch: Add the foreign key people__new_ibfk_1 on people__new
--   Id:           people__new.people__new_ibfk_1/switch/add-foreign-key
--   Why:          its rows are there now
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Also locks:   depts__new
--   Note:         an exclusive metadata lock for an instant at the start and the end; added with foreign_key_checks off, so that writes go on; the rows are looked at right after by a plain read, and the key goes again where they do not fit
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 13 of 30: Add the foreign key people__new_ibfk_1 on people__new' AS `forgelua`;
-- Check: no row of people__new points at a missing row of depts__new. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `people__new` AS child_row WHERE child_row.`dept_id` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `depts__new` AS parent_row WHERE parent_row.`id` = child_row.`dept_id`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of people__new points at a missing row of depts__new')), '0', @forgelua_actual);
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `people__new`
  ADD CONSTRAINT `people__new_ibfk_1` FOREIGN KEY (`dept_id`) REFERENCES `depts__new` (`id`),
  ADD KEY `people__new_ibfk_1` (`dept_id`),
  ALGORITHM=INPLACE,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `people__new` AS c WHERE c.`dept_id` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `depts__new` AS p WHERE p.`id` = c.`dept_id`)) THEN
    ALTER TABLE `people__new` DROP FOREIGN KEY `people__new_ibfk_1`, DROP INDEX `people__new_ibfk_1`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of people__new have no match for foreign key people__new_ibfk_1';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'step 13 of 30: done' AS `forgelua`;

-- ============================================================================
-- Step 14 of 30, switch: Add the foreign key people__new_ibfk_2 on people__new
--   Id:           people__new.people__new_ibfk_2/switch/add-foreign-key
--   Why:          its rows are there now
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Also locks:   people__new
--   Note:         an exclusive metadata lock for an instant at the start and the end; added with foreign_key_checks off, so that writes go on; the rows are looked at right after by a plain read, and the key goes again where they do not fit
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 14 of 30: Add the foreign key people__new_ibfk_2 on people__new' AS `forgelua`;
-- Check: no row of people__new points at a missing row of people__new. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `people__new` AS child_row WHERE child_row.`boss` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `people__new` AS parent_row WHERE parent_row.`id` = child_row.`boss`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of people__new points at a missing row of people__new')), '0', @forgelua_actual);
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `people__new`
  ADD CONSTRAINT `people__new_ibfk_2` FOREIGN KEY (`boss`) REFERENCES `people__new` (`id`),
  ADD KEY `people__new_ibfk_2` (`boss`),
  ALGORITHM=INPLACE,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `people__new` AS c WHERE c.`boss` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `people__new` AS p WHERE p.`id` = c.`boss`)) THEN
    ALTER TABLE `people__new` DROP FOREIGN KEY `people__new_ibfk_2`, DROP INDEX `people__new_ibfk_2`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of people__new have no match for foreign key people__new_ibfk_2';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'step 14 of 30: done' AS `forgelua`;

-- ============================================================================
-- Step 15 of 30, switch: Add the foreign key skills__new_ibfk_1 on skills__new
--   Id:           skills__new.skills__new_ibfk_1/switch/add-foreign-key
--   Why:          its rows are there now
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Also locks:   people__new
--   Note:         an exclusive metadata lock for an instant at the start and the end; added with foreign_key_checks off, so that writes go on; the rows are looked at right after by a plain read, and the key goes again where they do not fit; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 15 of 30: Add the foreign key skills__new_ibfk_1 on skills__new' AS `forgelua`;
-- Check: no row of skills__new points at a missing row of people__new. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `skills__new` AS child_row WHERE child_row.`person_id` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `people__new` AS parent_row WHERE parent_row.`id` = child_row.`person_id`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of skills__new points at a missing row of people__new')), '0', @forgelua_actual);
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `skills__new`
  ADD CONSTRAINT `skills__new_ibfk_1` FOREIGN KEY (`person_id`) REFERENCES `people__new` (`id`) ON DELETE CASCADE,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `skills__new` AS c WHERE c.`person_id` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `people__new` AS p WHERE p.`id` = c.`person_id`)) THEN
    ALTER TABLE `skills__new` DROP FOREIGN KEY `skills__new_ibfk_1`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of skills__new have no match for foreign key skills__new_ibfk_1';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'step 15 of 30: done' AS `forgelua`;

-- ============================================================================
-- Step 16 of 30, switch: Flip depts, people, skills to their copies, together
--   Id:           depts, people, skills/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Also locks:   people, people__new, depts__old, people__old, depts, skills__old, staff
--   Note:         creating and dropping a trigger waits for open transactions on the table; foreign keys of other tables and triggers follow the table; views keep naming the old name; added with foreign_key_checks off, so that writes go on; the rows are looked at right after by a plain read, and the key goes again where they do not fit; added with foreign_key_checks off, so that writes go on; the rows are looked at right after by a plain read, and the key goes again where they do not fit; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers; creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name
--   Way back:     loses values of depts that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors; values of people that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors; values of skills that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
--   Hazards:      swap
-- ============================================================================
SELECT 'step 16 of 30: Flip depts, people, skills to their copies, together' AS `forgelua`;
-- Check: every row of depts__new is still in depts (TRUNCATE fires no trigger). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `depts__new` AS copied WHERE NOT EXISTS (SELECT 1 FROM `depts` AS source WHERE source.`id` = copied.`id`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row of depts__new is still in depts (TRUNCATE fires no trigger)')), '0', @forgelua_actual);
-- Check: every row of people__new is still in people (TRUNCATE fires no trigger). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `people__new` AS copied WHERE NOT EXISTS (SELECT 1 FROM `people` AS source WHERE source.`id` = copied.`id`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row of people__new is still in people (TRUNCATE fires no trigger)')), '0', @forgelua_actual);
-- Check: every row of skills__new is still in skills (TRUNCATE fires no trigger). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `skills__new` AS copied WHERE NOT EXISTS (SELECT 1 FROM `skills` AS source WHERE source.`person_id` = copied.`person_id` AND source.`skill` = copied.`skill`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row of skills__new is still in skills (TRUNCATE fires no trigger)')), '0', @forgelua_actual);
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
CREATE TRIGGER `depts__sync_2622_d` AFTER DELETE ON `depts__new` FOR EACH ROW
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
  DELETE FROM `depts__old` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('depts__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'head', OLD.`head`, 'title', OLD.`title`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `depts__sync_2622_u` AFTER UPDATE ON `depts__new` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_kept3 varchar(9) DEFAULT NULL;
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
  IF NOT (CAST(NEW.`title` AS BINARY) <=> CAST(OLD.`title` AS BINARY)) OR NOT EXISTS (SELECT 1 FROM `depts__old` WHERE `id` = OLD.`id`) THEN
    SET forgelua_kept3 = (SELECT (`title`) FROM (SELECT NEW.`title` AS `title`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE, forgelua_kept3 = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('depts__sync', 'title', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'head', NEW.`head`, 'title', NEW.`title`), forgelua_message);
    END IF;
  ELSE
    SET forgelua_kept3 = (SELECT `title` FROM `depts__old` WHERE `id` = OLD.`id`);
  END IF;
  IF NOT (OLD.`id` <=> NEW.`id`) THEN
    UPDATE `depts__old` SET `id` = NEW.`id`, `head` = NEW.`head`, `title` = forgelua_kept3 WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `depts__old` (`id`, `head`, `title`) VALUES (NEW.`id`, NEW.`head`, forgelua_kept3);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `depts__old` SET `id` = NEW.`id`, `head` = NEW.`head`, `title` = forgelua_kept3 WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `depts__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('depts__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'head', NEW.`head`, 'title', NEW.`title`), forgelua_message);
    SET forgelua_held2 = NEW.`head`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held2 = NULL; END IF;
    DELETE FROM `depts__old` WHERE `id` = OLD.`id`;
    INSERT INTO `depts__old` (`id`, `head`, `title`) VALUES (NEW.`id`, forgelua_held2, forgelua_kept3);
    IF forgelua_taken THEN
      UPDATE `depts__old` SET `id` = NEW.`id`, `head` = forgelua_held2, `title` = forgelua_kept3 WHERE `id` = NEW.`id`;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `depts__sync_2622_i` AFTER INSERT ON `depts__new` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_held2 int DEFAULT NULL;
  DECLARE forgelua_held3 varchar(9) DEFAULT NULL;
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
    INSERT INTO `depts__old` (`id`, `head`, `title`) VALUES (NEW.`id`, NEW.`head`, (SELECT (`title`) FROM (SELECT NEW.`title` AS `title`) AS forgelua_row));
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `depts__old` SET `id` = NEW.`id`, `head` = NEW.`head`, `title` = (SELECT (`title`) FROM (SELECT NEW.`title` AS `title`) AS forgelua_row) WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `depts__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('depts__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'head', NEW.`head`, 'title', NEW.`title`), forgelua_message);
    SET forgelua_held2 = NEW.`head`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held2 = NULL; END IF;
    SET forgelua_held3 = (SELECT (`title`) FROM (SELECT NEW.`title` AS `title`) AS forgelua_row);
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held3 = NULL; END IF;
    INSERT INTO `depts__old` (`id`, `head`, `title`) VALUES (NEW.`id`, forgelua_held2, forgelua_held3);
    IF forgelua_taken THEN
      UPDATE `depts__old` SET `id` = NEW.`id`, `head` = forgelua_held2, `title` = forgelua_held3 WHERE `id` = NEW.`id`;
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `people__sync_3787_d` AFTER DELETE ON `people__new` FOR EACH ROW
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
  DELETE FROM `people__old` WHERE `id` = OLD.`id`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('people__sync', '*', CAST(OLD.`id` AS CHAR), JSON_OBJECT('id', OLD.`id`, 'dept_id', OLD.`dept_id`, 'boss', OLD.`boss`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `people__sync_3787_u` AFTER UPDATE ON `people__new` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_held2 int DEFAULT NULL;
  DECLARE forgelua_held3 int DEFAULT NULL;
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
    UPDATE `people__old` SET `id` = NEW.`id`, `dept_id` = NEW.`dept_id`, `boss` = NEW.`boss` WHERE `id` = OLD.`id`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `people__old` (`id`, `dept_id`, `boss`) VALUES (NEW.`id`, NEW.`dept_id`, NEW.`boss`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `people__old` SET `id` = NEW.`id`, `dept_id` = NEW.`dept_id`, `boss` = NEW.`boss` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `people__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('people__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'dept_id', NEW.`dept_id`, 'boss', NEW.`boss`), forgelua_message);
    SET forgelua_held2 = NEW.`dept_id`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held2 = 0; END IF;
    SET forgelua_held3 = NEW.`boss`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held3 = NULL; END IF;
    DELETE FROM `people__old` WHERE `id` = OLD.`id`;
    INSERT INTO `people__old` (`id`, `dept_id`, `boss`) VALUES (NEW.`id`, forgelua_held2, forgelua_held3);
    IF forgelua_taken THEN
      UPDATE `people__old` SET `id` = NEW.`id`, `dept_id` = forgelua_held2, `boss` = forgelua_held3 WHERE `id` = NEW.`id`;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `people__sync_3787_i` AFTER INSERT ON `people__new` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_held2 int DEFAULT NULL;
  DECLARE forgelua_held3 int DEFAULT NULL;
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
    INSERT INTO `people__old` (`id`, `dept_id`, `boss`) VALUES (NEW.`id`, NEW.`dept_id`, NEW.`boss`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `people__old` SET `id` = NEW.`id`, `dept_id` = NEW.`dept_id`, `boss` = NEW.`boss` WHERE `id` = NEW.`id`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `people__old` WHERE `id` = NEW.`id`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('people__sync', '*', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'dept_id', NEW.`dept_id`, 'boss', NEW.`boss`), forgelua_message);
    SET forgelua_held2 = NEW.`dept_id`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held2 = 0; END IF;
    SET forgelua_held3 = NEW.`boss`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held3 = NULL; END IF;
    INSERT INTO `people__old` (`id`, `dept_id`, `boss`) VALUES (NEW.`id`, forgelua_held2, forgelua_held3);
    IF forgelua_taken THEN
      UPDATE `people__old` SET `id` = NEW.`id`, `dept_id` = forgelua_held2, `boss` = forgelua_held3 WHERE `id` = NEW.`id`;
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `skills__sync_fd54_d` AFTER DELETE ON `skills__new` FOR EACH ROW
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
  DELETE FROM `skills__old` WHERE `person_id` = OLD.`person_id` AND `skill` = OLD.`skill`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('skills__sync', '*', CONCAT_WS(',', OLD.`person_id`, OLD.`skill`), JSON_OBJECT('person_id', OLD.`person_id`, 'skill', OLD.`skill`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `skills__sync_fd54_u` AFTER UPDATE ON `skills__new` FOR EACH ROW
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
  IF NOT (OLD.`person_id` <=> NEW.`person_id` AND OLD.`skill` <=> NEW.`skill`) THEN
    UPDATE `skills__old` SET `person_id` = NEW.`person_id`, `skill` = NEW.`skill` WHERE `person_id` = OLD.`person_id` AND `skill` = OLD.`skill`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `skills__old` (`person_id`, `skill`) VALUES (NEW.`person_id`, NEW.`skill`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `skills__old` SET `person_id` = NEW.`person_id`, `skill` = NEW.`skill` WHERE `person_id` = NEW.`person_id` AND `skill` = NEW.`skill`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `skills__old` WHERE `person_id` = NEW.`person_id` AND `skill` = NEW.`skill`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('skills__sync', '*', CONCAT_WS(',', NEW.`person_id`, NEW.`skill`), JSON_OBJECT('person_id', NEW.`person_id`, 'skill', NEW.`skill`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `skills__sync_fd54_i` AFTER INSERT ON `skills__new` FOR EACH ROW
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
    INSERT INTO `skills__old` (`person_id`, `skill`) VALUES (NEW.`person_id`, NEW.`skill`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `skills__old` SET `person_id` = NEW.`person_id`, `skill` = NEW.`skill` WHERE `person_id` = NEW.`person_id` AND `skill` = NEW.`skill`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `skills__old` WHERE `person_id` = NEW.`person_id` AND `skill` = NEW.`skill`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('skills__sync', '*', CONCAT_WS(',', NEW.`person_id`, NEW.`skill`), JSON_OBJECT('person_id', NEW.`person_id`, 'skill', NEW.`skill`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SET @forgelua_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = CONCAT_WS(',', NULLIF(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', ''), ''), 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO');
DELIMITER //
CREATE TRIGGER `depts__sync_2_u` BEFORE UPDATE ON `depts__new` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`title` IS NULL THEN
    SET NEW.`title` = (SELECT COALESCE(title, 'none') FROM (SELECT NEW.`title` AS `title`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`title` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('depts__sync_2', 'title', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'head', NEW.`head`, 'title', NEW.`title`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `depts__sync_2_i` BEFORE INSERT ON `depts__new` FOR EACH ROW
forgelua_sync: BEGIN
  DECLARE forgelua_failed BOOLEAN DEFAULT FALSE;
  DECLARE forgelua_message TEXT DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING
  BEGIN
    GET DIAGNOSTICS CONDITION 1 forgelua_message = MESSAGE_TEXT;
    SET forgelua_failed = TRUE;
  END;
  IF @forgelua_backfill IS NOT NULL THEN LEAVE forgelua_sync; END IF;
  IF NEW.`title` IS NULL THEN
    SET NEW.`title` = (SELECT COALESCE(title, 'none') FROM (SELECT NEW.`title` AS `title`) AS forgelua_row);
    IF forgelua_failed THEN
      SET forgelua_failed = FALSE;
      SET NEW.`title` = NULL;
      INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('depts__sync_2', 'title', CAST(NEW.`id` AS CHAR), JSON_OBJECT('id', NEW.`id`, 'head', NEW.`head`, 'title', NEW.`title`), forgelua_message);
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
RENAME TABLE `depts` TO `depts__old`, `depts__new` TO `depts`, `people` TO `people__old`, `people__new` TO `people`, `skills` TO `skills__old`, `skills__new` TO `skills`;
DROP TRIGGER IF EXISTS `depts__sync_210d_i`;
DROP TRIGGER IF EXISTS `depts__sync_210d_u`;
DROP TRIGGER IF EXISTS `depts__sync_210d_d`;
DROP TRIGGER IF EXISTS `people__sync_3272_i`;
DROP TRIGGER IF EXISTS `people__sync_3272_u`;
DROP TRIGGER IF EXISTS `people__sync_3272_d`;
DROP TRIGGER IF EXISTS `skills__sync_f83f_i`;
DROP TRIGGER IF EXISTS `skills__sync_f83f_u`;
DROP TRIGGER IF EXISTS `skills__sync_f83f_d`;
ALTER TABLE `depts__old`
  RENAME INDEX `depts_ibfk_1` TO `depts__old_ibfk_1`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
ALTER TABLE `depts`
  RENAME INDEX `depts__new_ibfk_1` TO `depts_ibfk_1`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
ALTER TABLE `people__old`
  RENAME INDEX `people_ibfk_1` TO `people__old_ibfk_1`,
  RENAME INDEX `people_ibfk_2` TO `people__old_ibfk_2`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
ALTER TABLE `people`
  RENAME INDEX `people__new_ibfk_1` TO `people_ibfk_1`,
  RENAME INDEX `people__new_ibfk_2` TO `people_ibfk_2`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
CREATE OR REPLACE VIEW `staff` AS SELECT `id`, `dept_id`, `boss` FROM `people`;
SELECT 'step 16 of 30: done' AS `forgelua`;
-- Application: Deploy the application that uses depts, people, skills as the new schema has it.

-- ============================================================================
-- Step 17 of 30, switch: Rename people to staff
--   Id:           people/switch/rename-table
--   Why:          metadata only; a view keeps the old name alive
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Also locks:   depts, staff
--   Note:         foreign keys of other tables and triggers follow the table; views keep naming the old name; added with foreign_key_checks off, so that writes go on; the rows are looked at right after by a plain read, and the key goes again where they do not fit
--   Estimate:     under 1 s
--   Applications: old works, new works; both names work until contract
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
SELECT 'step 17 of 30: Rename people to staff' AS `forgelua`;
CREATE OR REPLACE VIEW `staff` AS SELECT `id`, `dept_id`, `boss` FROM `people`;
CREATE VIEW `people__view` AS SELECT `id`, `dept_id`, `boss` FROM `staff`;
RENAME TABLE `staff` TO `staff__gone`, `people` TO `staff`, `people__view` TO `people`;
ALTER TABLE `staff`
  RENAME INDEX `people_ibfk_1` TO `staff_ibfk_1`,
  RENAME INDEX `people_ibfk_2` TO `staff_ibfk_2`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
DROP VIEW `staff__gone`;
SELECT 'step 17 of 30: done' AS `forgelua`;

-- ============================================================================
-- Step 18 of 30, contract: Drop the view that served the old name people
--   Id:           staff/contract/drop-old-name
--   Why:          no application says the old name any more
--   Lock:         EXCLUSIVE metadata lock on the view, blocks DDL for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name people fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop view
-- ============================================================================
SELECT 'step 18 of 30: Drop the view that served the old name people' AS `forgelua`;
DROP VIEW `people`;
SELECT 'step 18 of 30: done' AS `forgelua`;
-- Application: Check that no application, report or job names people any more.

-- ============================================================================
-- Step 19 of 30, contract: Drop the foreign keys of depts__old within the set that goes
--   Id:           depts/contract/cut-links
--   Why:          the tables that they refer to go as well
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Also locks:   people__old
--   Note:         an exclusive metadata lock for an instant at the start and the end
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 19 of 30: Drop the foreign keys of depts__old within the set that goes' AS `forgelua`;
ALTER TABLE `depts__old`
  DROP FOREIGN KEY `depts__old_ibfk_1`,
  DROP INDEX `depts__old_ibfk_1`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 19 of 30: done' AS `forgelua`;

-- ============================================================================
-- Step 20 of 30, contract: Drop the foreign keys of people__old within the set that goes
--   Id:           staff/contract/cut-links
--   Why:          the tables that they refer to go as well
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Also locks:   depts__old, people__old
--   Note:         an exclusive metadata lock for an instant at the start and the end
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 20 of 30: Drop the foreign keys of people__old within the set that goes' AS `forgelua`;
ALTER TABLE `people__old`
  DROP FOREIGN KEY `people__old_ibfk_1`,
  DROP FOREIGN KEY `people__old_ibfk_2`,
  DROP INDEX `people__old_ibfk_1`,
  DROP INDEX `people__old_ibfk_2`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 20 of 30: done' AS `forgelua`;

-- ============================================================================
-- Step 21 of 30, contract: Drop the foreign keys of skills__old within the set that goes
--   Id:           skills/contract/cut-links
--   Why:          the tables that they refer to go as well
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Also locks:   people__old
--   Note:         an exclusive metadata lock for an instant at the start and the end
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 21 of 30: Drop the foreign keys of skills__old within the set that goes' AS `forgelua`;
ALTER TABLE `skills__old`
  DROP FOREIGN KEY `skills__old_ibfk_1`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 21 of 30: done' AS `forgelua`;

-- ============================================================================
-- Step 22 of 30, contract: From here the way back copies depts into depts__old again
--   Id:           depts/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 22 of 30: From here the way back copies depts into depts__old again' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 22 of 30: done' AS `forgelua`;

-- ============================================================================
-- Step 23 of 30, contract: From here the way back copies staff into people__old again
--   Id:           staff/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 23 of 30: From here the way back copies staff into people__old again' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 23 of 30: done' AS `forgelua`;

-- ============================================================================
-- Step 24 of 30, contract: From here the way back copies skills into skills__old again
--   Id:           skills/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 24 of 30: From here the way back copies skills into skills__old again' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 24 of 30: done' AS `forgelua`;

-- ============================================================================
-- Step 25 of 30, contract: Drop the trigger that filled title of depts
--   Id:           depts/contract/stop-filling
--   Why:          every application writes these columns by itself now
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; rows of an application that leaves the column out are no longer filled
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 25 of 30: Drop the trigger that filled title of depts' AS `forgelua`;
DROP TRIGGER IF EXISTS `depts__sync_2_i`;
DROP TRIGGER IF EXISTS `depts__sync_2_u`;
SELECT 'step 25 of 30: done' AS `forgelua`;
-- Application: Check that every deployed version writes title.

-- ============================================================================
-- Step 26 of 30, contract: Stop repeating writes to depts on depts__old
--   Id:           depts/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 26 of 30: Stop repeating writes to depts on depts__old' AS `forgelua`;
DROP TRIGGER IF EXISTS `depts__sync_2622_i`;
DROP TRIGGER IF EXISTS `depts__sync_2622_u`;
DROP TRIGGER IF EXISTS `depts__sync_2622_d`;
SELECT 'step 26 of 30: done' AS `forgelua`;

-- ============================================================================
-- Step 27 of 30, contract: Stop repeating writes to staff on people__old
--   Id:           staff/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 27 of 30: Stop repeating writes to staff on people__old' AS `forgelua`;
DROP TRIGGER IF EXISTS `people__sync_3787_i`;
DROP TRIGGER IF EXISTS `people__sync_3787_u`;
DROP TRIGGER IF EXISTS `people__sync_3787_d`;
SELECT 'step 27 of 30: done' AS `forgelua`;

-- ============================================================================
-- Step 28 of 30, contract: Stop repeating writes to skills on skills__old
--   Id:           skills/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 28 of 30: Stop repeating writes to skills on skills__old' AS `forgelua`;
DROP TRIGGER IF EXISTS `skills__sync_fd54_i`;
DROP TRIGGER IF EXISTS `skills__sync_fd54_u`;
DROP TRIGGER IF EXISTS `skills__sync_fd54_d`;
SELECT 'step 28 of 30: done' AS `forgelua`;

-- ============================================================================
-- Step 29 of 30, contract: Drop depts__old, people__old, skills__old
--   Id:           depts, staff, skills/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses values of depts.title that do not come back unchanged
--   Hazards:      drop
-- ============================================================================
SELECT 'step 29 of 30: Drop depts__old, people__old, skills__old' AS `forgelua`;
DROP TABLE `depts__old`;
DROP TABLE `people__old`;
DROP TABLE `skills__old`;
SELECT 'step 29 of 30: done' AS `forgelua`;

-- ============================================================================
-- Step 30 of 30, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 30 of 30: Remove the progress and error tables' AS `forgelua`;
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
SELECT 'step 30 of 30: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'forward: done' AS `forgelua`;
