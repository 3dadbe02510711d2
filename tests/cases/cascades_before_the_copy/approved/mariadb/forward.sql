-- Forward, every phase of migration cascades_before_the_copy
-- A foreign key acts by itself on rows that have reached a copy before the others are copied
-- mariadb 10.11; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: mariadb --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < forward.sql
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
-- Check: step 1 must not be done at this point: Create parts__new in the new shape of parts. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'parts__new' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 1 must not be done at this point: Create parts__new in the new shape of parts')), '0', @forgelua_actual);
-- Check: the whole plan must not be done at this point: alter_column parts.id. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'parts' AND COLUMN_NAME = 'id') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'parts' AND COLUMN_NAME = 'id' AND DATA_TYPE = 'bigint' AND COLUMN_TYPE NOT LIKE '%unsigned%') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must not be done at this point: alter_column parts.id')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 12, expand: Create parts__new in the new shape of parts
--   Id:           parts/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 1 of 12: Create parts__new in the new shape of parts' AS `forgelua`;
-- Check: no trigger, policy, rule or statistics object of parts that this plan does not know: a copy would lose it. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE = 'parts' AND TRIGGER_NAME NOT LIKE '%\_\_sync%') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no trigger, policy, rule or statistics object of parts that this plan does not know: a copy would lose it')), '0', @forgelua_actual);
CREATE TABLE `parts__new` (
  `id` bigint NOT NULL,
  `part_of` bigint NULL,
  PRIMARY KEY (`id`)
);
SELECT 'step 1 of 12: done' AS `forgelua`;

-- ============================================================================
-- Step 2 of 12, migrate: Repeat every write to parts on parts__new
--   Id:           parts/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Also locks:   parts__new
--   Note:         creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
SELECT 'step 2 of 12: Repeat every write to parts on parts__new' AS `forgelua`;
-- Check: no row of parts points at a missing row of parts. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT `part_of` AS `part_of` FROM `parts`) AS child_row WHERE child_row.`part_of` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM (SELECT `id` AS `id` FROM `parts`) AS parent_row WHERE parent_row.`id` = child_row.`part_of`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of parts points at a missing row of parts')), '0', @forgelua_actual);
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
CREATE TRIGGER `parts__sync_d457_d` AFTER DELETE ON `parts` FOR EACH ROW
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
CREATE TRIGGER `parts__sync_d457_u` AFTER UPDATE ON `parts` FOR EACH ROW
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
CREATE TRIGGER `parts__sync_d457_i` AFTER INSERT ON `parts` FOR EACH ROW
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
SELECT 'step 2 of 12: done' AS `forgelua`;

-- ============================================================================
-- Step 3 of 12, migrate: Copy the rows of parts into parts__new
--   Id:           parts/migrate/copy
--   Why:          20,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; a transaction that updates several of them may meet a deadlock and must be ready to run again
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
SELECT 'step 3 of 12: Copy the rows of parts into parts__new' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('parts/migrate/copy/stale', 'parts__new', 20000, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'parts/migrate/copy/stale';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `parts__new` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `parts__new` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(0.100); END IF;
    SELECT `id` INTO forgelua_e1 FROM `parts__new` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 9999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `parts__new` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      DO (SELECT COUNT(*) FROM `parts` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 LOCK IN SHARE MODE);
      DELETE FROM `parts__new` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT 1 FROM `parts` WHERE `parts__new`.`id` <=> (`id`) AND `parts__new`.`part_of` <=> (`part_of`) LOCK IN SHARE MODE);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'parts/migrate/copy/stale';
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
              SELECT 'parts/migrate/copy/stale', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'part_of', `part_of`), forgelua_message FROM `parts__new` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          DO (SELECT COUNT(*) FROM `parts` WHERE `id` = forgelua_s1 LOCK IN SHARE MODE);
      DELETE FROM `parts__new` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT 1 FROM `parts` WHERE `parts__new`.`id` <=> (`id`) AND `parts__new`.`part_of` <=> (`part_of`) LOCK IN SHARE MODE);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'parts/migrate/copy/stale';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `parts__new` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'parts/migrate/copy/stale';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('parts/migrate/copy', 'parts', 20000, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_l1 int;
  DECLARE forgelua_s1 int;
  DECLARE forgelua_e1 int;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'parts/migrate/copy';
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
      INSERT INTO `parts__new` (`id`, `part_of`) SELECT `id`, `part_of` FROM `parts` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `parts__new` AS forgelua_t WHERE forgelua_t.`id` = `parts`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'parts/migrate/copy';
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
              SELECT 'parts/migrate/copy', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'part_of', `part_of`), forgelua_message FROM `parts` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          INSERT INTO `parts__new` (`id`, `part_of`) SELECT `id`, `part_of` FROM `parts` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `parts__new` AS forgelua_t WHERE forgelua_t.`id` = `parts`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'parts/migrate/copy';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `parts` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'parts/migrate/copy';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'step 3 of 12: done' AS `forgelua`;
