-- Rollback, every phase of migration mutual_foreign_keys
-- Teams have a leader, people have a team
-- mysql 8.4; strategy direct; risk low; forgelua 0.1.0
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

-- ============================================================================
-- Undo step 3 of 3, expand: Add foreign key teams_ibfk_1 to teams
--   Id:           teams/expand/add-teams_ibfk_1
-- ============================================================================
SELECT 'undo step 3 of 3: Add foreign key teams_ibfk_1 to teams' AS `forgelua`;
ALTER TABLE `teams`
  DROP FOREIGN KEY `teams_ibfk_1`,
  DROP INDEX `teams_ibfk_1`,
  ALGORITHM=INPLACE,
  LOCK=NONE;

-- ============================================================================
-- Undo step 2 of 3, expand: Create the table people
--   Id:           people/expand/create-table
-- ============================================================================
SELECT 'undo step 2 of 3: Create the table people' AS `forgelua`;
DROP TABLE `people`;

-- ============================================================================
-- Undo step 1 of 3, expand: Create the table teams
--   Id:           teams/expand/create-table
-- ============================================================================
SELECT 'undo step 1 of 3: Create the table teams' AS `forgelua`;
DROP TABLE `teams`;
SELECT 'rollback: done' AS `forgelua`;
