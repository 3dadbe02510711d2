-- Forward, every phase of migration copied_and_dropped
-- A copied table loses columns, which the deployed application writes until contract
-- mariadb 10.11; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: mariadb --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 9 is destructive — every value of docs.c
-- WARNING: step 10 is destructive — every value of docs.d
-- WARNING: step 11 is destructive — every value of docs.e

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
-- Check: step 1 must not be done at this point: Create docs__new in the new shape of docs. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'docs__new' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 1 must not be done at this point: Create docs__new in the new shape of docs')), '0', @forgelua_actual);
-- Check: the whole plan must not be done at this point: drop_column docs.c. Expects 0.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'docs' AND COLUMN_NAME = 'c') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must not be done at this point: drop_column docs.c')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 12, expand: Create docs__new in the new shape of docs
--   Id:           docs/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 1 of 12: Create docs__new in the new shape of docs' AS `forgelua`;
-- Check: no trigger, policy, rule or statistics object of docs that this plan does not know: a copy would lose it. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE = 'docs' AND TRIGGER_NAME NOT LIKE '%\_\_sync%') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no trigger, policy, rule or statistics object of docs that this plan does not know: a copy would lose it')), '0', @forgelua_actual);
CREATE TABLE `docs__new` (
  `a` bigint NOT NULL,
  `b` bigint NOT NULL,
  `c` varchar(9) NULL,
  `d` int NULL,
  `e` int NOT NULL DEFAULT 5,
  PRIMARY KEY (`a`)
);
SELECT 'step 1 of 12: done' AS `forgelua`;

