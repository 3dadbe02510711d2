-- Rollback, every phase of migration alter_index
-- The index covers the age too
-- postgres 15; strategy direct; risk medium; forgelua 0.1.0
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
-- Undo step 2 of 2, switch: Let the new definition take over the index users_name_idx on users
--   Id:           users.users_name_idx/switch/take-over
-- ============================================================================
\echo 'undo step 2 of 2: Let the new definition take over the index users_name_idx on users'
BEGIN;
ALTER INDEX users_name_idx RENAME TO users_name_idx__new;
CREATE INDEX users_name_idx ON users (name);
COMMIT;
\echo 'undo step 2 of 2: done'

-- ============================================================================
-- Undo step 1 of 2, switch: Build the index users_name_idx__new on users
--   Id:           users.users_name_idx__new/switch/build-index
-- ============================================================================
\echo 'undo step 1 of 2: Build the index users_name_idx__new on users'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS users_name_idx__new;
SET lock_timeout = '2s';
\echo 'undo step 1 of 2: done'
\echo 'rollback: done'
