-- Forward, every phase of migration rename_table_and_change
-- Users are called people and may have a phone
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
-- Check: step 1 must not be done at this point: Serve users under its new name people by a view. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'people' AND TABLE_TYPE = 'VIEW') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 1 must not be done at this point: Serve users under its new name people by a view')), '0', @forgelua_actual);
-- Check: the whole plan must not be done at this point: rename_table people. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'people' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) AND NOT EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': the whole plan must not be done at this point: rename_table people')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 5, expand: Serve users under its new name people by a view
--   Id:           people/expand/view-under-new-name
--   Why:          the new application can say the new name before the table has it
--   Lock:         EXCLUSIVE metadata lock on the view, blocks DDL for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; reads and writes through the view reach the table; a column added later is not in it
--   Way back:     yes, nothing is lost
--   Hazards:      view bridge
-- ============================================================================
SELECT 'step 1 of 5: Serve users under its new name people by a view' AS `forgelua`;
CREATE VIEW `people` AS SELECT `id`, `name`, `age` FROM `users`;
SELECT 'step 1 of 5: done' AS `forgelua`;

-- ============================================================================
-- Step 2 of 5, expand: Add users.phone
--   Id:           users.phone/expand/add-column
--   Why:          the deployed application does not know the column and does not miss it
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
SELECT 'step 2 of 5: Add users.phone' AS `forgelua`;
ALTER TABLE `users`
  ADD COLUMN `phone` varchar(20) NULL,
  ALGORITHM=INSTANT;
SELECT 'step 2 of 5: done' AS `forgelua`;

-- ============================================================================
-- Step 3 of 5, expand: Add the index people_phone_idx on users
--   Id:           users.people_phone_idx/expand/add-index
--   Why:          the new schema's queries use it
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for as long as the step runs (under 1 s), ALGORITHM=NOCOPY
--   Note:         an exclusive metadata lock for an instant at the start and the end; a replica replays it in one piece and lags for as long
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
SELECT 'step 3 of 5: Add the index people_phone_idx on users' AS `forgelua`;
ALTER TABLE `users`
  ADD KEY `people_phone_idx` (`phone`),
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'step 3 of 5: done' AS `forgelua`;

-- ============================================================================
-- Step 4 of 5, switch: Rename users to people
--   Id:           users/switch/rename-table
--   Why:          metadata only; a view keeps the old name alive
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Note:         foreign keys of other tables and triggers follow the table; views keep naming the old name
--   Estimate:     under 1 s
--   Applications: old works, new works; both names work until contract
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
SELECT 'step 4 of 5: Rename users to people' AS `forgelua`;
CREATE OR REPLACE VIEW `people` AS SELECT `id`, `name`, `age`, `phone` FROM `users`;
CREATE VIEW `users__view` AS SELECT `id`, `name`, `age`, `phone` FROM `people`;
RENAME TABLE `people` TO `people__gone`, `users` TO `people`, `users__view` TO `users`;
DROP VIEW `people__gone`;
SELECT 'step 4 of 5: done' AS `forgelua`;

-- ============================================================================
-- Step 5 of 5, contract: Drop the view that served the old name users
--   Id:           people/contract/drop-old-name
--   Why:          no application says the old name any more
--   Lock:         EXCLUSIVE metadata lock on the view, blocks DDL for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name users fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop view
-- ============================================================================
SELECT 'step 5 of 5: Drop the view that served the old name users' AS `forgelua`;
DROP VIEW `users`;
SELECT 'step 5 of 5: done' AS `forgelua`;
-- Application: Check that no application, report or job names users any more.

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'forward: done' AS `forgelua`;
