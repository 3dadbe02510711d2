-- Rollback, every phase of migration raw_sql
-- A row is corrected by hand
-- postgres 15; strategy direct; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f rollback.sql
-- Takes back a whole forward.sql. After some of the phases only, run their .rollback.sql files, last
-- phase first.

\set ON_ERROR_STOP on
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
SET search_path = public;
SET statement_timeout = 0;
-- A statement that cannot have its lock within two seconds gives up: what queues behind it would wait as long.
SET lock_timeout = '2s';

-- ============================================================================
-- Undo step 2 of 2, expand: Run the SQL stated as fix_ada
--   Id:           fix_ada/expand/run-sql
-- ============================================================================
\echo 'undo step 2 of 2: Run the SQL stated as fix_ada'
BEGIN;
UPDATE users SET age = 36 WHERE id = 1;
COMMIT;

-- ============================================================================
-- Undo step 1 of 2, expand: Add users.seen
--   Id:           users.seen/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 2: Add users.seen'
BEGIN;
ALTER TABLE users DROP COLUMN seen;
COMMIT;
\echo 'rollback: done'
