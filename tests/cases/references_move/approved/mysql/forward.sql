-- Forward, every phase of migration references_move
-- Foreign keys go over to another table while the one that they referred to goes, named ones and unnamed ones
-- mysql 8.4; strategy direct; risk high; forgelua 0.1.0
-- Run in this folder: mysql --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 5 is destructive — every value of counters.id
-- WARNING: step 6 is destructive — every value of items.old_kind
-- WARNING: step 7 is destructive — every row of old_kinds

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
-- Check: step 1 must not be done at this point: Add items.kind. Expects 0.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'items' AND COLUMN_NAME = 'kind') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 1 must not be done at this point: Add items.kind')), '0', @forgelua_actual);

-- ============================================================================
-- Step 1 of 8, expand: Add items.kind
--   Id:           items.kind/expand/add-column
--   Why:          the deployed application does not know the column and does not miss it
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
SELECT 'step 1 of 8: Add items.kind' AS `forgelua`;
ALTER TABLE `items`
  ADD COLUMN `kind` int NULL,
  ALGORITHM=INSTANT;
SELECT 'step 1 of 8: done' AS `forgelua`;

-- ============================================================================
-- Step 2 of 8, switch: Drop the primary key PRIMARY on counters; Allow NULL in counters.id, which goes
--   Id:           counters/switch/rewrite-once
--   Why:          the new schema no longer asks for it; the new application no longer writes it; its INSERTs must pass until the column is dropped
--   Lock:         SHARED_NO_WRITE metadata lock, blocks writes for as long as the step runs (unknown), ALGORITHM=COPY, rewrites the table, scans the table
--   Note:         a replica replays it in one piece and lags for as long
--   Estimate:     unknown
--   Applications: old works, new works; rows that the rule refused are accepted from here; the way back stops while such rows stand; the deployed application reads NULL in rows that the new one wrote
--   Way back:     loses what held rows of counters apart by PRIMARY: the way back stops where two agree in the rest of it; rows written without id get 0 there on the way back
--   Hazards:      rule dropped
-- ============================================================================
SELECT 'step 2 of 8: Drop the primary key PRIMARY on counters; Allow NULL in counters.id, which goes' AS `forgelua`;
ALTER TABLE `counters`
  DROP PRIMARY KEY,
  MODIFY COLUMN `id` int NULL,
  ALGORITHM=COPY,
  LOCK=SHARED;
SELECT 'step 2 of 8: done' AS `forgelua`;

-- ============================================================================
-- Step 3 of 8, switch: Replace the foreign key items_ibfk_1 on items
--   Id:           items.items_ibfk_1/switch/replace
--   Why:          its definition changes
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Also locks:   old_kinds, kinds
--   Note:         an exclusive metadata lock for an instant at the start and the end; an exclusive metadata lock for an instant at the start and the end; added with foreign_key_checks off, so that writes go on; the rows are looked at right after by a plain read, and the key goes again where they do not fit
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 3 of 8: Replace the foreign key items_ibfk_1 on items' AS `forgelua`;
-- Check: no row of items points at a missing row of kinds. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `items` AS child_row WHERE child_row.`kind` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `kinds` AS parent_row WHERE parent_row.`id` = child_row.`kind`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of items points at a missing row of kinds')), '0', @forgelua_actual);
ALTER TABLE `items`
  DROP FOREIGN KEY `items_ibfk_1`,
  DROP INDEX `items_ibfk_1`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `items`
  ADD CONSTRAINT `items_ibfk_1` FOREIGN KEY (`kind`) REFERENCES `kinds` (`id`),
  ADD KEY `items_ibfk_1` (`kind`),
  ALGORITHM=INPLACE,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `items` AS c WHERE c.`kind` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `kinds` AS p WHERE p.`id` = c.`kind`)) THEN
    ALTER TABLE `items` DROP FOREIGN KEY `items_ibfk_1`, DROP INDEX `items_ibfk_1`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of items have no match for foreign key items_ibfk_1';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'step 3 of 8: done' AS `forgelua`;

-- ============================================================================
-- Step 4 of 8, switch: Replace the foreign key part_kind on parts
--   Id:           parts.part_kind/switch/replace
--   Why:          its definition changes
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Also locks:   old_kinds, kinds
--   Note:         an exclusive metadata lock for an instant at the start and the end; an exclusive metadata lock for an instant at the start and the end; added with foreign_key_checks off, so that writes go on; the rows are looked at right after by a plain read, and the key goes again where they do not fit
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     loses what parts.kind points at: the rows of old_kinds do not come back
--   Hazards:      constraint
-- ============================================================================
SELECT 'step 4 of 8: Replace the foreign key part_kind on parts' AS `forgelua`;
-- Check: no row of parts points at a missing row of kinds. Expects 0.
SELECT CAST((SELECT COUNT(*) FROM `parts` AS child_row WHERE child_row.`kind` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `kinds` AS parent_row WHERE parent_row.`id` = child_row.`kind`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '0', 0, CONCAT('expected 0, found ', COALESCE(@forgelua_actual, 'NULL'), ': no row of parts points at a missing row of kinds')), '0', @forgelua_actual);
ALTER TABLE `parts`
  DROP FOREIGN KEY `part_kind`,
  DROP INDEX `part_kind`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SET @forgelua_fk_checks = @@SESSION.foreign_key_checks, SESSION foreign_key_checks = 0;
