-- Forward, every phase of migration alter_index
-- The index covers the age too
-- postgres 15; strategy direct; risk medium; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.

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
-- Step 1 of 2, switch: Build the index users_name_idx__new on users
--   Id:           users.users_name_idx__new/switch/build-index
--   Why:          the new definition stands beside the old one until it can take its name
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 1 of 2: Build the index users_name_idx__new on users'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS users_name_idx__new;
CREATE INDEX CONCURRENTLY users_name_idx__new ON users (name, age);
SET lock_timeout = '2s';

-- ============================================================================
-- Step 2 of 2, switch: Let the new definition take over the index users_name_idx on users
--   Id:           users.users_name_idx/switch/take-over
--   Why:          metadata only
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         only the index is locked (SHARE UPDATE EXCLUSIVE)
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 2 of 2: Let the new definition take over the index users_name_idx on users'
BEGIN;
DROP INDEX users_name_idx;
ALTER INDEX users_name_idx__new RENAME TO users_name_idx;
COMMIT;
\echo 'forward: done'