-- Check: every row has an equal one in the copy. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT `id` AS `id`, `part_of` AS `part_of` FROM `parts`) AS source WHERE NOT EXISTS (SELECT 1 FROM `parts__new` AS copied WHERE copied.`id` = source.`id` AND (copied.`part_of` = source.`part_of` OR (copied.`part_of` IS NULL AND source.`part_of` IS NULL)))) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row has an equal one in the copy')), '0', @forgelua_actual);

-- ============================================================================
-- Step 4 of 12, switch: Make rows of parts__new anew that a foreign key's action on parts has changed
--   Id:           parts/switch/refresh
--   Why:          such an action fires no trigger, so the copy has not heard of it; run this again where the next script finds rows that point nowhere
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; a transaction that updates several of them may meet a deadlock and must be ready to run again
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill
-- ============================================================================
SELECT 'step 4 of 12: Make rows of parts__new anew that a foreign key''s action on parts has changed' AS `forgelua`;
-- Check: step 3 has come to its end: Copy the rows of parts into parts__new. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'parts/migrate/copy' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 3 has come to its end: Copy the rows of parts into parts__new')), '1', @forgelua_actual);
-- Check: no row of parts stands in forgelua_sync_errors (mend it in parts, then delete it from the log). Expects 0.
SELECT CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'parts__sync') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of parts stands in forgelua_sync_errors (mend it in parts, then delete it from the log)')), '0', @forgelua_actual);
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('parts/switch/refresh/stale', 'parts__new', 20000, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'parts/switch/refresh/stale';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `id` INTO forgelua_s1 FROM `parts__new` WHERE `id` > forgelua_l1 ORDER BY `id` LIMIT 1;
    ELSE
      SELECT `id` INTO forgelua_s1 FROM `parts__new` ORDER BY `id` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(0.100); END IF;
    SELECT `id` INTO forgelua_e1 FROM `parts__new` WHERE `id` >= forgelua_s1 ORDER BY `id` LIMIT 9999, 1;
    IF forgelua_none THEN
      SELECT `id` INTO forgelua_e1 FROM `parts__new` ORDER BY `id` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      DO (SELECT COUNT(*) FROM `parts` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 LOCK IN SHARE MODE);
      DELETE FROM `parts__new` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT 1 FROM `parts` WHERE `parts__new`.`id` <=> (`id`) AND `parts__new`.`part_of` <=> (`part_of`) LOCK IN SHARE MODE);
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'parts/switch/refresh/stale';
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
              SELECT 'parts/switch/refresh/stale', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'part_of', `part_of`), forgelua_message FROM `parts__new` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          DO (SELECT COUNT(*) FROM `parts` WHERE `id` = forgelua_s1 LOCK IN SHARE MODE);
      DELETE FROM `parts__new` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT 1 FROM `parts` WHERE `parts__new`.`id` <=> (`id`) AND `parts__new`.`part_of` <=> (`part_of`) LOCK IN SHARE MODE);
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'parts/switch/refresh/stale';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `parts__new` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'parts/switch/refresh/stale';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('parts/switch/refresh', 'parts', 20000, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  DECLARE forgelua_l1 int;
  DECLARE forgelua_s1 int;
  DECLARE forgelua_e1 int;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET forgelua_none = TRUE;
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'parts/switch/refresh';
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
      INSERT INTO `parts__new` (`id`, `part_of`) SELECT `id`, `part_of` FROM `parts` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `parts__new` AS forgelua_t WHERE forgelua_t.`id` = `parts`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'parts/switch/refresh';
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
              SELECT 'parts/switch/refresh', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('id', `id`, 'part_of', `part_of`), forgelua_message FROM `parts` WHERE `id` = forgelua_s1;
          END;
          START TRANSACTION;
          INSERT INTO `parts__new` (`id`, `part_of`) SELECT `id`, `part_of` FROM `parts` WHERE `id` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `parts__new` AS forgelua_t WHERE forgelua_t.`id` = `parts`.`id` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'parts/switch/refresh';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `id` INTO forgelua_s1 FROM `parts` WHERE `id` > forgelua_s1 AND `id` <= forgelua_e1 ORDER BY `id` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'parts/switch/refresh';
END
//
DELIMITER ;
CALL forgelua_backfill();
DROP PROCEDURE forgelua_backfill;
SET @forgelua_backfill = NULL, SESSION tx_isolation = @forgelua_isolation;
SET SESSION sql_mode = @forgelua_sql_mode;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
SELECT 'step 4 of 12: done' AS `forgelua`;
-- Check: every row has an equal one in the copy. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT `id` AS `id`, `part_of` AS `part_of` FROM `parts`) AS source WHERE NOT EXISTS (SELECT 1 FROM `parts__new` AS copied WHERE copied.`id` = source.`id` AND (copied.`part_of` = source.`part_of` OR (copied.`part_of` IS NULL AND source.`part_of` IS NULL)))) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row has an equal one in the copy')), '0', @forgelua_actual);

