-- Forward, every phase of migration mutual_foreign_keys
-- Teams have a leader, people have a team
-- mariadb 10.11; strategy direct; risk low; forgelua 0.1.0
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
-- Check: step 1 must not be done at this point: Create the table teams. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'teams' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 1 must not be done at this point: Create the table teams')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 3, expand: Create the table teams
--   Id:           teams/expand/create-table
--   Why:          no application knows it yet
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      parent lock
-- ============================================================================
SELECT 'step 1 of 3: Create the table teams' AS `forgelua`;
CREATE TABLE `teams` (
  `id` bigint NOT NULL,
  `leader` bigint NULL,
  PRIMARY KEY (`id`)
);
SELECT 'step 1 of 3: done' AS `forgelua`;

-- ============================================================================
-- Step 2 of 3, expand: Create the table people
--   Id:           people/expand/create-table
--   Why:          no application knows it yet
--   Lock:         none
--   Also locks:   teams
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      parent lock
-- ============================================================================
SELECT 'step 2 of 3: Create the table people' AS `forgelua`;
CREATE TABLE `people` (
  `id` bigint NOT NULL,
  `team` bigint NULL,
  PRIMARY KEY (`id`),
  KEY `people_ibfk_1` (`team`),
  CONSTRAINT `people_ibfk_1` FOREIGN KEY (`team`) REFERENCES `teams` (`id`)
);
SELECT 'step 2 of 3: done' AS `forgelua`;

-- ============================================================================
-- Step 3 of 3, expand: Add foreign key teams_ibfk_1 to teams
--   Id:           teams/expand/add-teams_ibfk_1
--   Why:          teams and people refer to each other: neither can be created first with its key
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Also locks:   people
--   Note:         added with foreign_key_checks off, so that writes go on; the rows are looked at right after by a plain read, and the key goes again where they do not fit
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 3 of 3: Add foreign key teams_ibfk_1 to teams' AS `forgelua`;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `teams`
  ADD CONSTRAINT `teams_ibfk_1` FOREIGN KEY (`leader`) REFERENCES `people` (`id`),
  ADD KEY `teams_ibfk_1` (`leader`),
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `teams` AS c WHERE c.`leader` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `people` AS p WHERE p.`id` = c.`leader`)) THEN
    ALTER TABLE `teams` DROP FOREIGN KEY `teams_ibfk_1`, DROP INDEX `teams_ibfk_1`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of teams have no match for foreign key teams_ibfk_1';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'step 3 of 3: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'forward: done' AS `forgelua`;
