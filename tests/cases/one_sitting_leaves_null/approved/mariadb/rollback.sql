-- Rollback, every phase of migration one_sitting_leaves_null
-- In one sitting, a column is filled whose expression gives nothing for some rows
-- mariadb 10.11; strategy big_bang; risk high; forgelua 0.1.0
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
-- Check: step 6 must be done before this: Make books.words NOT NULL. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'books' AND COLUMN_NAME = 'words') AND NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'books' AND COLUMN_NAME = 'words' AND IS_NULLABLE = 'YES') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 6 must be done before this: Make books.words NOT NULL')), '1', @forgelua_actual);
-- Check: step 3 must be done before this: Add the columns of books that are to be filled. Expects 1.
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'books' AND COLUMN_NAME = 'label') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> '1', 0, CONCAT('expected 1, found ', COALESCE(@forgelua_actual, 'NULL'), ': step 3 must be done before this: Add the columns of books that are to be filled')), '1', @forgelua_actual);

-- ============================================================================
-- Undo step 9 of 9, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
SELECT 'undo step 9 of 9: Remove the progress and error tables' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 9 of 9: done' AS `forgelua`;

-- ============================================================================
-- Undo step 8 of 9, switch: Start the new application
--   Id:           books/switch/start
-- ============================================================================
SELECT 'undo step 8 of 9: Start the new application' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 8 of 9: done' AS `forgelua`;

-- ============================================================================
-- Undo step 7 of 9, switch: Validate books
--   Id:           books/switch/validate
-- ============================================================================
SELECT 'undo step 7 of 9: Validate books' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 7 of 9: done' AS `forgelua`;

-- ============================================================================
-- Undo step 6 of 9, switch: Make books.words NOT NULL
--   Id:           books.words/switch/not-null
-- ============================================================================
SELECT 'undo step 6 of 9: Make books.words NOT NULL' AS `forgelua`;
ALTER TABLE `books`
  MODIFY COLUMN `words` int NULL,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 6 of 9: done' AS `forgelua`;

-- ============================================================================
-- Undo step 5 of 9, switch: Rename books.title to name
--   Id:           books.title/switch/rename
-- ============================================================================
SELECT 'undo step 5 of 9: Rename books.title to name' AS `forgelua`;
ALTER TABLE `books`
  RENAME COLUMN `name` TO `title`,
  ALGORITHM=INSTANT;
SELECT 'undo step 5 of 9: done' AS `forgelua`;

-- ============================================================================
-- Undo step 4 of 9, switch: Fill them
--   Id:           books/switch/fill
-- ============================================================================
SELECT 'undo step 4 of 9: Fill them' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 4 of 9: done' AS `forgelua`;

-- ============================================================================
-- Undo step 3 of 9, switch: Add the columns of books that are to be filled
--   Id:           books/switch/add-columns
-- ============================================================================
SELECT 'undo step 3 of 9: Add the columns of books that are to be filled' AS `forgelua`;
ALTER TABLE `books`
  DROP COLUMN `words`,
  ALGORITHM=INSTANT;
ALTER TABLE `books`
  DROP COLUMN `label`,
  ALGORITHM=INSTANT;
SELECT 'undo step 3 of 9: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 9, switch: Back up books
--   Id:           books/switch/backup
-- ============================================================================
SELECT 'undo step 2 of 9: Back up books' AS `forgelua`;
-- Nothing to run: the steps before it take with them what it did.
SELECT 'undo step 2 of 9: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 9, switch: Stop every application that writes books
--   Id:           books/switch/stop
-- ============================================================================
SELECT 'undo step 1 of 9: Stop every application that writes books' AS `forgelua`;
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
SELECT 'undo step 1 of 9: done' AS `forgelua`;

DROP TEMPORARY TABLE forgelua_guard;
SELECT 'rollback: done' AS `forgelua`;
