-- Forward, every phase of migration numbers_become_words
-- A number that becomes a text, in place
-- mariadb 10.11; strategy direct; risk high; forgelua 0.1.0
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
-- Check: step 1 must not be done at this point: Change the type of orders.code. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'orders' AND COLUMN_NAME = 'code') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'orders' AND COLUMN_NAME = 'code' AND COLUMN_TYPE = 'varchar(20)') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 1 must not be done at this point: Change the type of orders.code')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 2, expand: Change the type of orders.code
--   Id:           orders.code/expand/type
--   Why:          the engine does this in place
--   Lock:         SHARED_NO_WRITE metadata lock, blocks writes for as long as the step runs (unknown), ALGORITHM=COPY, rewrites the table, scans the table
--   Note:         a replica replays it in one piece and lags for as long
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     loses values of orders.code that int cannot hold: the way back stops at them until they are changed
--   Hazards:      type
-- ============================================================================
SELECT 'step 1 of 2: Change the type of orders.code' AS `forgelua`;
ALTER TABLE `orders`
  MODIFY COLUMN `code` varchar(20) NULL,
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'step 1 of 2: done' AS `forgelua`;

-- ============================================================================
-- Step 2 of 2, expand: Add the index orders_zone on orders
--   Id:           orders.orders_zone/expand/add-index
--   Why:          the new schema's queries use it
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for as long as the step runs (under 1 s), ALGORITHM=NOCOPY
--   Note:         an exclusive metadata lock for an instant at the start and the end; a replica replays it in one piece and lags for as long
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
SELECT 'step 2 of 2: Add the index orders_zone on orders' AS `forgelua`;
ALTER TABLE `orders`
  ADD KEY `orders_zone` (`zone`),
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'step 2 of 2: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'forward: done' AS `forgelua`;