-- ============================================================================
-- Step 2 of 12, migrate: Repeat every write to docs on docs__new
--   Id:           docs/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Also locks:   docs__new
--   Note:         creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
SELECT 'step 2 of 12: Repeat every write to docs on docs__new' AS `forgelua`;
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
CREATE TRIGGER `docs__sync_ccd6_d` AFTER DELETE ON `docs` FOR EACH ROW
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
  DELETE FROM `docs__new` WHERE `a` = OLD.`a`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('docs__sync', '*', CAST(OLD.`a` AS CHAR), JSON_OBJECT('a', OLD.`a`, 'b', OLD.`b`, 'c', OLD.`c`, 'd', OLD.`d`, 'e', OLD.`e`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `docs__sync_ccd6_u` AFTER UPDATE ON `docs` FOR EACH ROW
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
  IF NOT (OLD.`a` <=> NEW.`a`) THEN
    UPDATE `docs__new` SET `a` = NEW.`a`, `b` = NEW.`b`, `c` = NEW.`c`, `d` = NEW.`d`, `e` = NEW.`e` WHERE `a` = OLD.`a`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `docs__new` (`a`, `b`, `c`, `d`, `e`) VALUES (NEW.`a`, NEW.`b`, NEW.`c`, NEW.`d`, NEW.`e`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `docs__new` SET `a` = NEW.`a`, `b` = NEW.`b`, `c` = NEW.`c`, `d` = NEW.`d`, `e` = NEW.`e` WHERE `a` = NEW.`a`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `docs__new` WHERE `a` = NEW.`a`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('docs__sync', '*', CAST(NEW.`a` AS CHAR), JSON_OBJECT('a', NEW.`a`, 'b', NEW.`b`, 'c', NEW.`c`, 'd', NEW.`d`, 'e', NEW.`e`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `docs__sync_ccd6_i` AFTER INSERT ON `docs` FOR EACH ROW
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
    INSERT INTO `docs__new` (`a`, `b`, `c`, `d`, `e`) VALUES (NEW.`a`, NEW.`b`, NEW.`c`, NEW.`d`, NEW.`e`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `docs__new` SET `a` = NEW.`a`, `b` = NEW.`b`, `c` = NEW.`c`, `d` = NEW.`d`, `e` = NEW.`e` WHERE `a` = NEW.`a`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `docs__new` WHERE `a` = NEW.`a`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('docs__sync', '*', CAST(NEW.`a` AS CHAR), JSON_OBJECT('a', NEW.`a`, 'b', NEW.`b`, 'c', NEW.`c`, 'd', NEW.`d`, 'e', NEW.`e`), forgelua_message);
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
SELECT 'step 2 of 12: done' AS `forgelua`;

-- ============================================================================
-- Step 3 of 12, migrate: Copy the rows of docs into docs__new
--   Id:           docs/migrate/copy
--   Why:          40,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows of one batch are locked until its commit; a transaction that updates several of them may meet a deadlock and must be ready to run again
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
SELECT 'step 3 of 12: Copy the rows of docs into docs__new' AS `forgelua`;
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
INSERT INTO forgelua_backfill_progress (step, table_name, rows_total, state) VALUES ('docs/migrate/copy', 'docs', 40000, 'running') ON DUPLICATE KEY UPDATE cursor_key = CASE WHEN state = 'done' THEN NULL ELSE cursor_key END, rows_done = CASE WHEN state = 'done' THEN 0 ELSE rows_done END, state = 'running', updated_at = CURRENT_TIMESTAMP;
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
  SELECT cursor_key, state INTO forgelua_cursor, forgelua_state FROM forgelua_backfill_progress WHERE step = 'docs/migrate/copy';
  IF forgelua_cursor IS NOT NULL THEN
    SET forgelua_begun = TRUE;
    SET forgelua_l1 = JSON_UNQUOTE(JSON_EXTRACT(forgelua_cursor, '$[0]'));
  END IF;
  forgelua_walk: LOOP
    SET forgelua_none = FALSE;
    IF forgelua_begun THEN
      SELECT `a` INTO forgelua_s1 FROM `docs` WHERE `a` > forgelua_l1 ORDER BY `a` LIMIT 1;
    ELSE
      SELECT `a` INTO forgelua_s1 FROM `docs` ORDER BY `a` LIMIT 1;
    END IF;
    IF forgelua_none THEN LEAVE forgelua_walk; END IF;
    IF forgelua_begun THEN DO SLEEP(0.100); END IF;
    SELECT `a` INTO forgelua_e1 FROM `docs` WHERE `a` >= forgelua_s1 ORDER BY `a` LIMIT 9999, 1;
    IF forgelua_none THEN
      SELECT `a` INTO forgelua_e1 FROM `docs` ORDER BY `a` DESC LIMIT 1;
    END IF;
    SET forgelua_outcome = 0, forgelua_skipped = 0, forgelua_rows = 0;
    BEGIN
      DECLARE EXIT HANDLER FOR 1213, 1205 BEGIN ROLLBACK; SET forgelua_outcome = 2; END;
      DECLARE EXIT HANDLER FOR SQLSTATE '22001', SQLSTATE '22003', SQLSTATE '22007', SQLSTATE '22012', SQLSTATE '22032', SQLSTATE '23000', SQLSTATE '01000', 1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025 BEGIN ROLLBACK; SET forgelua_outcome = 1; END;
      START TRANSACTION;
      INSERT INTO `docs__new` (`a`, `b`, `c`, `d`, `e`) SELECT `a`, `b`, `c`, `d`, `e` FROM `docs` WHERE `a` >= forgelua_s1 AND `a` <= forgelua_e1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `docs__new` AS forgelua_t WHERE forgelua_t.`a` = `docs`.`a` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
      SET forgelua_rows = ROW_COUNT();
      UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_e1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'docs/migrate/copy';
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
              SELECT 'docs/migrate/copy', JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), JSON_OBJECT('a', `a`, 'b', `b`, 'c', `c`, 'd', `d`, 'e', `e`), forgelua_message FROM `docs` WHERE `a` = forgelua_s1;
          END;
          START TRANSACTION;
          INSERT INTO `docs__new` (`a`, `b`, `c`, `d`, `e`) SELECT `a`, `b`, `c`, `d`, `e` FROM `docs` WHERE `a` = forgelua_s1 AND NOT EXISTS (SELECT /*+ NO_SEMIJOIN() */ 1 FROM `docs__new` AS forgelua_t WHERE forgelua_t.`a` = `docs`.`a` LOCK IN SHARE MODE) LOCK IN SHARE MODE;
          SET forgelua_rows = ROW_COUNT();
        END;
        -- a row that fails is left as it is
        UPDATE forgelua_backfill_progress SET cursor_key = JSON_ARRAY(CAST(forgelua_s1 AS CHAR)), rows_done = rows_done + forgelua_rows, rows_skipped = rows_skipped + forgelua_skipped, updated_at = CURRENT_TIMESTAMP WHERE step = 'docs/migrate/copy';
        COMMIT;
        SET forgelua_none = FALSE;
        SELECT `a` INTO forgelua_s1 FROM `docs` WHERE `a` > forgelua_s1 AND `a` <= forgelua_e1 ORDER BY `a` LIMIT 1;
        IF forgelua_none THEN LEAVE forgelua_rows_walk; END IF;
      END LOOP;
    END IF;
    SET forgelua_begun = TRUE, forgelua_l1 = forgelua_e1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'docs/migrate/copy';
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
SELECT CAST((SELECT COUNT(*) FROM (SELECT `a` AS `a`, `b` AS `b`, `c` AS `c`, `d` AS `d`, `e` AS `e` FROM `docs`) AS source WHERE NOT EXISTS (SELECT 1 FROM `docs__new` AS copied WHERE copied.`a` = source.`a` AND (copied.`b` = source.`b` OR (copied.`b` IS NULL AND source.`b` IS NULL)) AND (copied.`c` = source.`c` OR (copied.`c` IS NULL AND source.`c` IS NULL)) AND (copied.`d` = source.`d` OR (copied.`d` IS NULL AND source.`d` IS NULL)) AND (copied.`e` = source.`e` OR (copied.`e` IS NULL AND source.`e` IS NULL)))) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row has an equal one in the copy')), '0', @forgelua_actual);

-- ============================================================================
-- Step 4 of 12, switch: Allow NULL in docs.d, which goes
--   Id:           docs.d/switch/stop-insisting
--   Why:          the new application no longer writes it; its INSERTs must pass until the column is dropped
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for as long as the step runs (under 1 s), ALGORITHM=INPLACE, rewrites the table
--   Note:         an exclusive metadata lock for an instant at the start and the end; a replica replays it in one piece and lags for as long
--   Estimate:     under 1 s
--   Applications: old works, new works; the deployed application reads NULL in rows that the new one wrote
--   Way back:     loses rows written without d get 0 there on the way back
-- ============================================================================
SELECT 'step 4 of 12: Allow NULL in docs.d, which goes' AS `forgelua`;
-- Check: step 3 has come to its end: Copy the rows of docs into docs__new. Expects 1.
SELECT CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'docs/migrate/copy' AND state = 'done') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 3 has come to its end: Copy the rows of docs into docs__new')), '1', @forgelua_actual);
-- Check: no row of docs stands in forgelua_sync_errors (mend it in docs, then delete it from the log). Expects 0.
SELECT CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'docs__sync') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of docs stands in forgelua_sync_errors (mend it in docs, then delete it from the log)')), '0', @forgelua_actual);
ALTER TABLE `docs`
  MODIFY COLUMN `d` int NULL,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 4 of 12: done' AS `forgelua`;

-- ============================================================================
-- Step 5 of 12, switch: Swap the copy of docs in
--   Id:           docs/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Also locks:   docs__old
--   Note:         creating and dropping a trigger waits for open transactions on the table; foreign keys of other tables and triggers follow the table; views keep naming the old name; creating and dropping a trigger waits for open transactions on the table; cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name
--   Way back:     loses values of docs that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
--   Hazards:      swap
-- ============================================================================
SELECT 'step 5 of 12: Swap the copy of docs in' AS `forgelua`;
-- Check: every row of docs__new is still in docs (TRUNCATE fires no trigger). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `docs__new` AS copied WHERE NOT EXISTS (SELECT 1 FROM `docs` AS source WHERE source.`a` = copied.`a`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row of docs__new is still in docs (TRUNCATE fires no trigger)')), '0', @forgelua_actual);
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
CREATE TRIGGER `docs__sync_d1eb_d` AFTER DELETE ON `docs__new` FOR EACH ROW
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
  DELETE FROM `docs__old` WHERE `a` = OLD.`a`;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('docs__sync', '*', CAST(OLD.`a` AS CHAR), JSON_OBJECT('a', OLD.`a`, 'b', OLD.`b`, 'c', OLD.`c`, 'd', OLD.`d`, 'e', OLD.`e`), forgelua_message);
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `docs__sync_d1eb_u` AFTER UPDATE ON `docs__new` FOR EACH ROW
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
  IF NOT (OLD.`a` <=> NEW.`a`) THEN
    UPDATE `docs__old` SET `a` = NEW.`a`, `b` = NEW.`b`, `c` = NEW.`c`, `d` = NEW.`d`, `e` = NEW.`e` WHERE `a` = OLD.`a`;
    SET forgelua_moved = ROW_COUNT() > 0;
  END IF;
  IF NOT forgelua_moved THEN
    INSERT INTO `docs__old` (`a`, `b`, `c`, `d`, `e`) VALUES (NEW.`a`, NEW.`b`, NEW.`c`, NEW.`d`, NEW.`e`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `docs__old` SET `a` = NEW.`a`, `b` = NEW.`b`, `c` = NEW.`c`, `d` = NEW.`d`, `e` = NEW.`e` WHERE `a` = NEW.`a`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `docs__old` WHERE `a` = NEW.`a`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('docs__sync', '*', CAST(NEW.`a` AS CHAR), JSON_OBJECT('a', NEW.`a`, 'b', NEW.`b`, 'c', NEW.`c`, 'd', NEW.`d`, 'e', NEW.`e`), forgelua_message);
    SET forgelua_held2 = NEW.`b`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held2 = 0; END IF;
    DELETE FROM `docs__old` WHERE `a` = OLD.`a`;
    INSERT INTO `docs__old` (`a`, `b`, `c`, `d`, `e`) VALUES (NEW.`a`, forgelua_held2, NEW.`c`, NEW.`d`, NEW.`e`);
    IF forgelua_taken THEN
      UPDATE `docs__old` SET `a` = NEW.`a`, `b` = forgelua_held2, `c` = NEW.`c`, `d` = NEW.`d`, `e` = NEW.`e` WHERE `a` = NEW.`a`;
    END IF;
  END IF;
END
//
DELIMITER ;
DELIMITER //
CREATE TRIGGER `docs__sync_d1eb_i` AFTER INSERT ON `docs__new` FOR EACH ROW
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
    INSERT INTO `docs__old` (`a`, `b`, `c`, `d`, `e`) VALUES (NEW.`a`, NEW.`b`, NEW.`c`, NEW.`d`, NEW.`e`);
    IF forgelua_taken THEN
      SET forgelua_taken = FALSE;
      UPDATE `docs__old` SET `a` = NEW.`a`, `b` = NEW.`b`, `c` = NEW.`c`, `d` = NEW.`d`, `e` = NEW.`e` WHERE `a` = NEW.`a`;
      IF ROW_COUNT() = 0 AND NOT EXISTS (SELECT 1 FROM `docs__old` WHERE `a` = NEW.`a`) THEN
        SET forgelua_taken = TRUE;
      END IF;
    END IF;
  END IF;
  IF forgelua_failed OR forgelua_taken THEN
    SET forgelua_failed = FALSE;
    SET forgelua_taken = FALSE;
    INSERT INTO forgelua_sync_errors (sync, column_name, row_key, row_data, message) VALUES ('docs__sync', '*', CAST(NEW.`a` AS CHAR), JSON_OBJECT('a', NEW.`a`, 'b', NEW.`b`, 'c', NEW.`c`, 'd', NEW.`d`, 'e', NEW.`e`), forgelua_message);
    SET forgelua_held2 = NEW.`b`;
    IF forgelua_failed THEN SET forgelua_failed = FALSE, forgelua_held2 = 0; END IF;
    INSERT INTO `docs__old` (`a`, `b`, `c`, `d`, `e`) VALUES (NEW.`a`, forgelua_held2, NEW.`c`, NEW.`d`, NEW.`e`);
    IF forgelua_taken THEN
      UPDATE `docs__old` SET `a` = NEW.`a`, `b` = forgelua_held2, `c` = NEW.`c`, `d` = NEW.`d`, `e` = NEW.`e` WHERE `a` = NEW.`a`;
    END IF;
  END IF;
END
//
DELIMITER ;
SET SESSION sql_mode = @forgelua_sql_mode;
RENAME TABLE `docs` TO `docs__old`, `docs__new` TO `docs`;
DROP TRIGGER IF EXISTS `docs__sync_ccd6_i`;
DROP TRIGGER IF EXISTS `docs__sync_ccd6_u`;
DROP TRIGGER IF EXISTS `docs__sync_ccd6_d`;
SELECT 'step 5 of 12: done' AS `forgelua`;
-- Application: Deploy the application that uses docs as the new schema has it.

-- ============================================================================
-- Step 6 of 12, contract: From here the way back copies docs into docs__old again
--   Id:           docs/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 6 of 12: From here the way back copies docs into docs__old again' AS `forgelua`;
-- Nothing to run in the database.
SELECT 'step 6 of 12: done' AS `forgelua`;

-- ============================================================================
-- Step 7 of 12, contract: Stop repeating writes to docs on docs__old
--   Id:           docs/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         creating and dropping a trigger waits for open transactions on the table
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 7 of 12: Stop repeating writes to docs on docs__old' AS `forgelua`;
DROP TRIGGER IF EXISTS `docs__sync_d1eb_i`;
DROP TRIGGER IF EXISTS `docs__sync_d1eb_u`;
DROP TRIGGER IF EXISTS `docs__sync_d1eb_d`;
SELECT 'step 7 of 12: done' AS `forgelua`;

-- ============================================================================
-- Step 8 of 12, contract: Drop docs__old
--   Id:           docs/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
SELECT 'step 8 of 12: Drop docs__old' AS `forgelua`;
DROP TABLE `docs__old`;
SELECT 'step 8 of 12: done' AS `forgelua`;

-- ============================================================================
-- Step 9 of 12, contract: Drop docs.c
--   Id:           docs.c/contract/drop-column
--   Why:          no application reads or writes it any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name docs.c fail from here
--   Way back:     loses the values of docs.c: the way back adds it again with NULL in every row
--   Hazards:      drop
-- ============================================================================
SELECT 'step 9 of 12: Drop docs.c' AS `forgelua`;
ALTER TABLE `docs`
  DROP COLUMN `c`,
  ALGORITHM=INSTANT;
SELECT 'step 9 of 12: done' AS `forgelua`;
-- Application: Check that no application, report or job names docs.c any more.

-- ============================================================================
-- Step 10 of 12, contract: Drop docs.d
--   Id:           docs.d/contract/drop-column
--   Why:          no application reads or writes it any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name docs.d fail from here
--   Way back:     loses the values of docs.d: the way back adds it again with NULL in every row
--   Hazards:      drop
-- ============================================================================
SELECT 'step 10 of 12: Drop docs.d' AS `forgelua`;
ALTER TABLE `docs`
  DROP COLUMN `d`,
  ALGORITHM=INSTANT;
SELECT 'step 10 of 12: done' AS `forgelua`;
-- Application: Check that no application, report or job names docs.d any more.

-- ============================================================================
-- Step 11 of 12, contract: Drop docs.e
--   Id:           docs.e/contract/drop-column
--   Why:          no application reads or writes it any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name docs.e fail from here
--   Way back:     loses the values of docs.e: the way back adds it again with its default in every row
--   Hazards:      drop
-- ============================================================================
SELECT 'step 11 of 12: Drop docs.e' AS `forgelua`;
ALTER TABLE `docs`
  DROP COLUMN `e`,
  ALGORITHM=INSTANT;
SELECT 'step 11 of 12: done' AS `forgelua`;
-- Application: Check that no application, report or job names docs.e any more.

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
