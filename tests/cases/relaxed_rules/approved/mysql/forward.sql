-- Forward, every phase of migration relaxed_rules
-- The new schema accepts what the old one refuses
-- mysql 8.4; strategy direct; risk high; forgelua 0.1.0
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
-- Check: step 1 must not be done at this point: Change the type of parts.name. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'parts' AND COLUMN_NAME = 'name') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'parts' AND COLUMN_NAME = 'name' AND COLUMN_TYPE = 'varchar(50)') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 1 must not be done at this point: Change the type of parts.name')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 5, expand: Change the type of parts.name
--   Id:           parts.name/expand/type
--   Why:          the engine does this in place
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Note:         an exclusive metadata lock for an instant at the start and the end
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses values of parts.name that varchar(5) cannot hold: the way back stops at them until they are changed
--   Hazards:      type
-- ============================================================================
SELECT 'step 1 of 5: Change the type of parts.name' AS `forgelua`;
ALTER TABLE `parts`
  MODIFY COLUMN `name` varchar(50) NOT NULL,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 1 of 5: done' AS `forgelua`;

-- ============================================================================
-- Step 2 of 5, expand: Allow NULL in parts.code
--   Id:           parts.code/expand/relax
--   Why:          nothing that is written today is refused tomorrow
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for as long as the step runs (under 1 s), ALGORITHM=INPLACE, rewrites the table
--   Note:         an exclusive metadata lock for an instant at the start and the end; a replica replays it in one piece and lags for as long
--   Estimate:     under 1 s
--   Applications: old works, new works; the deployed application must read NULL in it from the moment the new one writes any
--   Way back:     loses NULLs written to parts.code: the way back stops at them until they have a value
-- ============================================================================
SELECT 'step 2 of 5: Allow NULL in parts.code' AS `forgelua`;
ALTER TABLE `parts`
  MODIFY COLUMN `code` int NULL,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 2 of 5: done' AS `forgelua`;

-- ============================================================================
-- Step 3 of 5, expand: Drop the check weight_positive on parts
--   Id:           parts.weight_positive/expand/drop-check
--   Why:          the new schema no longer asks for it
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Note:         an exclusive metadata lock for an instant at the start and the end
--   Estimate:     under 1 s
--   Applications: old works, new works; rows that the rule refused are accepted from here; the way back stops while such rows stand
--   Way back:     loses rows of parts that violate weight_positive: the way back stops at them until they are changed
--   Hazards:      rule dropped
-- ============================================================================
SELECT 'step 3 of 5: Drop the check weight_positive on parts' AS `forgelua`;
ALTER TABLE `parts`
  DROP CHECK `weight_positive`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 3 of 5: done' AS `forgelua`;

-- ============================================================================
-- Step 4 of 5, expand: Drop the foreign key parts_owner_fkey on parts
--   Id:           parts.parts_owner_fkey/expand/drop-foreign-key
--   Why:          the new schema no longer asks for it
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Also locks:   owners
--   Note:         an exclusive metadata lock for an instant at the start and the end
--   Estimate:     under 1 s
--   Applications: old works, new works; rows that the rule refused are accepted from here; the way back stops while such rows stand
--   Way back:     loses rows of parts that point nowhere by parts_owner_fkey: the way back stops at them until they are changed
--   Hazards:      rule dropped
-- ============================================================================
SELECT 'step 4 of 5: Drop the foreign key parts_owner_fkey on parts' AS `forgelua`;
ALTER TABLE `parts`
  DROP FOREIGN KEY `parts_owner_fkey`,
  DROP INDEX `parts_owner_fkey`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 4 of 5: done' AS `forgelua`;

-- ============================================================================
-- Step 5 of 5, switch: Drop the unique constraint parts_code_key on parts
--   Id:           parts.parts_code_key/switch/drop-unique-constraint
--   Why:          the new schema no longer asks for it
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Note:         an exclusive metadata lock for an instant at the start and the end
--   Estimate:     under 1 s
--   Applications: old works, new works; rows that the rule refused are accepted from here; the way back stops while such rows stand
--   Way back:     loses rows of parts that agree in what parts_code_key held apart: the way back stops at them until they are changed
--   Hazards:      rule dropped
-- ============================================================================
SELECT 'step 5 of 5: Drop the unique constraint parts_code_key on parts' AS `forgelua`;
ALTER TABLE `parts`
  DROP INDEX `parts_code_key`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 5 of 5: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'forward: done' AS `forgelua`;
