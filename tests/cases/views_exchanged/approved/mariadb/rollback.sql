-- Rollback, every phase of migration views_exchanged
-- Two views exchange which of them reads the other
-- mariadb 10.11; strategy direct; risk medium; forgelua 0.1.0
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

-- ============================================================================
-- Undo step 1 of 1, switch: Change the view first
--   Id:           first/switch/alter-view
-- ============================================================================
SELECT 'undo step 1 of 1: Change the view first' AS `forgelua`;
CREATE OR REPLACE VIEW `first` AS SELECT id FROM items;
CREATE OR REPLACE VIEW `second` AS SELECT id FROM first;
SELECT 'undo step 1 of 1: done' AS `forgelua`;
SELECT 'rollback: done' AS `forgelua`;
