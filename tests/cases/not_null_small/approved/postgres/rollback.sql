-- Rollback, every phase of migration not_null_small
-- Everyone has a group, on a small table
-- postgres 15; strategy big_bang; risk high; forgelua 0.1.0
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
-- Undo step 8 of 8, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 8 of 8: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.

-- ============================================================================
-- Undo step 7 of 8, switch: Start the new application
--   Id:           users/switch/start
-- ============================================================================
\echo 'undo step 7 of 8: Start the new application'
-- Nothing to run: the steps before it take with them what it did.

-- ============================================================================
-- Undo step 6 of 8, switch: Validate users
--   Id:           users/switch/validate
-- ============================================================================
\echo 'undo step 6 of 8: Validate users'
-- Nothing to run: the steps before it take with them what it did.

-- ============================================================================
-- Undo step 5 of 8, switch: Make users.grp NOT NULL
--   Id:           users.grp/switch/not-null
-- ============================================================================
\echo 'undo step 5 of 8: Make users.grp NOT NULL'
BEGIN;
ALTER TABLE users ALTER COLUMN grp DROP NOT NULL;
COMMIT;

-- ============================================================================
-- Undo step 4 of 8, switch: Fill them
--   Id:           users/switch/fill
-- ============================================================================
\echo 'undo step 4 of 8: Fill them'
-- Nothing to run: the steps before it take with them what it did.

-- ============================================================================
-- Undo step 3 of 8, switch: Add the columns of users that are to be filled
--   Id:           users/switch/add-columns
-- ============================================================================
\echo 'undo step 3 of 8: Add the columns of users that are to be filled'
BEGIN;
ALTER TABLE users DROP COLUMN grp;
COMMIT;

-- ============================================================================
-- Undo step 2 of 8, switch: Back up users
--   Id:           users/switch/backup
-- ============================================================================
\echo 'undo step 2 of 8: Back up users'
-- Nothing to run: the steps before it take with them what it did.

-- ============================================================================
-- Undo step 1 of 8, switch: Stop every application that writes users
--   Id:           users/switch/stop
-- ============================================================================
\echo 'undo step 1 of 8: Stop every application that writes users'
-- Nothing to run: the steps before it take with them what it did.
\echo 'rollback: done'