-- ============================================================================
-- Step 5 of 12, switch: Add the foreign key parts_part_of_fkey__new on parts__new
--   Id:           parts__new.parts_part_of_fkey__new/switch/add-foreign-key
--   Why:          its rows are there now
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Also locks:   parts__new
--   Note:         added with foreign_key_checks off, so that writes go on; the rows are looked at right after by a plain read, and the key goes again where they do not fit; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 5 of 12: Add the foreign key parts_part_of_fkey__new on parts__new' AS `forgelua`;
-- Check: no row of parts__new points at a missing row of parts__new. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `parts__new` AS child_row WHERE child_row.`part_of` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `parts__new` AS parent_row WHERE parent_row.`id` = child_row.`part_of`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of parts__new points at a missing row of parts__new')), '0', @forgelua_actual);
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `parts__new`
  ADD CONSTRAINT `parts_part_of_fkey__new` FOREIGN KEY (`part_of`) REFERENCES `parts__new` (`id`) ON DELETE SET NULL,
  ADD KEY `parts_part_of_fkey__new` (`part_of`),
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `parts__new` AS c WHERE c.`part_of` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `parts__new` AS p WHERE p.`id` = c.`part_of`)) THEN
    ALTER TABLE `parts__new` DROP FOREIGN KEY `parts_part_of_fkey__new`, DROP INDEX `parts_part_of_fkey__new`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of parts__new have no match for foreign key parts_part_of_fkey__new';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'step 5 of 12: done' AS `forgelua`;

