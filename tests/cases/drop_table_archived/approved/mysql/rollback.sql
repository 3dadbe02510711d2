-- Rollback, every phase of migration drop_table_archived
-- The audit log and a tree go, their rows stay in archives
-- mysql 8.4; strategy direct; risk high; forgelua 0.1.0
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
-- Check: step 5 must be done before this: Drop the table nodes. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'nodes' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 5 must be done before this: Drop the table nodes')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 5 of 5, contract: Drop the table nodes
--   Id:           nodes/contract/drop-table
-- ============================================================================
SELECT 'undo step 5 of 5: Drop the table nodes' AS `forgelua`;
CREATE TABLE `nodes` (
  `id` int NOT NULL,
  `up` int NULL,
  `owner` bigint NULL,
  PRIMARY KEY (`id`),
  KEY `nodes_ibfk_2` (`owner`),
  CONSTRAINT `nodes_ibfk_2` FOREIGN KEY (`owner`) REFERENCES `users` (`id`)
);
SELECT 'undo step 5 of 5: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 5, contract: Archive nodes into nodes__archive
--   Id:           nodes/contract/archive
-- ============================================================================
SELECT 'undo step 4 of 5: Archive nodes into nodes__archive' AS `forgelua`;
INSERT INTO `nodes` (`id`, `up`, `owner`) SELECT `id`, `up`, `owner` FROM `nodes__archive` WHERE NOT EXISTS (SELECT 1 FROM `nodes` AS there WHERE there.`id` = `nodes__archive`.`id`);
DROP TABLE `nodes__archive`;
SELECT 'undo step 4 of 5: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 5, contract: Drop the foreign key nodes_ibfk_1 of nodes to itself
--   Id:           nodes.nodes_ibfk_1/contract/release-key
-- ============================================================================
SELECT 'undo step 3 of 5: Drop the foreign key nodes_ibfk_1 of nodes to itself' AS `forgelua`;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `nodes`
  ADD CONSTRAINT `nodes_ibfk_1` FOREIGN KEY (`up`) REFERENCES `nodes` (`id`),
  ADD KEY `nodes_ibfk_1` (`up`),
  ALGORITHM=INPLACE,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `nodes` AS c WHERE c.`up` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `nodes` AS p WHERE p.`id` = c.`up`)) THEN
    ALTER TABLE `nodes` DROP FOREIGN KEY `nodes_ibfk_1`, DROP INDEX `nodes_ibfk_1`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of nodes have no match for foreign key nodes_ibfk_1';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'undo step 3 of 5: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 5, contract: Drop the table audit
--   Id:           audit/contract/drop-table
-- ============================================================================
SELECT 'undo step 2 of 5: Drop the table audit' AS `forgelua`;
CREATE TABLE `audit` (
  `id` bigint NOT NULL,
  `what` text NULL,
  `at` timestamp NULL,
  PRIMARY KEY (`id`)
);
SELECT 'undo step 2 of 5: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 5, contract: Archive audit into audit__archive
--   Id:           audit/contract/archive
-- ============================================================================
SELECT 'undo step 1 of 5: Archive audit into audit__archive' AS `forgelua`;
INSERT INTO `audit` (`id`, `what`, `at`) SELECT `id`, `what`, `at` FROM `audit__archive` WHERE NOT EXISTS (SELECT 1 FROM `audit` AS there WHERE there.`id` = `audit__archive`.`id`);
DROP TABLE `audit__archive`;
SELECT 'undo step 1 of 5: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
