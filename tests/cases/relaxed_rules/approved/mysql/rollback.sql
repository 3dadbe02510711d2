-- WARNING: rollback is destructive — parts.name data will be lost: values of parts.name that varchar(5) cannot hold: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — parts.code data will be lost: NULLs written to parts.code: the way back stops at them until they have a value.
-- WARNING: rollback is destructive — weight_positive data will be lost: rows of parts that violate weight_positive: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — parts_owner_fkey data will be lost: rows of parts that point nowhere by parts_owner_fkey: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — parts_code_key data will be lost: rows of parts that agree in what parts_code_key held apart: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration relaxed_rules
-- The new schema accepts what the old one refuses
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
-- Check: step 5 must be done before this: Drop the unique constraint parts_code_key on parts. Expects 1.
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'parts' AND CONSTRAINT_NAME = 'parts_code_key' AND CONSTRAINT_TYPE = 'UNIQUE') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 5 must be done before this: Drop the unique constraint parts_code_key on parts')), '1', @forgelua_actual);

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no two rows of parts agree in (`code`). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM `parts` WHERE `code` IS NOT NULL GROUP BY `code` HAVING COUNT(*) > 1) AS doubled) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no two rows of parts agree in (`code`)')), '0', @forgelua_actual);
-- Check: no row of parts points at a missing row of owners. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `parts` AS child_row WHERE child_row.`owner` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `owners` AS parent_row WHERE parent_row.`id` = child_row.`owner`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of parts points at a missing row of owners')), '0', @forgelua_actual);
-- Check: every row of parts satisfies weight_positive. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `parts` WHERE NOT (weight > 0)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': every row of parts satisfies weight_positive')), '0', @forgelua_actual);
-- Check: no row of parts has NULL in code. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `parts` WHERE `code` IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of parts has NULL in code')), '0', @forgelua_actual);
-- Check: no name of parts is longer than 5. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `parts` WHERE SUBSTR(`name`, 6) <> '') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no name of parts is longer than 5')), '0', @forgelua_actual);

-- ============================================================================
-- Undo step 5 of 5, switch: Drop the unique constraint parts_code_key on parts
--   Id:           parts.parts_code_key/switch/drop-unique-constraint
--   Loses:        rows of parts that agree in what parts_code_key held apart: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 5 of 5: Drop the unique constraint parts_code_key on parts' AS `forgelua`;
ALTER TABLE `parts`
  ADD UNIQUE KEY `parts_code_key` (`code`),
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 5 of 5: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 5, expand: Drop the foreign key parts_owner_fkey on parts
--   Id:           parts.parts_owner_fkey/expand/drop-foreign-key
--   Loses:        rows of parts that point nowhere by parts_owner_fkey: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 4 of 5: Drop the foreign key parts_owner_fkey on parts' AS `forgelua`;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `parts`
  ADD CONSTRAINT `parts_owner_fkey` FOREIGN KEY (`owner`) REFERENCES `owners` (`id`),
  ADD KEY `parts_owner_fkey` (`owner`),
  ALGORITHM=INPLACE,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `parts` AS c WHERE c.`owner` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `owners` AS p WHERE p.`id` = c.`owner`)) THEN
    ALTER TABLE `parts` DROP FOREIGN KEY `parts_owner_fkey`, DROP INDEX `parts_owner_fkey`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of parts have no match for foreign key parts_owner_fkey';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'undo step 4 of 5: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 5, expand: Drop the check weight_positive on parts
--   Id:           parts.weight_positive/expand/drop-check
--   Loses:        rows of parts that violate weight_positive: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 3 of 5: Drop the check weight_positive on parts' AS `forgelua`;
ALTER TABLE `parts`
  ADD CONSTRAINT `weight_positive` CHECK (weight > 0),
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'undo step 3 of 5: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 5, expand: Allow NULL in parts.code
--   Id:           parts.code/expand/relax
--   Loses:        NULLs written to parts.code: the way back stops at them until they have a value
-- ============================================================================
SELECT 'undo step 2 of 5: Allow NULL in parts.code' AS `forgelua`;
ALTER TABLE `parts`
  MODIFY COLUMN `code` int NOT NULL,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 2 of 5: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 5, expand: Change the type of parts.name
--   Id:           parts.name/expand/type
--   Loses:        values of parts.name that varchar(5) cannot hold: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 1 of 5: Change the type of parts.name' AS `forgelua`;
ALTER TABLE `parts`
  MODIFY COLUMN `name` varchar(5) NOT NULL,
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'undo step 1 of 5: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
