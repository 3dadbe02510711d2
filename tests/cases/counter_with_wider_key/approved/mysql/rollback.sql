-- WARNING: rollback is destructive — tickets.id data will be lost: values of tickets.id that int cannot hold: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration counter_with_wider_key
-- A key that the application gave becomes wider, and is counted from then on
-- mysql 8.4; strategy big_bang; risk high; forgelua 0.1.0
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
-- Check: the whole plan must be done before this: alter_column tickets.id. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'tickets' AND COLUMN_NAME = 'id') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'tickets' AND COLUMN_NAME = 'id' AND DATA_TYPE = 'bigint' AND COLUMN_TYPE NOT LIKE '%unsigned%') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'tickets' AND COLUMN_NAME = 'id' AND EXTRA LIKE '%auto_increment%') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must be done before this: alter_column tickets.id')), '1', @forgelua_actual);

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: every id of tickets can be held as int. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `tickets` WHERE `id` < -2147483648 OR `id` > 2147483647) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every id of tickets can be held as int')), '0', @forgelua_actual);

-- ============================================================================
-- Undo step 6 of 6, switch: Start the new application
--   Id:           tickets/switch/start
-- ============================================================================
SELECT 'undo step 6 of 6: Start the new application' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 6 of 6: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 6, switch: Validate tickets
--   Id:           tickets/switch/validate
-- ============================================================================
SELECT 'undo step 5 of 6: Validate tickets' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 5 of 6: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 6, switch: Change how values are generated for tickets.id
--   Id:           tickets.id/switch/identity
-- ============================================================================
SELECT 'undo step 4 of 6: Change how values are generated for tickets.id' AS `forgelua`;
ALTER TABLE `tickets`
  MODIFY COLUMN `id` bigint NOT NULL,
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'undo step 4 of 6: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 6, switch: Change the type of tickets.id
--   Id:           tickets.id/switch/type
--   Loses:        values of tickets.id that int cannot hold: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 3 of 6: Change the type of tickets.id' AS `forgelua`;
ALTER TABLE `tickets`
  MODIFY COLUMN `id` int NOT NULL,
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'undo step 3 of 6: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 6, switch: Back up tickets
--   Id:           tickets/switch/backup
-- ============================================================================
SELECT 'undo step 2 of 6: Back up tickets' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 2 of 6: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 6, switch: Stop every application that writes tickets
--   Id:           tickets/switch/stop
-- ============================================================================
SELECT 'undo step 1 of 6: Stop every application that writes tickets' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 1 of 6: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