-- ============================================================================
-- Step 6 of 12, switch: Swap the copy of parts in
--   Id:           parts/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Also locks:   parts__old
--   Note:         creating and dropping a trigger waits for open transactions on the table; foreign keys of other tables and triggers follow the table; views keep naming the old name; creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name
--   Way back:     loses values of parts that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
--   Hazards:      swap
-- ============================================================================
SELECT 'step 6 of 12: Swap the copy of parts in' AS `forgelua`;
-- Check: every row of parts__new is still in parts (TRUNCATE fires no trigger). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `parts__new` AS copied WHERE NOT EXISTS (SELECT 1 FROM `parts` AS source WHERE source.`id` = copied.`id`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row of parts__new is still in parts (TRUNCATE fires no trigger)')), '0', @forgelua_actual);
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
CREATE TRIGGER `parts__sync_d96c_d` AFTER DELETE ON `parts__new` FOR EACH ROW
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
CREATE TRIGGER `parts__sync_d96c_u` AFTER UPDATE ON `parts__new` FOR EACH ROW
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
CREATE TRIGGER `parts__sync_d96c_i` AFTER INSERT ON `parts__new` FOR EACH ROW
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
RENAME TABLE `parts` TO `parts__old`, `parts__new` TO `parts`;
DROP TRIGGER IF EXISTS `parts__sync_d457_i`;
DROP TRIGGER IF EXISTS `parts__sync_d457_u`;
DROP TRIGGER IF EXISTS `parts__sync_d457_d`;
SELECT 'step 6 of 12: done' AS `forgelua`;
-- Application: Deploy the application that uses parts as the new schema has it.

-- ============================================================================
-- Step 7 of 12, contract: Drop the foreign keys of parts__old within the set that goes
--   Id:           parts/contract/cut-links
--   Why:          the tables that they refer to go as well
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Also locks:   parts__old
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 7 of 12: Drop the foreign keys of parts__old within the set that goes' AS `forgelua`;
ALTER TABLE `parts__old`
  DROP FOREIGN KEY `parts_part_of_fkey`,
  DROP INDEX `parts_part_of_fkey`,
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'step 7 of 12: done' AS `forgelua`;

-- ============================================================================
-- Step 8 of 12, contract: From here the way back copies parts into parts__old again
--   Id:           parts/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 8 of 12: From here the way back copies parts into parts__old again' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 8 of 12: done' AS `forgelua`;

-- ============================================================================
-- Step 9 of 12, contract: Stop repeating writes to parts on parts__old
--   Id:           parts/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 9 of 12: Stop repeating writes to parts on parts__old' AS `forgelua`;
DROP TRIGGER IF EXISTS `parts__sync_d96c_i`;
DROP TRIGGER IF EXISTS `parts__sync_d96c_u`;
DROP TRIGGER IF EXISTS `parts__sync_d96c_d`;
SELECT 'step 9 of 12: done' AS `forgelua`;

-- ============================================================================
-- Step 10 of 12, contract: Drop parts__old
--   Id:           parts/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
SELECT 'step 10 of 12: Drop parts__old' AS `forgelua`;
DROP TABLE `parts__old`;
SELECT 'step 10 of 12: done' AS `forgelua`;

-- ============================================================================
-- Step 11 of 12, contract: Give parts_part_of_fkey of parts their names
--   Id:           parts/contract/final-names
--   Why:          this engine cannot rename them, and while the old table stood it held the names
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Also locks:   parts
--   Note:         added with foreign_key_checks off, so that writes go on; the rows are looked at right after by a plain read, and the key goes again where they do not fit; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 11 of 12: Give parts_part_of_fkey of parts their names' AS `forgelua`;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `parts`
  ADD CONSTRAINT `parts_part_of_fkey` FOREIGN KEY (`part_of`) REFERENCES `parts` (`id`) ON DELETE SET NULL,
  DROP FOREIGN KEY `parts_part_of_fkey__new`,
  RENAME INDEX `parts_part_of_fkey__new` TO `parts_part_of_fkey`,
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `parts` AS c WHERE c.`part_of` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `parts` AS p WHERE p.`id` = c.`part_of`)) THEN
    ALTER TABLE `parts` DROP FOREIGN KEY `parts_part_of_fkey`, DROP INDEX `parts_part_of_fkey`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of parts have no match for foreign key parts_part_of_fkey';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'step 11 of 12: done' AS `forgelua`;

-- ============================================================================
-- Step 12 of 12, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 12 of 12: Remove the progress and error tables' AS `forgelua`;
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
SELECT 'step 12 of 12: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'forward: done' AS `forgelua`;
