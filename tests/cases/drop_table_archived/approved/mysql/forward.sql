-- Forward, every phase of migration drop_table_archived
-- The audit log and a tree go, their rows stay in archives
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
-- Check: step 2 must not be done at this point: Drop the table audit. Expects 0.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'audit' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 2 must not be done at this point: Drop the table audit')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 5, contract: Archive audit into audit__archive
--   Id:           audit/contract/archive
--   Why:          the specification asks for it: the rows outlive the drop, and the way back restores them
--   Lock:         as the statement takes, blocks reads and writes for as long as the step runs (under 1 s)
--   Note:         the statement is the user's own: its locks are not known here
--   Estimate:     under 1 s
--   Applications: old works, new works; nothing writes the table any more
--   Way back:     yes, nothing is lost
--   Hazards:      archive
-- ============================================================================
SELECT 'step 1 of 5: Archive audit into audit__archive' AS `forgelua`;
CREATE TABLE `audit__archive` AS SELECT * FROM `audit` WHERE 1 = 0;
INSERT INTO `audit__archive` (`id`, `what`, `at`) SELECT `id`, `what`, `at` FROM `audit`;
SELECT 'step 1 of 5: done' AS `forgelua`;

-- ============================================================================
-- Step 2 of 5, contract: Drop the table audit
--   Id:           audit/contract/drop-table
--   Why:          no application reads or writes it any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name audit fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
SELECT 'step 2 of 5: Drop the table audit' AS `forgelua`;
DROP TABLE `audit`;
SELECT 'step 2 of 5: done' AS `forgelua`;
-- Application: Check that no application, report or job names audit any more.

-- ============================================================================
-- Step 3 of 5, contract: Drop the foreign key nodes_ibfk_1 of nodes to itself
--   Id:           nodes.nodes_ibfk_1/contract/release-key
--   Why:          the table goes; on the way back the key comes behind the rows, which the engine tests one by one
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Also locks:   nodes
--   Note:         an exclusive metadata lock for an instant at the start and the end
--   Estimate:     under 1 s
--   Applications: old works, new works; nothing writes the table any more
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 3 of 5: Drop the foreign key nodes_ibfk_1 of nodes to itself' AS `forgelua`;
ALTER TABLE `nodes`
  DROP FOREIGN KEY `nodes_ibfk_1`,
  DROP INDEX `nodes_ibfk_1`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 3 of 5: done' AS `forgelua`;

-- ============================================================================
-- Step 4 of 5, contract: Archive nodes into nodes__archive
--   Id:           nodes/contract/archive
--   Why:          the specification asks for it: the rows outlive the drop, and the way back restores them
--   Lock:         as the statement takes, blocks reads and writes for as long as the step runs (under 1 s)
--   Note:         the statement is the user's own: its locks are not known here
--   Estimate:     under 1 s
--   Applications: old works, new works; nothing writes the table any more
--   Way back:     yes, nothing is lost
--   Hazards:      archive
-- ============================================================================
SELECT 'step 4 of 5: Archive nodes into nodes__archive' AS `forgelua`;
CREATE TABLE `nodes__archive` AS SELECT * FROM `nodes` WHERE 1 = 0;
INSERT INTO `nodes__archive` (`id`, `up`, `owner`) SELECT `id`, `up`, `owner` FROM `nodes`;
SELECT 'step 4 of 5: done' AS `forgelua`;

-- ============================================================================
-- Step 5 of 5, contract: Drop the table nodes
--   Id:           nodes/contract/drop-table
--   Why:          no application reads or writes it any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Also locks:   users
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name nodes fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
SELECT 'step 5 of 5: Drop the table nodes' AS `forgelua`;
DROP TABLE `nodes`;
SELECT 'step 5 of 5: done' AS `forgelua`;
-- Application: Check that no application, report or job names nodes any more.

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'forward: done' AS `forgelua`;
