-- Rollback, every phase of migration mutual_foreign_keys
-- Teams have a leader, people have a team
-- mariadb 10.11; strategy direct; risk low; forgelua 0.1.0
-- Run in this folder: mariadb --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < rollback.sql
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
-- Check: step 3 must be done before this: Add foreign key teams_ibfk_1 to teams. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'teams' AND CONSTRAINT_NAME = 'teams_ibfk_1' AND CONSTRAINT_TYPE = 'FOREIGN KEY') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 3 must be done before this: Add foreign key teams_ibfk_1 to teams')), '1', @forgelua_actual);
-- Check: step 1 must be done before this: Create the table teams. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'teams' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 1 must be done before this: Create the table teams')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 3 of 3, expand: Add foreign key teams_ibfk_1 to teams
--   Id:           teams/expand/add-teams_ibfk_1
-- ============================================================================
SELECT 'undo step 3 of 3: Add foreign key teams_ibfk_1 to teams' AS `forgelua`;
ALTER TABLE `teams`
  DROP FOREIGN KEY `teams_ibfk_1`,
  DROP INDEX `teams_ibfk_1`,
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'undo step 3 of 3: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 3, expand: Create the table people
--   Id:           people/expand/create-table
-- ============================================================================
SELECT 'undo step 2 of 3: Create the table people' AS `forgelua`;
DROP TABLE `people`;
SELECT 'undo step 2 of 3: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 3, expand: Create the table teams
--   Id:           teams/expand/create-table
-- ============================================================================
SELECT 'undo step 1 of 3: Create the table teams' AS `forgelua`;
DROP TABLE `teams`;
SELECT 'undo step 1 of 3: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
