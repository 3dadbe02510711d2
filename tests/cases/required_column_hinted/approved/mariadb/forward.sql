-- Forward, every phase of migration required_column_hinted
-- A column that every row must have and nobody gives a value: the spec says that there is no row
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
-- Check: step 1 must not be done at this point: Add owners.note. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'owners' AND COLUMN_NAME = 'note') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 1 must not be done at this point: Add owners.note')), '0', @forgelua_actual);

-- Where one of these checks fails, nothing has been touched.
-- Check: parts has no rows, which would have no value for parts.code, parts.made_on, parts.owner (state :default or :backfill). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM `parts` LIMIT 1) AS found) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': parts has no rows, which would have no value for parts.code, parts.made_on, parts.owner (state :default or :backfill)')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 8, expand: Add owners.note
--   Id:           owners.note/expand/add-column
--   Why:          the deployed application does not know the column and does not miss it
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
SELECT 'step 1 of 8: Add owners.note' AS `forgelua`;
ALTER TABLE `owners`
  ADD COLUMN `note` varchar(40) NULL,
  ALGORITHM=INSTANT;
SELECT 'step 1 of 8: done' AS `forgelua`;

-- ============================================================================
-- Step 2 of 8, expand: Change the type of parts.name
--   Id:           parts.name/expand/type
--   Why:          the engine does this in place
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses values of parts.name that varchar(40) cannot hold: the way back stops at them until they are changed
--   Hazards:      type, must be empty
-- ============================================================================
SELECT 'step 2 of 8: Change the type of parts.name' AS `forgelua`;
ALTER TABLE `parts`
  MODIFY COLUMN `name` varchar(60) NOT NULL,
  ALGORITHM=INSTANT;
SELECT 'step 2 of 8: done' AS `forgelua`;

-- ============================================================================
-- Step 3 of 8, expand: Add parts.code
--   Id:           parts.code/expand/add-column
--   Why:          there is no row that would have no value in it
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; INSERTs that give it no value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
SELECT 'step 3 of 8: Add parts.code' AS `forgelua`;
ALTER TABLE `parts`
  ADD COLUMN `code` varchar(20) NOT NULL,
  ALGORITHM=INSTANT;
SELECT 'step 3 of 8: done' AS `forgelua`;

-- ============================================================================
-- Step 4 of 8, expand: Add parts.made_on
--   Id:           parts.made_on/expand/add-column
--   Why:          there is no row that would have no value in it
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; INSERTs that give it no value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
SELECT 'step 4 of 8: Add parts.made_on' AS `forgelua`;
ALTER TABLE `parts`
  ADD COLUMN `made_on` date NOT NULL,
  ALGORITHM=INSTANT;
SELECT 'step 4 of 8: done' AS `forgelua`;

-- ============================================================================
-- Step 5 of 8, expand: Add parts.owner
--   Id:           parts.owner/expand/add-column
--   Why:          there is no row that would have no value in it
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; INSERTs that give it no value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
SELECT 'step 5 of 8: Add parts.owner' AS `forgelua`;
ALTER TABLE `parts`
  ADD COLUMN `owner` int NOT NULL,
  ALGORITHM=INSTANT;
SELECT 'step 5 of 8: done' AS `forgelua`;

-- ============================================================================
-- Step 6 of 8, expand: Change the type of parts.weight
--   Id:           parts.weight/expand/type
--   Why:          the engine does this in place
--   Lock:         SHARED_NO_WRITE metadata lock, blocks writes for as long as the step runs (under 1 s), ALGORITHM=COPY, rewrites the table, scans the table
--   Note:         a replica replays it in one piece and lags for as long
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses values of parts.weight that int cannot hold: the way back stops at them until they are changed
--   Hazards:      type
-- ============================================================================
SELECT 'step 6 of 8: Change the type of parts.weight' AS `forgelua`;
ALTER TABLE `parts`
  MODIFY COLUMN `weight` bigint NULL,
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'step 6 of 8: done' AS `forgelua`;

-- ============================================================================
-- Step 7 of 8, switch: Add the unique constraint code on parts
--   Id:           parts.code/switch/add-unique-constraint
--   Why:          the new schema promises it
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for as long as the step runs (under 1 s), ALGORITHM=NOCOPY
--   Note:         an exclusive metadata lock for an instant at the start and the end; a replica replays it in one piece and lags for as long
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that would double a value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 7 of 8: Add the unique constraint code on parts' AS `forgelua`;
-- Check: no two rows of parts agree in (`code`). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM `parts` WHERE `code` IS NOT NULL GROUP BY `code` HAVING COUNT(*) > 1) AS doubled) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no two rows of parts agree in (`code`)')), '0', @forgelua_actual);
ALTER TABLE `parts`
  ADD UNIQUE KEY `code` (`code`),
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'step 7 of 8: done' AS `forgelua`;

-- ============================================================================
-- Step 8 of 8, switch: Add the foreign key parts_ibfk_1 on parts
--   Id:           parts.parts_ibfk_1/switch/add-foreign-key
--   Why:          the new schema promises it
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Also locks:   owners
--   Note:         added with foreign_key_checks off, so that writes go on; the rows are looked at right after by a plain read, and the key goes again where they do not fit
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 8 of 8: Add the foreign key parts_ibfk_1 on parts' AS `forgelua`;
-- Check: no row of parts points at a missing row of owners. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `parts` AS child_row WHERE child_row.`owner` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `owners` AS parent_row WHERE parent_row.`id` = child_row.`owner`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of parts points at a missing row of owners')), '0', @forgelua_actual);
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `parts`
  ADD CONSTRAINT `parts_ibfk_1` FOREIGN KEY (`owner`) REFERENCES `owners` (`id`),
  ADD KEY `parts_ibfk_1` (`owner`),
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `parts` AS c WHERE c.`owner` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `owners` AS p WHERE p.`id` = c.`owner`)) THEN
    ALTER TABLE `parts` DROP FOREIGN KEY `parts_ibfk_1`, DROP INDEX `parts_ibfk_1`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of parts have no match for foreign key parts_ibfk_1';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'step 8 of 8: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'forward: done' AS `forgelua`;