ALTER TABLE `parts`
  ADD CONSTRAINT `part_kind` FOREIGN KEY (`kind`) REFERENCES `kinds` (`id`),
  ADD KEY `part_kind` (`kind`),
  ALGORITHM=INPLACE,
  LOCK=NONE;
SET SESSION foreign_key_checks = @forgelua_fk_checks;
DROP PROCEDURE IF EXISTS forgelua_check_foreign_key;
DELIMITER //
CREATE PROCEDURE forgelua_check_foreign_key()
BEGIN
  IF EXISTS (SELECT 1 FROM `parts` AS c WHERE c.`kind` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `kinds` AS p WHERE p.`id` = c.`kind`)) THEN
    ALTER TABLE `parts` DROP FOREIGN KEY `part_kind`, DROP INDEX `part_kind`;
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forgelua: rows of parts have no match for foreign key part_kind';
  END IF;
END
//
DELIMITER ;
CALL forgelua_check_foreign_key();
DROP PROCEDURE forgelua_check_foreign_key;
SELECT 'step 4 of 8: done' AS `forgelua`;

-- ============================================================================
-- Step 5 of 8, contract: Drop counters.id
--   Id:           counters.id/contract/drop-column
--   Why:          no application reads or writes it any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name counters.id fail from here
--   Way back:     loses the values of counters.id: the way back adds it again with NULL in every row
--   Hazards:      drop
-- ============================================================================
SELECT 'step 5 of 8: Drop counters.id' AS `forgelua`;
ALTER TABLE `counters`
  DROP COLUMN `id`,
  ALGORITHM=INSTANT;
SELECT 'step 5 of 8: done' AS `forgelua`;
-- Application: Check that no application, report or job names counters.id any more.

-- ============================================================================
-- Step 6 of 8, contract: Drop items.old_kind
--   Id:           items.old_kind/contract/drop-column
--   Why:          no application reads or writes it any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INSTANT
--   Note:         uses one of the table's row versions
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name items.old_kind fail from here
--   Way back:     loses the values of items.old_kind: the way back adds it again with NULL in every row
--   Hazards:      drop
-- ============================================================================
SELECT 'step 6 of 8: Drop items.old_kind' AS `forgelua`;
ALTER TABLE `items`
  DROP COLUMN `old_kind`,
  ALGORITHM=INSTANT;
SELECT 'step 6 of 8: done' AS `forgelua`;
-- Application: Check that no application, report or job names items.old_kind any more.

-- ============================================================================
-- Step 7 of 8, contract: Drop the table old_kinds
--   Id:           old_kinds/contract/drop-table
--   Why:          no application reads or writes it any more
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name old_kinds fail from here
--   Way back:     loses the rows of old_kinds: the way back creates it empty
--   Hazards:      drop
-- ============================================================================
SELECT 'step 7 of 8: Drop the table old_kinds' AS `forgelua`;
DROP TABLE `old_kinds`;
SELECT 'step 7 of 8: done' AS `forgelua`;
-- Application: Check that no application, report or job names old_kinds any more.

-- ============================================================================
-- Step 8 of 8, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 8 of 8: Remove the progress and error tables' AS `forgelua`;
DROP PROCEDURE IF EXISTS forgelua_backfill;
DROP TABLE IF EXISTS forgelua_backfill_progress;
CREATE TABLE IF NOT EXISTS forgelua_backfill_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  step varchar(255) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
) CHARACTER SET utf8mb4;
SET @forgelua_drop = IF((SELECT COUNT(*) FROM forgelua_backfill_errors) = 0, 'DROP TABLE forgelua_backfill_errors', 'DO 0');
PREPARE forgelua_drop FROM @forgelua_drop;
EXECUTE forgelua_drop;
DEALLOCATE PREPARE forgelua_drop;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sync varchar(64) NOT NULL,
  column_name varchar(64) NOT NULL,
  row_key text NULL,
  row_data longtext NULL,
  message text NULL,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
SET @forgelua_drop = IF((SELECT COUNT(*) FROM forgelua_sync_errors) = 0, 'DROP TABLE forgelua_sync_errors', 'DO 0');
PREPARE forgelua_drop FROM @forgelua_drop;
EXECUTE forgelua_drop;
DEALLOCATE PREPARE forgelua_drop;
SELECT 'step 8 of 8: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'forward: done' AS `forgelua`;
