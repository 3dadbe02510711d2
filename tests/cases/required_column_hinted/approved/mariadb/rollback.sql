-- WARNING: rollback is destructive — parts.name data will be lost: values of parts.name that varchar(40) cannot hold: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — parts.weight data will be lost: values of parts.weight that int cannot hold: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration required_column_hinted
-- A column that every row must have and nobody gives a value: the spec says that there is no row
-- mariadb 10.11; strategy direct; risk high; forgelua 0.1.0
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
-- Check: step 8 must be done before this: Add the foreign key parts_ibfk_1 on parts. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'parts' AND CONSTRAINT_NAME = 'parts_ibfk_1' AND CONSTRAINT_TYPE = 'FOREIGN KEY') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 8 must be done before this: Add the foreign key parts_ibfk_1 on parts')), '1', @forgelua_actual);

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: every weight of parts can be held as int. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `parts` WHERE `weight` < -2147483648 OR `weight` > 2147483647) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every weight of parts can be held as int')), '0', @forgelua_actual);
-- Check: no name of parts is longer than 40. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `parts` WHERE SUBSTR(`name`, 41) <> '') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no name of parts is longer than 40')), '0', @forgelua_actual);

-- ============================================================================
-- Undo step 8 of 8, switch: Add the foreign key parts_ibfk_1 on parts
--   Id:           parts.parts_ibfk_1/switch/add-foreign-key
-- ============================================================================
SELECT 'undo step 8 of 8: Add the foreign key parts_ibfk_1 on parts' AS `forgelua`;
ALTER TABLE `parts`
  DROP FOREIGN KEY `parts_ibfk_1`,
  DROP INDEX `parts_ibfk_1`,
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'undo step 8 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 8, switch: Add the unique constraint code on parts
--   Id:           parts.code/switch/add-unique-constraint
-- ============================================================================
SELECT 'undo step 7 of 8: Add the unique constraint code on parts' AS `forgelua`;
ALTER TABLE `parts`
  DROP INDEX `code`,
  ALGORITHM=NOCOPY,
  LOCK=NONE;
SELECT 'undo step 7 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 8, expand: Change the type of parts.weight
--   Id:           parts.weight/expand/type
--   Loses:        values of parts.weight that int cannot hold: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 6 of 8: Change the type of parts.weight' AS `forgelua`;
ALTER TABLE `parts`
  MODIFY COLUMN `weight` int NULL,
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'undo step 6 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 8, expand: Add parts.owner
--   Id:           parts.owner/expand/add-column
-- ============================================================================
SELECT 'undo step 5 of 8: Add parts.owner' AS `forgelua`;
ALTER TABLE `parts`
  DROP COLUMN `owner`,
  ALGORITHM=INSTANT;
SELECT 'undo step 5 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 8, expand: Add parts.made_on
--   Id:           parts.made_on/expand/add-column
-- ============================================================================
SELECT 'undo step 4 of 8: Add parts.made_on' AS `forgelua`;
ALTER TABLE `parts`
  DROP COLUMN `made_on`,
  ALGORITHM=INSTANT;
SELECT 'undo step 4 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 8, expand: Add parts.code
--   Id:           parts.code/expand/add-column
-- ============================================================================
SELECT 'undo step 3 of 8: Add parts.code' AS `forgelua`;
ALTER TABLE `parts`
  DROP COLUMN `code`,
  ALGORITHM=INSTANT;
SELECT 'undo step 3 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 8, expand: Change the type of parts.name
--   Id:           parts.name/expand/type
--   Loses:        values of parts.name that varchar(40) cannot hold: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 2 of 8: Change the type of parts.name' AS `forgelua`;
ALTER TABLE `parts`
  MODIFY COLUMN `name` varchar(40) NOT NULL,
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'undo step 2 of 8: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 8, expand: Add owners.note
--   Id:           owners.note/expand/add-column
-- ============================================================================
SELECT 'undo step 1 of 8: Add owners.note' AS `forgelua`;
ALTER TABLE `owners`
  DROP COLUMN `note`,
  ALGORITHM=INSTANT;
SELECT 'undo step 1 of 8: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
