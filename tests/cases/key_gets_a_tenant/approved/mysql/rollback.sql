-- WARNING: rollback is destructive — ent_ibfk_1 data will be lost: rows of ent that point nowhere by ent_ibfk_1: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — PRIMARY data will be lost: rows of acc that agree in what PRIMARY held apart: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration key_gets_a_tenant
-- The key of accounts gets the tenant in front, and what refers to it follows
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
-- Check: step 3 must be done before this: Add the foreign key ent_ibfk_1 on ent. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ent' AND CONSTRAINT_NAME = 'ent_ibfk_1' AND CONSTRAINT_TYPE = 'FOREIGN KEY') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 3 must be done before this: Add the foreign key ent_ibfk_1 on ent')), '1', @forgelua_actual);

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no two rows of acc agree in (`id`). Expects 0.
SELECT CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM `acc` WHERE `id` IS NOT NULL GROUP BY `id` HAVING COUNT(*) > 1) AS doubled) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no two rows of acc agree in (`id`)')), '0', @forgelua_actual);
-- Check: no row of acc has NULL in id. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `acc` WHERE `id` IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of acc has NULL in id')), '0', @forgelua_actual);
-- Check: no row of ent points at a missing row of acc. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `ent` AS child_row WHERE child_row.`acc_id` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `acc` AS parent_row WHERE parent_row.`id` = child_row.`acc_id`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of ent points at a missing row of acc')), '0', @forgelua_actual);

-- ============================================================================
-- Undo step 3 of 3, switch: Add the foreign key ent_ibfk_1 on ent
--   Id:           ent.ent_ibfk_1/switch/add-foreign-key
-- ============================================================================
SELECT 'undo step 3 of 3: Add the foreign key ent_ibfk_1 on ent' AS `forgelua`;
ALTER TABLE `ent`
  DROP FOREIGN KEY `ent_ibfk_1`,
  DROP INDEX `ent_ibfk_1`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 3 of 3: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 3, switch: Replace the primary key PRIMARY on acc
--   Id:           acc.PRIMARY/switch/replace
--   Loses:        rows of acc that agree in what PRIMARY held apart: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 2 of 3: Replace the primary key PRIMARY on acc' AS `forgelua`;
ALTER TABLE `acc`
  DROP PRIMARY KEY,
  ADD PRIMARY KEY (`id`),
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 2 of 3: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 3, switch: Take the foreign key ent_ibfk_1 of ent away while what it refers to changes
--   Id:           ent.ent_ibfk_1/switch/release-key
--   Loses:        rows of ent that point nowhere by ent_ibfk_1: the way back stops at them until they are changed
-- ============================================================================
SELECT 'undo step 1 of 3: Take the foreign key ent_ibfk_1 of ent away while what it refers to changes' AS `forgelua`;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `ent`
  ADD CONSTRAINT `ent_ibfk_1` FOREIGN KEY (`acc_id`) REFERENCES `acc` (`id`),
  ADD KEY `ent_ibfk_1` (`acc_id`),
  ALGORITHM=INPLACE,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `ent` AS c WHERE c.`acc_id` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `acc` AS p WHERE p.`id` = c.`acc_id`)) THEN
    ALTER TABLE `ent` DROP FOREIGN KEY `ent_ibfk_1`, DROP INDEX `ent_ibfk_1`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of ent have no match for foreign key ent_ibfk_1';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'undo step 1 of 3: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
