-- Forward, every phase of migration dropped_under_checks
-- Required columns go that checks guard: on the way back they hold values that the checks accept
-- mysql 8.4; strategy direct; risk high; forgelua 0.1.0
-- Run in this folder: mysql --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 9 is destructive — every value of items.name
-- WARNING: step 10 is destructive — every value of items.price
-- WARNING: step 11 is destructive — every value of items.high
-- WARNING: step 12 is destructive — every value of items.kind

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
-- Check: step 1 must not be done at this point: Drop the check name_given on items. Expects 0.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'items' AND CONSTRAINT_NAME = 'name_given' AND CONSTRAINT_TYPE = 'CHECK') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 1 must not be done at this point: Drop the check name_given on items')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 13, expand: Drop the check name_given on items
--   Id:           items.name_given/expand/drop-check
--   Why:          the new schema no longer asks for it
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Note:         an exclusive metadata lock for an instant at the start and the end
--   Estimate:     under 1 s
--   Applications: old works, new works; rows that the rule refused are accepted from here; the way back stops while such rows stand
--   Way back:     yes, nothing is lost
--   Hazards:      rule dropped
-- ============================================================================
SELECT 'step 1 of 13: Drop the check name_given on items' AS `forgelua`;
ALTER TABLE `items`
  DROP CHECK `name_given`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 1 of 13: done' AS `forgelua`;

-- ============================================================================
-- Step 2 of 13, expand: Drop the check price_positive on items
--   Id:           items.price_positive/expand/drop-check
--   Why:          the new schema no longer asks for it
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Note:         an exclusive metadata lock for an instant at the start and the end
--   Estimate:     under 1 s
--   Applications: old works, new works; rows that the rule refused are accepted from here; the way back stops while such rows stand
--   Way back:     yes, nothing is lost
--   Hazards:      rule dropped
-- ============================================================================
SELECT 'step 2 of 13: Drop the check price_positive on items' AS `forgelua`;
ALTER TABLE `items`
  DROP CHECK `price_positive`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 2 of 13: done' AS `forgelua`;

-- ============================================================================
-- Step 3 of 13, expand: Drop the check ordered on items
--   Id:           items.ordered/expand/drop-check
--   Why:          the new schema no longer asks for it
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Note:         an exclusive metadata lock for an instant at the start and the end
--   Estimate:     under 1 s
--   Applications: old works, new works; rows that the rule refused are accepted from here; the way back stops while such rows stand
--   Way back:     yes, nothing is lost
--   Hazards:      rule dropped
-- ============================================================================
SELECT 'step 3 of 13: Drop the check ordered on items' AS `forgelua`;
ALTER TABLE `items`
  DROP CHECK `ordered`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 3 of 13: done' AS `forgelua`;

-- ============================================================================
-- Step 4 of 13, expand: Drop the check known on items
--   Id:           items.known/expand/drop-check
--   Why:          the new schema no longer asks for it
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Note:         an exclusive metadata lock for an instant at the start and the end
--   Estimate:     under 1 s
--   Applications: old works, new works; rows that the rule refused are accepted from here; the way back stops while such rows stand
--   Way back:     yes, nothing is lost
--   Hazards:      rule dropped
-- ============================================================================
SELECT 'step 4 of 13: Drop the check known on items' AS `forgelua`;
ALTER TABLE `items`
  DROP CHECK `known`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 4 of 13: done' AS `forgelua`;

-- ============================================================================
-- Step 5 of 13, switch: Allow NULL in items.price, which goes
--   Id:           items.price/switch/stop-insisting
--   Why:          the new application no longer writes it; its INSERTs must pass until the column is dropped
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for as long as the step runs (unknown), ALGORITHM=INPLACE, rewrites the table
--   Note:         an exclusive metadata lock for an instant at the start and the end; a replica replays it in one piece and lags for as long
--   Estimate:     unknown
--   Applications: old works, new works; the deployed application reads NULL in rows that the new one wrote
--   Way back:     loses rows written without price get a value that price_positive accepts there on the way back
-- ============================================================================
SELECT 'step 5 of 13: Allow NULL in items.price, which goes' AS `forgelua`;
ALTER TABLE `items`
  MODIFY COLUMN `price` int NULL,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 5 of 13: done' AS `forgelua`;

-- ============================================================================
-- Step 6 of 13, switch: Allow NULL in items.high, which goes
--   Id:           items.high/switch/stop-insisting
--   Why:          the new application no longer writes it; its INSERTs must pass until the column is dropped
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for as long as the step runs (unknown), ALGORITHM=INPLACE, rewrites the table
--   Note:         an exclusive metadata lock for an instant at the start and the end; a replica replays it in one piece and lags for as long
--   Estimate:     unknown
--   Applications: old works, new works; the deployed application reads NULL in rows that the new one wrote
--   Way back:     loses rows written without high get a value that ordered accepts there on the way back
-- ============================================================================
SELECT 'step 6 of 13: Allow NULL in items.high, which goes' AS `forgelua`;
ALTER TABLE `items`
  MODIFY COLUMN `high` int NULL,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 6 of 13: done' AS `forgelua`;

-- ============================================================================
-- Step 7 of 13, switch: Allow NULL in items.kind, which goes
--   Id:           items.kind/switch/stop-insisting
--   Why:          the new application no longer writes it; its INSERTs must pass until the column is dropped
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for as long as the step runs (unknown), ALGORITHM=INPLACE, rewrites the table
--   Note:         an exclusive metadata lock for an instant at the start and the end; a replica replays it in one piece and lags for as long
--   Estimate:     unknown
--   Applications: old works, new works; the deployed application reads NULL in rows that the new one wrote
--   Way back:     loses rows written without kind get a value that known accepts there on the way back
-- ============================================================================
SELECT 'step 7 of 13: Allow NULL in items.kind, which goes' AS `forgelua`;
ALTER TABLE `items`
  MODIFY COLUMN `kind` varchar(9) NULL,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 7 of 13: done' AS `forgelua`;

-- ============================================================================
-- Step 8 of 13, switch: Allow NULL in items.name, which goes
--   Id:           items.name/switch/stop-insisting
--   Why:          the new application no longer writes it; its INSERTs must pass until the column is dropped
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for as long as the step runs (unknown), ALGORITHM=INPLACE, rewrites the table
--   Note:         an exclusive metadata lock for an instant at the start and the end; a replica replays it in one piece and lags for as long
--   Estimate:     unknown
--   Applications: old works, new works; the deployed application reads NULL in rows that the new one wrote
--   Way back:     loses rows written without name get a value that name_given accepts there on the way back
-- ============================================================================
SELECT 'step 8 of 13: Allow NULL in items.name, which goes' AS `forgelua`;
ALTER TABLE `items`
  MODIFY COLUMN `name` varchar(8) NULL,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 8 of 13: done' AS `forgelua`;

-- ============================================================================
-- Step 9 of 13, contract: Drop items.name
--   Id:           items.name/contract/drop-column
--   Why:          no application reads or writes it any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name items.name fail from here
--   Way back:     loses the values of items.name: the way back adds it again with NULL in every row
--   Hazards:      drop
-- ============================================================================
SELECT 'step 9 of 13: Drop items.name' AS `forgelua`;
ALTER TABLE `items`
  DROP COLUMN `name`,
  ALGORITHM=INSTANT;
SELECT 'step 9 of 13: done' AS `forgelua`;
-- Application: Check that no application, report or job names items.name any more.

-- ============================================================================
-- Step 10 of 13, contract: Drop items.price
--   Id:           items.price/contract/drop-column
--   Why:          no application reads or writes it any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name items.price fail from here
--   Way back:     loses the values of items.price: the way back adds it again with NULL in every row
--   Hazards:      drop
-- ============================================================================
SELECT 'step 10 of 13: Drop items.price' AS `forgelua`;
ALTER TABLE `items`
  DROP COLUMN `price`,
  ALGORITHM=INSTANT;
SELECT 'step 10 of 13: done' AS `forgelua`;
-- Application: Check that no application, report or job names items.price any more.

-- ============================================================================
-- Step 11 of 13, contract: Drop items.high
--   Id:           items.high/contract/drop-column
--   Why:          no application reads or writes it any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name items.high fail from here
--   Way back:     loses the values of items.high: the way back adds it again with NULL in every row
--   Hazards:      drop
-- ============================================================================
SELECT 'step 11 of 13: Drop items.high' AS `forgelua`;
ALTER TABLE `items`
  DROP COLUMN `high`,
  ALGORITHM=INSTANT;
SELECT 'step 11 of 13: done' AS `forgelua`;
-- Application: Check that no application, report or job names items.high any more.

-- ============================================================================
-- Step 12 of 13, contract: Drop items.kind
--   Id:           items.kind/contract/drop-column
--   Why:          no application reads or writes it any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name items.kind fail from here
--   Way back:     loses the values of items.kind: the way back adds it again with NULL in every row
--   Hazards:      drop
-- ============================================================================
SELECT 'step 12 of 13: Drop items.kind' AS `forgelua`;
ALTER TABLE `items`
  DROP COLUMN `kind`,
  ALGORITHM=INSTANT;
SELECT 'step 12 of 13: done' AS `forgelua`;
-- Application: Check that no application, report or job names items.kind any more.

-- ============================================================================
-- Step 13 of 13, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 13 of 13: Remove the progress and error tables' AS `forgelua`;
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
SELECT 'step 13 of 13: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'forward: done' AS `forgelua`;
